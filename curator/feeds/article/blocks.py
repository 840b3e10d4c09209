"""Split a page into blocks of text, as a browser would lay them out, with the share of links in each.

Text length and link density separate content from boilerplate on any site
(boilerpipe: Kohlschütter et al., WSDM 2010, doi:10.1145/1718487.1718542).
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
_DIALOGS = {"dialog", "alertdialog"}
_OPINIONS = {"review", "reviews", "comment"}
_REVIEWS = re.compile(r"\b(?:customer|user|shopper)[-_]?reviews?\b|\bproduct[-_]?reviews\b", re.I)
_PROSE_CELL = 400  # characters without links; a cell of data is shorter
_LINK_ROW = 3  # links that make a list of other pages
_PROSE_WORDS = 10


class Block(Struct, eq=False):
    """Run of text that a browser would lay out on its own.

    - `links`: number of its characters inside links.
    - `beside`: whether it is in an element for secondary content (nav, footer, aside, figcaption).
    - `key`: its letters and digits only, to find it in a text with other spacing.
    - `at`, `end`: its place in such a text, in letters; -1 while unknown.
    - `prose`: whether it is a paragraph of running text.
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
        running = not self.beside and self.owner.tag not in HEADINGS and self.links < 0.4 * len(self.text)
        self.prose = running and len(self.text) >= 40 and word_count(self.text) >= _PROSE_WORDS

    def container(self) -> Element:
        """Return the nearest block element around this block's own element; inline elements do not count."""
        return next((e for e in self.owner.iterancestors() if e.tag in _BLOCKS), None)


def letters(text: str) -> str:
    """Return only the letters and digits of a text, in lower case."""
    return re.sub(r"[\W_]+", "", text.lower())


class _BlockBuilder(Struct):
    """Collects the text of a page in order, and ends a block wherever a block element begins or ends."""

    owners: list[Element]
    blocks: list[Block] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    links: int = 0
    in_link: int = 0
    beside: int = 0

    def add(self, text: str | None) -> None:
        if text:
            self.texts.append(text)
            if self.in_link:
                self.links += len(" ".join(text.split()))

    def end_block(self) -> None:
        text = " ".join("".join(self.texts).split())
        if text:
            self.blocks.append(Block(text, self.owners[-1], self.links, self.beside > 0))
        self.texts.clear()
        self.links = 0

    def enter(self, element: Element) -> None:
        tag = element.tag
        if tag in _BLOCKS or tag == "br":
            self.end_block()
        if tag in _BLOCKS:
            self.owners.append(element)
        self.in_link += tag == "a"
        self.beside += tag in _BESIDE
        self.add(element.text)

    def leave(self, element: Element) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self.end_block()
            self.owners.pop()
        self.in_link -= tag == "a"
        self.beside -= tag in _BESIDE


def has_more_blocks(root: Element, most: int) -> bool:
    """Whether a page may have more than so many blocks of text."""
    return len(list(islice(root.iter(*_BLOCKS, "br"), most + 1))) > most


def blocks(root: Element) -> list[Block]:
    """Return the blocks of an element in reading order, without elements that are never shown."""
    from lxml.etree import iterwalk

    builder = _BlockBuilder([root])
    walk = iterwalk(root, events=("start", "end"))
    for event, element in walk:
        silent = not isinstance(element.tag, str) or element.tag in _SILENT
        if event == "start" and silent:
            walk.skip_subtree()
        elif event == "start":
            builder.enter(element)
        else:
            if not silent:
                builder.leave(element)
            builder.add(element.tail if element is not root else None)
    builder.end_block()
    return builder.blocks


def prune_link_lists(root: Element) -> None:
    """Remove lists of links to other pages, which extractors mistake for the article most often.

    An element for secondary content that holds most of the page was never closed: it becomes a div.
    """
    measures = _measures(root)
    for element in root.iter(*_BESIDE):
        if measures[element][0] > 0.5 * measures[root][0]:
            element.tag = "div"
    for element in list(root.iter(*_LISTS)):
        size, linked, links = measures[element]
        if links >= _LINK_ROW and linked > 0.6 * size and size - linked < 300 and element is not root:
            element.drop_tree()


def prune_asides(root: Element) -> None:
    """Remove dialogs, which ask for consent, and what customers wrote about a product.

    schema.org marks reviews; elsewhere their elements are named after them.
    """
    for element in list(root.iter(*_LISTS, "li", "article")):
        named = f"{element.get('class') or ''} {element.get('id') or ''}"
        opinion = element.get("itemprop") in _OPINIONS or _REVIEWS.search(named)
        if (opinion or element.get("role") in _DIALOGS) and element.getparent() is not None and next(element.iter("h1"), None) is None:
            element.drop_tree()


def open_accordions(root: Element) -> None:
    """Replace the buttons that show the answer to a question by divs: the question is text."""
    for button in list(root.iter("button")):
        if (button.get("aria-controls") or button.get("aria-expanded")) and "".join(button.itertext()).strip().endswith("?"):
            button.tag = "div"


def open_layout_tables(root: Element) -> None:
    """Replace layout tables by divs: those of one row, or with a headline or prose in a cell."""
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
    """Return the number of characters of an element, of those inside links, and of links."""
    if not isinstance(element.tag, str) or element.tag in _SILENT:
        return 0, 0, 0
    size, linked, links = len((element.text or "").strip()), 0, 0
    for child in element:
        a, b, c = measures[child]
        size, linked, links = size + a + len((child.tail or "").strip()), linked + b, links + c
    return (size, size, links + 1) if element.tag == "a" else (size, linked, links)
