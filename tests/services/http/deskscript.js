// The duty page's script on a page that is not there: what sounds, what is said, where keys lead.
const fs=require('fs'),vm=require('vm');
const src = fs.readFileSync(process.argv[2], 'utf8');
let started=0, timers=[], handlers={}, winStore={};
class El{constructor(o={}){Object.assign(this,{dataset:{},attrs:{},children:[],hidden:false,parentElement:null,tagName:'DIV',listeners:{}},o)}
 getAttribute(n){return this.attrs[n]} setAttribute(n,v){this.attrs[n]=v} addEventListener(e,f){this.listeners[e]=f}
 contains(){return false} replaceChildren(...c){this.children=c;this.replaced=(this.replaced||0)+1} querySelectorAll(){return []} querySelector(){return null} focus(){doc.activeElement=this} click(){this.listeners.click&&this.listeners.click()} closest(){return null}}
const par=new El({hidden:true});
const button=new El({dataset:{on:'ON',off:'OFF',wait:'WAIT'},parentElement:par,tagName:'BUTTON',type:'button'});
const box=new El({dataset:{refresh:'10',urgent:'0',heard:''}}), lost=new El({hidden:true});
const els={queue:box,sound:button,lost};
const items=[new El({tagName:'A'}),new El({tagName:'A'})];
const summary=new El({tagName:'SUMMARY',dataset:{key:'c'},parentElement:{open:false,querySelector:()=>null}});
const written=new El({textContent:'0'}), area=new El({tagName:'TEXTAREA',attrs:{'aria-describedby':'bounds'},value:''});
els.bounds=new El({querySelector:()=>written});
const doc={title:'(2) Queue',getElementById:id=>els[id]||null,addEventListener:(e,f)=>(handlers[e]=handlers[e]||[]).push(f),querySelectorAll:s=>s==='[data-item]'?items:s.startsWith('textarea')?[area]:[summary],activeElement:null};
class AC{constructor(){this.state='suspended';AC.it=this;this.currentTime=0} resume(){if(AC.gesture)this.state='running';return AC.gesture?Promise.resolve():new Promise(()=>{})}
 createOscillator(){return{frequency:{},connect:x=>x,start(){started++},stop(){}}} createGain(){return{gain:{},connect:x=>x}}}
let answer={ok:true,heard:'',urgent:'0',has:true};
const ctx={window:{localStorage:{getItem:k=>winStore[k]??null,setItem:(k,v)=>winStore[k]=v},location:{href:'https://x/duty?lang=en'}},document:doc,AudioContext:AC,URL,Set,Number,String,Math,
 fetch:async(u,o)=>{ctx.asked=String(u); if(answer.fail) throw new Error('net'); return {ok:answer.ok,text:async()=>''}},
 DOMParser:class{parseFromString(){return{getElementById:()=>answer.has?{dataset:{heard:answer.heard,urgent:answer.urgent},childNodes:[1]}:null}}},
 setTimeout:(f,ms)=>timers.push([f,ms])};
vm.createContext(ctx); vm.runInContext(src,ctx);
const tick=async()=>{const [f]=timers.shift(); f(); for(let i=0;i<20;i++) await Promise.resolve(); await new Promise(r=>setImmediate(r))};
(async()=>{
 const eq=(a,b,m)=>{if(a!==b){console.log('wrong:',m,a,b);process.exitCode=1}};
 eq(par.hidden,false,'button shown'); eq(button.textContent,'OFF','off');
 AC.gesture=true; button.click(); await new Promise(r=>setImmediate(r)); eq(winStore['homeward-sound'],'on','remembered'); eq(button.textContent,'ON','on');
 AC.it.state='suspended'; AC.gesture=false; handlers.pointerdown.forEach(f=>f({target:{}})); eq(button.textContent,'WAIT','wait'); AC.gesture=true; handlers.pointerdown.forEach(f=>f({target:button})); button.click(); await new Promise(r=>setImmediate(r)); eq(winStore['homeward-sound'],'on','a click where it waits turns nothing off'); eq(button.textContent,'ON','and it sounds');
 started=0; await tick(); eq(started,0,'quiet'); eq(ctx.asked,'https://x/duty?lang=en&auto=1','url'); eq(doc.title,'Queue','title');
 answer={ok:true,heard:'a b',urgent:'2',has:true}; await tick(); eq(started,3,'sounds'); eq(doc.title,'(2) Queue','count');
 started=0; await tick(); eq(started,0,'known'); 
 answer={ok:true,heard:'b',urgent:'1',has:true}; await tick(); eq(started,0,'gone is quiet');
 answer={ok:false,heard:'',urgent:'0',has:false}; await tick(); eq(lost.hidden,false,'lost'); eq(started,3,'lost sounds');
 started=0; answer={fail:true}; await tick(); eq(started,3,'net');
 answer={ok:true,heard:'b',urgent:'1',has:true}; await tick(); eq(lost.hidden,true,'back');
 const kd=e=>handlers.keydown.forEach(f=>f({preventDefault(){},target:{closest:()=>null},...e}));
 kd({key:'n'}); eq(doc.activeElement,items[0],'n'); kd({key:'n'}); eq(doc.activeElement,items[1],'n2'); kd({key:'p'}); eq(doc.activeElement,items[0],'p');
 kd({key:'c'}); eq(summary.parentElement.open,true,'opens'); eq(doc.activeElement,summary,'focus');
 kd({key:'c',target:{closest:()=>({})}}); eq(summary.parentElement.open,true,'not while typing');
 area.value=' 二十个字 '; area.listeners.input(); eq(written.textContent,'4','counted');
 eq(timers.length,1,'one timer'); console.log('done');
})();
