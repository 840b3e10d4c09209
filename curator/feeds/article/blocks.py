"""A page as blocks of text, as a browser would set them: what each says, how much of it is links, where it stands.

After boilerpipe (Kohlschütter et al., WSDM 2010, doi:10.1145/1718487.1718542): length and link density tell text apart
from what surrounds it, whatever the site.
"""

import re
from itertools import islice
from typing import Any

from msgspec import Struct, field

from curator.core.text.plain import word_count

Element = Any  # lxml has no types

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
TEXTUAL = {"p", "li", "blockquote"}
_BESIDE = {"nav", "footer", "aside", "figcaption"}
_LISTS = ("ul", "ol", "div", "section", "table", "aside")
_BLOCKS = {
    *("address", "article", "body", "center", "details", "dir", "div", "fieldset", "figure", "form", "header", "hgroup", "hr", "main"),
    *("pre", "section", "table", "thead", "tbody", "tfoot", "tr", "th", "td", "dl", "dt", "dd", "ul", "ol", *TEXTUAL, *HEADINGS, *_BESIDE),
}
_SILENT = {
    *("script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "canvas", "video", "audio", "map"),
    *("select", "option", "textarea", "button", "input", "head", "title", "dialog", "menu"),
}
_PROSE_CELL = 400  # characters without links; a cell of data hardly says so much
_LINK_ROW = 3  # links that make a list of other pages
_PROSE_WORDS = 10


class Block(Struct, eq=False):
    """A run of text that a browser would set on its own.

    `links`: its characters inside links; `beside`: in an element for what is not the story; `key`: its letters alone, to
    find it again where it is spaced otherwise; `prose`: long enough, and told; `at`, `end`: for who looks it up elsewhere.
    """

    text: str
    owner: Element
    links: int
    beside: bool
    key: str = ""
    at: int = -1
    end: int = -1
    prose: bool = False

    def __post_init__(self) -> None:
        self.key = letters(self.text)
        told = not self.beside and self.owner.tag not in HEADINGS and self.links < 0.4 * len(self.text)
        self.prose = told and len(self.text) >= 40 and word_count(self.text) >= _PROSE_WORDS

    def home(self) -> Element:
        """The element that this block's own stands in, not counting those that only dress words."""
        return next((e for e in self.owner.iterancestors() if e.tag in _BLOCKS), None)


def letters(text: str) -> str:
    """Only letters and digits, lower case."""
    return re.sub(r"[\W_]+", "", text.lower())


class _Scribe(Struct):
    """Hears a page's text in order and writes a block down whenever an element of its own begins or ends."""

    owners: list[Element]
    blocks: list[Block] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    links: int = 0
    in_link: int = 0
    beside: int = 0

    def hear(self, text: str | None) -> None:
        if text:
            self.said.append(text)
            if self.in_link:
                self.links += len(" ".join(text.split()))

    def part(self) -> None:
        text = " ".join("".join(self.said).split())
        if text:
            self.blocks.append(Block(text, self.owners[-1], self.links, self.beside > 0))
        self.said.clear()
        self.links = 0

    def enter(self, element: Element) -> None:
        tag = element.tag
        if tag in _BLOCKS or tag == "br":
            self.part()
        if tag in _BLOCKS:
            self.owners.append(element)
        self.in_link += tag == "a"
        self.beside += tag in _BESIDE
        self.hear(element.text)

    def leave(self, element: Element) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self.part()
            self.owners.pop()
        self.in_link -= tag == "a"
        self.beside -= tag in _BESIDE


def blocks(root: Element) -> list[Block]:
    """The blocks of an element in reading order, without what is never shown."""
    from lxml.etree import iterwalk

    scribe = _Scribe([root])
    walk = iterwalk(root, events=("start", "end"))
    for event, element in walk:
        silent = not isinstance(element.tag, str) or element.tag in _SILENT
        if event == "start" and silent:
            walk.skip_subtree()
        elif event == "start":
            scribe.enter(element)
        else:
            if not silent:
                scribe.leave(element)
            scribe.hear(element.tail if element is not root else None)
    scribe.part()
    return scribe.blocks


def prune_link_lists(root: Element) -> None:
    """Takes out lists of links to other pages, which is what extractors mistake for the article most often.

    An element beside the story that holds most of the page was left open by mistake: it becomes a plain one.
    """
    measures = _measures(root)
    for element in root.iter(*_BESIDE):
        if measures[element][0] > 0.5 * measures[root][0]:
            element.tag = "div"
    for element in list(root.iter(*_LISTS)):
        size, linked, links = measures[element]
        if links >= _LINK_ROW and linked > 0.6 * size and size - linked < 300 and element is not root:
            element.drop_tree()


def open_layout_tables(root: Element) -> None:
    """A table of one row, or with a headline or prose in a cell, is scaffolding, not data: its parts become plain blocks."""
    measures = _measures(root)
    for table in list(root.iter("table")):
        prose = any(measures[cell][0] - measures[cell][1] > _PROSE_CELL for cell in table.iter("td"))
        row = len(list(islice(table.iter("tr"), 2))) < 2
        if prose or row or next(table.iter("h1", "h2"), None) is not None:
            for part in table.iter("table", "thead", "tbody", "tfoot", "tr", "td", "th", "center", "font"):
                part.tag = "div"


def _measures(root: Element) -> dict[Element, tuple[int, int, int]]:
    measures: dict[Element, tuple[int, int, int]] = {}
    for element in reversed(list(root.iter())):
        measures[element] = _measure(element, measures)
    return measures


def _measure(element: Element, measures: dict[Element, tuple[int, int, int]]) -> tuple[int, int, int]:
    """The characters of an element's text, how many of them are in links, and the number of links."""
    if not isinstance(element.tag, str) or element.tag in _SILENT:
        return 0, 0, 0
    size, linked, links = len((element.text or "").strip()), 0, 0
    for child in element:
        a, b, c = measures[child]
        size, linked, links = size + a + len((child.tail or "").strip()), linked + b, links + c
    return (size, size, links + 1) if element.tag == "a" else (size, linked, links)
