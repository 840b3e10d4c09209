"""feeds.opml, the feeds a brand follows: read and written as OPML 2.0 (opml.org/spec2.opml).

Files from other programs are often not quite XML. They are read as far as is safe, and what had to be mended is reported.
Adding and removing a feed changes only the lines of that feed.
"""

import html
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from curator.config._opml_reader import MAX_DEPTH, TAG, Document, Element, read
from curator.core.errors import ConfigError, Problem
from curator.core.feed import Feed
from curator.core.text import urls
from curator.core.text.plain import line

_NEW = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head>
    <title>{}</title>
  </head>
  <body>
{}  </body>
</opml>
"""
_ADDRESS_HINT = "an address begins with https://"

_Leaf = tuple[list[str], Feed]  # the folders around it that have to be made, and the feed


class Subscriptions(Struct, frozen=True, kw_only=True):
    """The feeds of an OPML file in its order, each once, and what of it was mended or left out."""

    feeds: tuple[Feed, ...] = ()
    problems: tuple[Problem, ...] = ()


def parse(body: bytes, *, where: str = "feeds.opml") -> Subscriptions:
    """Return the feeds of an OPML file; `where` names it in problems.

    A feed in several folders keeps them all: the first is its category.

    Raises ConfigError where it is not OPML or cannot be read safely.
    """
    document = read(body, where)
    problems = list(document.problems)
    for outline in document.elements:
        if not outline.address and (written := line(outline.attributes.get("xmlurl", ""), 120)):
            at = f"{where}: line {outline.line}" if outline.line else where
            problems.append(Problem(what=f'left out: "{written}" is not a web address', where=at, hint=_ADDRESS_HINT))
    return Subscriptions(feeds=document.feeds, problems=tuple(problems))


def build(feeds: Iterable[Feed], title: str) -> bytes:
    """Return a new OPML file. Categories become folders; a feed of several categories is written in each."""
    leaves = [(_folders(category), feed) for feed in feeds for category in _categories(feed)]
    lines = "".join(f"{each}\n" for each in _branch(leaves, "    ", "  "))
    return _NEW.format(html.escape(line(title), quote=False), lines).encode()


def add(body: bytes, *feeds: Feed, where: str = "feeds.opml") -> bytes:
    """Return the file with those feeds added that it lacks, each in the folders of its categories.

    Returns the same bytes when it lacks none.

    Raises ConfigError as `parse` does, for a file of which some cannot be read, and for a feed without a web address.
    """
    if wrong := [feed.url for feed in feeds if not urls.web(feed.url)]:
        raise ConfigError(f'"{line(wrong[0], 120)}" is not a web address', hint=_ADDRESS_HINT)
    document = _complete(body, where)
    known = {urls.canonical(element.address) for element in document.elements}
    new = {urls.canonical(feed.url): feed for feed in reversed(feeds) if urls.canonical(feed.url) not in known}
    holders = _holders(document.elements)
    placed: dict[Element, list[_Leaf]] = {}
    for feed in reversed(new.values()):
        for category in _categories(feed):
            holder, missing = _place(holders, category)
            placed.setdefault(holder, []).append((missing, feed))
    text = document.text
    for holder in sorted(placed, key=lambda element: element.end_begin, reverse=True):
        text = _insert(text, holder, placed[holder])
    return text.encode(document.codec, "xmlcharrefreplace") if placed else body


def remove(body: bytes, url: str, *, where: str = "feeds.opml") -> bytes:
    """Return the file without the feed of this address, wherever it stands; the same bytes when it is not in there.

    Raises ConfigError as `add` does, and where the outline of the feed contains other feeds.
    """
    document = _complete(body, where)
    places = [element for element in document.elements if element.address and urls.canonical(element.address) == urls.canonical(url)]
    if full := [outline for outline in places if "<outline" in document.text[outline.start_end : outline.end_begin].lower()]:
        what = "this outline is a feed and also contains other feeds"
        raise ConfigError(what, where=f"{where}: line {full[0].line}", hint="remove it in an editor")
    text = document.text
    for outline in reversed(places):
        text = _cut(text, outline.begin, outline.end)
    return text.encode(document.codec, "xmlcharrefreplace") if places else body


def _complete(body: bytes, where: str) -> Document:
    """Read a file that is going to be changed. Raises ConfigError where some of it cannot be read."""
    document = read(body, where)
    if document.incomplete:
        raise ConfigError(problems=[replace(damage, hint="mend this line first") for damage in document.problems])
    return document


def _categories(feed: Feed) -> tuple[str, ...]:
    return (feed.category, *feed.other_categories)


def _folders(category: str) -> list[str]:
    return [folder for folder in map(line, category.split(" / ")) if folder][:MAX_DEPTH]


def _holders(elements: list[Element]) -> dict[str, Element]:
    """Return the first folder of each path, and the body under ""."""
    body = next((element for element in elements if element.name == "body"), elements[0])
    return {" / ".join(element.path): element for element in reversed(elements) if element.is_folder} | {"": body}


def _place(holders: dict[str, Element], category: str) -> tuple[Element, list[str]]:
    """Return the innermost folder there is for a category, and the folders that are missing in it."""
    wanted = _folders(category)
    depth = next(depth for depth in range(len(wanted), -1, -1) if " / ".join(wanted[:depth]) in holders)
    return holders[" / ".join(wanted[:depth])], wanted[depth:]


def _branch(leaves: list[_Leaf], indent: str, unit: str) -> Iterator[str]:
    """Yield the lines of outlines in the order of the feeds; a folder stands where its first feed does."""
    made: set[str] = set()
    for folders, feed in leaves:
        if not folders:
            yield f"{indent}<outline {_attributes(feed)}/>"
        elif folders[0] not in made:
            made.add(folders[0])
            yield f'{indent}<outline text="{html.escape(folders[0])}">'
            yield from _branch([(path[1:], leaf) for path, leaf in leaves if path[:1] == folders[:1]], indent + unit, unit)
            yield f"{indent}</outline>"


def _attributes(feed: Feed) -> str:
    title = line(feed.title, len(feed.title) + 1) or feed.url
    pairs = {"text": title, "title": title, "type": "rss", "xmlUrl": feed.url, "htmlUrl": feed.site}
    return " ".join(f'{name}="{html.escape(value)}"' for name, value in pairs.items() if value)


def _insert(text: str, holder: Element, leaves: list[_Leaf]) -> str:
    """Return the text with feeds at the end of an element, indented as the file is."""
    newline = "\r\n" if "\r\n" in text else "\n"
    unit = found[1] if (found := re.search(r"^([ \t]+)<", text, re.M)) else "  "
    start = max(text.rfind("\n", 0, holder.begin), text.rfind("\r", 0, holder.begin)) + 1
    indent = text[start : holder.begin] if not text[start : holder.begin].strip() else ""
    lines = "".join(f"{each}{newline}" for each in _branch(leaves, indent + unit, unit))
    if holder.end_begin == holder.start_end and text[holder.start_end - 2] == "/":
        name = TAG.match(text, holder.begin)[1]  # type: ignore[index]  # a tag
        return f"{text[: holder.start_end - 2].rstrip()}>{newline}{lines}{indent}</{name}>{text[holder.start_end :]}"
    before = text[: holder.end_begin].rstrip(" \t")
    gap = "" if before.endswith(("\n", "\r")) else newline
    return f"{before}{gap}{lines}{indent}{text[holder.end_begin :]}"


def _cut(text: str, begin: int, end: int) -> str:
    """Return the text without a span, and without its lines where nothing else stands on them."""
    before, after = text[:begin], text[end:]
    if re.search(r"(?:^|[\r\n])[ \t]*\Z", before) and (rest := re.match(r"[ \t]*(?:\r\n?|\n|\Z)", after)):
        return before.rstrip(" \t") + after[rest.end() :]
    return before + after
