"""Reading a page as people do who cannot see it, and holding it to what every page must be."""

import re
from html.parser import HTMLParser

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FORM = re.compile(r'name="form" value="([^"]+)"')
VOID = frozenset({"meta", "link", "input", "br", "img"})


class Page(HTMLParser):
    """What somebody who cannot see the page is told of it."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.unnamed, self.links, self.tags, self.wrong = (
            [],
            [],
            [],
            [],
            [],
            [],
        )
        self.feed(text)
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        self.tags.append(tag)
        self.ids += [said["id"]] if "id" in said else []
        self.links += [said["href"]] if tag == "a" else []
        self.wrong += [said["name"]] if "aria-invalid" in said else []
        typed = tag in {"select", "textarea"} or (tag == "input" and said["type"] != "hidden")
        if typed and "label" not in self.open and "aria-label" not in said:
            self.unnamed.append(said["name"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def sound(text):
    """Read a page, and hold it to what every page must be."""
    page = Page(text)
    assert page.unnamed == []
    assert page.tags.count("h1") == page.tags.count("main") == 1
    assert len(page.ids) == len(set(page.ids))
    assert {one[1:] for one in page.links if one.startswith("#")} <= set(page.ids)
    assert not {"script", "img", "iframe", "style"} & set(page.tags)
    assert not re.search(r" (style|on\w+)=", text)
    assert re.search(r'<html lang="(zh-Hans|zh-Hant|en)">', text)
    assert not re.search(r"{\w+}", text)
    return page


async def shown(world, path, status=200, **headers):
    answer = await world.http.get(path, headers={**BROWSER, **headers})
    assert answer.status_code == status, answer.text
    sound(answer.text)
    return answer.text
