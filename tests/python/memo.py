"""Reading a memo: its tags, ids, texts and tables, as a browser would see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "link", "img", "input", "hr"}


@dataclass
class Memo:
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    text: str = ""
    headings: list[tuple[int, str]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    sections: dict[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        return [held["id"] for _, held in self.tags if "id" in held]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.memo = Memo()
        self._open: list[tuple[str, str]] = []  # (tag, id)
        self._words: dict[int, str] = {}  # text of the open elements, by depth

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.memo.tags.append((tag, held))
        if tag not in VOID:
            self._open.append((tag, held.get("id", "")))
            self._words[len(self._open)] = ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.memo.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            self.memo.faults.append(f"</{tag}> at {self.getpos()}, open: {self._open[-3:]}")
            return
        text = " ".join(self._words.pop(len(self._open)).split())
        _, anchor = self._open.pop()
        if tag in ("h1", "h2", "h3", "h4"):
            self.memo.headings.append((int(tag[1]), text))
        elif tag in ("td", "th", "caption"):
            self.memo.cells.append(text)
        elif tag == "section":
            self.memo.sections[anchor] = text

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "style":
            return
        self.memo.text += data
        for depth in self._words:
            self._words[depth] += data


def read_memo(html: str) -> Memo:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.memo.faults += [f"<{tag}> is never closed" for tag, _ in reader._open]
    return reader.memo
