"""The duty page as a browser without script uses it: links are followed, forms filled and sent."""

import itertools
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import httpx2
from tests.services.http.looking import BROWSER, Page

HOST = "https://homeward.test"
TYPED = {"text", "password", "date", "time", "number"}


class Forms(HTMLParser):
    """The forms of a page: what each would send as it stands, and which button sends it."""

    def __init__(self, text):
        super().__init__()
        self.forms, self._form, self._select, self._area, self._button = [], None, None, None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form":
            self._form = {"action": said["action"], "fields": {}, "choices": {}, "buttons": []}
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input":
            self._input(said)
        elif tag == "select":
            self._select = said["name"]
            self._form["choices"][self._select] = []
        elif tag == "option":
            self._form["choices"][self._select].append(said["value"])
            if "selected" in said or self._select not in self._form["fields"]:
                self._form["fields"][self._select] = said["value"]
        elif tag == "textarea":
            self._area = said["name"]
            self._form["fields"][self._area] = ""
        elif tag == "button":
            self._button = ""

    def _input(self, said):
        name, kind = said["name"], said["type"]
        if kind in {"radio", "checkbox"}:
            self._form["choices"].setdefault(name, []).append(said["value"])
            if "checked" in said:
                self._form["fields"][name] = said["value"]
        else:
            self._form["fields"][name] = said.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = None
        elif tag == "button" and self._button is not None:
            self._form["buttons"].append(self._button.strip())
            self._button = None

    def handle_data(self, data):
        if self._area is not None:
            self._form["fields"][self._area] += data
        if self._button is not None:
            self._button += data


def sound(text):
    """Hold a part of the duty page to what each must be; return it as it is heard."""
    page = Page(text)
    assert page.unnamed == []
    assert page.tags.count("h1") == page.tags.count("main") == 1
    assert len(page.ids) == len(set(page.ids))
    assert {one[1:] for one in page.links if one.startswith("#")} <= set(page.ids)
    assert page.tags.count("script") == 1
    assert '<script src="/duty/desk.js" defer></script>' in text
    assert not {"iframe", "style"} & set(page.tags)
    assert re.findall(r"<img (?![^>]*alt=.[A-Z地])", text) == []
    assert not re.search(r" (style|on\w+)=", text)
    assert re.search(r'<html lang="(zh-Hans|zh-Hant|en)">', text)
    assert not re.search(r"{\w+}", text)
    levels = [int(one[1]) for one in page.tags if re.fullmatch(r"h[1-6]", one)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    keys = re.findall(r'accesskey="(.)"', text)
    assert len(keys) == len(set(keys)), "a key is for one thing"
    shown = set(re.findall(r"<kbd>(.)</kbd>", text))
    assert set(re.findall(r'data-key="(.)"', text)) <= shown
    return page


class Browser:
    """One browser, with its cookies, its language and the page that it shows."""

    def __init__(self, world=None, lang="en", url=HOST):
        """Without a world the pages are those of a server, at ``url``."""
        self.world, self.lang, self.url = world, lang, url
        transport = httpx2.ASGITransport(app=world.app) if world else None
        self.http = httpx2.AsyncClient(
            transport=transport, base_url=url, headers=BROWSER, timeout=30
        )
        self.asked, self.answer, self.path = 0, None, "/duty"

    @property
    def text(self):
        return self.answer.text

    async def show(self, path, status=200):
        joined = "&" if "?" in path else "?"
        url = path if "lang=" in path else f"{path}{joined}lang={self.lang}"
        self.asked += 1
        self.answer = await self.http.get(url)
        self.path = urlsplit(path).path
        assert self.answer.status_code == status, (path, self.answer.status_code, self.text[-1500:])
        sound(self.text)
        return self.text

    def form(self, part):
        """Return the one form whose action ends so."""
        found = [one for one in Forms(self.text).forms if self._ends(one, part)]
        assert len(found) == 1, (part, [one["action"] for one in Forms(self.text).forms])
        return found[0]

    def _ends(self, form, part):
        return urlsplit(form["action"]).path.endswith(part)

    def offers(self, part):
        """Whether the page shows a form for something."""
        return any(self._ends(one, part) for one in Forms(self.text).forms)

    async def send(self, part, status=303, headers=None, **typed):
        """Fill in a form as the page has it, send it, and follow where it leads."""
        form = self.form(part)
        for name, value in typed.items():
            assert name in {*form["fields"], *form["choices"]}, f"{part} has no field {name}"
            choices = form["choices"].get(name)
            assert choices is None or str(value) in choices, f"{value!r} is none of {choices}"
        return await self.post(form["action"], {**form["fields"], **typed}, status, headers)

    async def post(self, action, fields, status=303, headers=None):
        self.asked += 1
        said = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"} if headers is None else headers
        self.answer = await self.http.post(action, data=fields, headers=said)
        assert self.answer.status_code == status, (
            action,
            self.answer.status_code,
            self.text[-1500:],
        )
        if status == 303:
            return await self.show(self.answer.headers["location"])
        sound(self.text)
        return self.text

    async def sign_in(self, who="officer", status=303, key=None):
        """Sign in as ``role`` or ``role:account:org``."""
        role, _, rest = who.partition(":")
        account, _, org = rest.partition(":")
        secret = key or await self.world.key(role, account, org or "-")
        await self.show("/duty", 401)
        await self.send("/duty/in", status, key=secret)
        assert secret not in self.text
        return self

    async def sign_out(self):
        """Sign out, and be led to the form to sign in."""
        form = self.form("/duty/out")
        self.answer = await self.http.post(
            form["action"], data=form["fields"], headers={"Origin": self.url}
        )
        assert self.answer.status_code == 303
        return await self.show(self.answer.headers["location"], 401)


async def kinds_of(world, case):
    """Return the kinds of a case's facts, in log order."""
    return [one.kind for one in await world.rooms.desk.case_facts(case)]


async def sighted(world, case, minute, note="by the bridge"):
    body = {
        "seen_at": f"2026-03-01T03:{minute:02}:00Z",
        "place": {"lat": 33.07, "lon": 115.28, "datum": "wgs84", "accuracy_m": 100},
        "note": note,
        "contact": "13900000000",
    }
    answer = await world.post(f"officer:w-{minute}", f"/v1/cases/{case}/sightings", body)
    assert answer.is_success, answer.text
    return answer.json()["sighting"]
