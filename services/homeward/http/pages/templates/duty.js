// The duty page with a script: the queue is read again and sounds, and keys lead where buttons do.
// Without it all of the page works: it is read again by itself, and every key is a link or button.
"use strict";
(() => {
  const REMEMBERED = "homeward-sound";
  const box = document.getElementById("queue");
  const button = document.getElementById("sound");
  const lost = document.getElementById("lost");
  const title = document.title.replace(/^\(\d+\) /, "");
  let tones = null;

  const wanted = () => window.localStorage.getItem(REMEMBERED) === "on";

  // Browsers let nothing sound before somebody has touched the page: until then the button says so.
  const ready = () => {
    if (!wanted()) return false;
    tones = tones || new AudioContext();
    if (tones.state === "suspended") tones.resume().then(say, () => {});
    return tones.state === "running";
  };

  const sound = () => {
    if (!ready()) return;
    [0, 0.25, 0.5].forEach((after, at) => {
      const tone = tones.createOscillator();
      const volume = tones.createGain();
      tone.frequency.value = at % 2 ? 660 : 880;
      volume.gain.value = 0.3;
      tone.connect(volume).connect(tones.destination);
      tone.start(tones.currentTime + after);
      tone.stop(tones.currentTime + after + 0.18);
    });
  };

  const say = () => {
    if (!button) return;
    button.setAttribute("aria-pressed", String(wanted()));
    const heard = wanted() && ready();
    button.textContent = wanted() ? (heard ? button.dataset.on : button.dataset.wait) : button.dataset.off;
  };

  const words = (text) => new Set((text || "").split(" ").filter(Boolean));

  // Each failed look sounds: a desk that hears nothing must know that it hears nothing.
  const missed = () => {
    lost.hidden = false;
    sound();
  };

  const look = async () => {
    const here = new URL(window.location.href);
    here.searchParams.set("auto", "1");
    try {
      const answer = await fetch(here, { credentials: "same-origin", redirect: "error" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("queue");
      if (!answer.ok || !fresh) return missed();
      const before = words(box.dataset.heard);
      const now = [...words(fresh.dataset.heard)];
      lost.hidden = true;
      document.title = (fresh.dataset.urgent === "0" ? "" : `(${fresh.dataset.urgent}) `) + title;
      if (now.some((one) => !before.has(one))) sound();
      box.dataset.heard = fresh.dataset.heard;
      replace(fresh);
    } catch {
      missed();
    }
  };

  // Whoever is on a link of the queue stays on it.
  const replace = (fresh) => {
    const at = box.contains(document.activeElement) && document.activeElement.getAttribute("href");
    box.replaceChildren(...fresh.childNodes);
    if (at) [...box.querySelectorAll("a")].find((one) => one.getAttribute("href") === at)?.focus();
  };

  if (box) {
    button.parentElement.hidden = false;
    button.addEventListener("click", () => {
      // Where it waited for a click this was the click, and no wish to turn it off.
      if (button.textContent === button.dataset.wait) return say();
      window.localStorage.setItem(REMEMBERED, wanted() ? "off" : "on");
      say();
      sound();
    });
    const touched = (event) => event.target === button || say();
    document.addEventListener("pointerdown", touched);
    document.addEventListener("keydown", touched);
    say();
    const every = Number(box.dataset.refresh) * 1000;
    const again = () => look().finally(() => setTimeout(again, every));
    setTimeout(again, every);
  }

  const step = (by) => {
    const all = [...document.querySelectorAll("[data-item]")];
    const at = all.indexOf(document.activeElement);
    all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
  };

  // A key opens or leads to something; nothing is sent by a single key.
  const go = (found) => {
    if (found.tagName === "A" || found.type === "button") return found.click();
    if (found.tagName !== "SUMMARY") return found.focus();
    found.parentElement.open = !found.parentElement.open;
    const inside = found.parentElement.querySelector("input:not([type=hidden]),select,textarea,button");
    (found.parentElement.open && inside ? inside : found).focus();
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input,select,textarea");
    if (typing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "n" || event.key === "p") return step(event.key === "n" ? 1 : -1);
    const found = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
    if (!found) return;
    event.preventDefault();
    go(found);
  });

  // How much of a reason is written; without a script the page says it when it is shown again.
  document.querySelectorAll("textarea[aria-describedby]").forEach((area) => {
    const hint = document.getElementById(area.getAttribute("aria-describedby"));
    const written = hint && hint.querySelector("[data-written]");
    if (!written) return;
    area.addEventListener("input", () => {
      written.textContent = String([...area.value.trim()].length);
    });
  });

  const failed = document.getElementById("failed");
  if (failed) {
    failed.tabIndex = -1;
    failed.focus();
  }
})();
