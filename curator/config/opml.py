"""feeds.opml: the feeds a brand follows, out of and into OPML 2.0 (opml.org/spec2.opml).

What a person brings is often not quite XML: it is read as strictly as it can be and as kindly as it must be, and what was
kind is told. What a person keeps is changed by the lines that are added or taken out; all else stays as it was typed.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NoReturn
from xml.parsers import expat

from msgspec import Struct
from msgspec.structs import replace

from curator.core.errors import ConfigError, Problem
from curator.core.feed import Feed
from curator.core.text import urls
from curator.core.text.plain import line

_LARGEST = 4 * 1024 * 1024  # bytes; ten thousand feeds
_DEEPEST = 10  # folders; what lies further in belongs to the tenth
_NEW = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head>
    <title>{}</title>
  </head>
  <body>
{}  </body>
</opml>
"""
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_AMPERSAND = re.compile(r"&(?:#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)?")
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,100}encoding=["']((?:iso-?8859-|windows-125|cp125|koi8-|gb|big5|shift|euc-)[\w-]*)""", re.I)
# What is left of an outline where XML is broken. None of these looks further than it must: a hostile file costs no time.
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_LOOSE_TAG = re.compile(r"""<(/?)(?:\w+:)?outline\b((?:"[^"]*"|'[^']*'|[^'"<>])*+)>""", re.I)
_LOOSE_ATTRIBUTE = re.compile(r"""(?<![\w:.-])([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TAG = re.compile(r"""<([^\s/>]+)(?:"[^"]*"|'[^']*'|[^'">])*+>""")


class Subscriptions(Struct, frozen=True, kw_only=True):
    """The feeds of an OPML file in its order, each once, and what of it was mended or left out."""

    feeds: tuple[Feed, ...] = ()
    problems: tuple[Problem, ...] = ()


def parse(body: bytes, *, where: str = "feeds.opml") -> Subscriptions:
    """The feeds of an OPML file; `where` names it in problems. Raises ConfigError for what is no OPML or cannot be read safely."""
    document = _read(body, where)
    feeds: dict[str, Feed] = {}
    problems = list(document.problems)
    for outline in document.elements:
        if outline.address:
            feeds.setdefault(urls.canonical(outline.address), outline.feed)
        elif asked := line(outline.attributes.get("xmlurl", ""), 120):
            at = f"{where}: line {outline.line}"
            problems.append(Problem(what=f'"{asked}" is no web address: it is left out', where=at, hint="an address begins with https://"))
    return Subscriptions(feeds=tuple(feeds.values()), problems=tuple(problems))


def build(feeds: Iterable[Feed], title: str) -> bytes:
    """A new OPML file; categories become folders."""
    lines = _branch([(_folders(feed.category), feed) for feed in feeds], "    ", "  ")
    return _NEW.format(html.escape(line(title), quote=False), "".join(f"{each}\n" for each in lines)).encode()


def add(body: bytes, *feeds: Feed, where: str = "feeds.opml") -> bytes:
    """The file with those of the feeds that it lacks, each in the folder of its category; the same bytes when it lacks none.

    Raises ConfigError as `parse` does, for a file of which some cannot be read, and for a feed without a web address.
    """
    if wrong := [feed.url for feed in feeds if not urls.web(feed.url)]:
        raise ConfigError(f'"{line(wrong[0], 120)}" is no web address', hint="an address begins with https://")
    document = _whole(body, where)
    known = {urls.canonical(element.address) for element in document.elements}
    holders = _holders(document.elements)
    placed: dict[_Element, list[_Leaf]] = {}
    for feed in {urls.canonical(feed.url): feed for feed in reversed(feeds)}.values():
        if urls.canonical(feed.url) not in known:
            holder, missing = _place(holders, feed.category)
            placed.setdefault(holder, []).insert(0, (missing, feed))
    text = document.text
    for holder in sorted(placed, key=lambda element: element.close, reverse=True):
        text = _insert(text, holder, placed[holder])
    return text.encode(document.codec, "xmlcharrefreplace") if placed else body


def remove(body: bytes, url: str, *, where: str = "feeds.opml") -> bytes:
    """The file without the feed of this address; the same bytes when it is not in there. Raises ConfigError as `add` does."""
    document = _whole(body, where)
    mine = [element for element in document.elements if element.address and urls.canonical(element.address) == urls.canonical(url)]
    if full := [outline for outline in mine if "<outline" in document.text[outline.opened : outline.close].lower()]:
        raise ConfigError("this feed holds others, as a folder does", where=f"{where}: line {full[0].line}", hint="take it out by hand")
    text = document.text
    for outline in reversed(mine):
        text = _cut(text, outline.begin, outline.end)
    return text.encode(document.codec, "xmlcharrefreplace") if mine else body


# --- reading: as it stands, else mended, else what can be saved -------------------------------------------------------


class _Element(Struct, kw_only=True, eq=False):
    """The root, the body or an outline. Offsets into the text: `begin` to `opened` is its start tag, `close` to `end` its end tag."""

    name: str
    attributes: dict[str, str]
    title: str
    address: str
    folders: tuple[str, ...]
    line: int
    begin: int
    opened: int = 0
    close: int = 0
    end: int = 0

    @property
    def is_folder(self) -> bool:
        return self.name == "outline" and bool(self.title) and not self.attributes.get("xmlurl")

    @property
    def inside(self) -> tuple[str, ...]:
        """The folders around what it holds."""
        return (*self.folders, self.title)[:_DEEPEST] if self.is_folder else self.folders

    @property
    def feed(self) -> Feed:
        named = self.attributes.get("category", "").partition(",")[0].split("/")
        category = " / ".join(self.folders or filter(None, map(line, named)))
        return Feed(url=self.address, title=self.title, category=category, site=urls.web(self.attributes.get("htmlurl", "")))


class _Document(Struct, frozen=True, kw_only=True):
    """`text` is the file, mended where it had to be; `lost`: some of it could not be read."""

    text: str
    codec: str
    elements: list[_Element]
    problems: tuple[Problem, ...] = ()
    lost: bool = False


class _Reader:
    """Collects the elements that matter; `at` tells the line and the offset of what is being read."""

    def __init__(self, at: Callable[[], tuple[int, int]]) -> None:
        self.elements: list[_Element] = []
        self._open: list[_Element] = []
        self._at = at

    def start(self, name: str, attrs: Mapping[str, str]) -> None:
        if self.elements and _local(name) not in ("body", "outline"):
            return
        given = {_local(key): value for key, value in attrs.items()}
        title = line(given.get("title", "")) or line(given.get("text", ""))
        folders = self._open[-1].inside if self._open else ()
        at, begin = self._at()
        element = _Element(name=_local(name), attributes=given, title=title, address=_address(given), folders=folders, line=at, begin=begin)
        self._open.append(element)
        self.elements.append(element)

    def end(self, name: str) -> None:
        if self._open and self._open[-1].name == _local(name):
            self._open.pop().close = self._at()[1]


def _address(attributes: Mapping[str, str]) -> str:
    """Where the feed is; a feed: address (an old way to write them) is what it stands for."""
    asked = re.sub("^feed:(?://)?(?=https?:)", "", attributes.get("xmlurl", "").strip(), flags=re.I)
    return urls.web(re.sub("^feed:(?=//)", "http:", asked, flags=re.I))


def _local(name: str) -> str:
    return re.split("[:}]", name)[-1].lower()


def _read(body: bytes, where: str) -> _Document:
    if len(body) > _LARGEST:
        raise ConfigError(f"larger than {_LARGEST >> 20} MB: no list of feeds is that long", where=where)
    text, codec = _decoded(body)
    if "<!ENTITY" in text:
        raise ConfigError("it declares entities, as attacks do: it is not read", where=where, hint="take the <!DOCTYPE …> out of it")
    document = _understood(text, codec, where)
    root = document.elements[0].name
    if root != "opml" and not any(element.address for element in document.elements):
        hint = "curator feeds add URL" if root in ("rss", "feed", "rdf") else "export your feeds as OPML from where you read them"
        raise ConfigError(f"this is <{line(root, 40)}>, not a list of feeds (OPML)", where=where, hint=hint)
    return document


def _understood(text: str, codec: str, where: str) -> _Document:
    try:
        return _Document(text=text, codec=codec, elements=_strictly(text, where))
    except expat.ExpatError as e:
        slip = _problem(e, where, "it was read as it was meant")
    text = _mended(text)
    try:
        return _Document(text=text, codec=codec, elements=_strictly(text, where), problems=(slip,))
    except expat.ExpatError as e:
        damage = _problem(e, where, "mend this line: feeds near it may be missing")
    elements = _saved(text)
    if not any(element.address for element in elements):
        what = damage.what.replace("not quite XML", "not a list of feeds (OPML)")
        raise ConfigError(what, where=damage.where, hint="export your feeds as OPML once more from where you read them")
    return _Document(text=text, codec=codec, elements=elements, problems=(damage,), lost=True)


def _problem(error: expat.ExpatError, where: str, hint: str) -> Problem:
    at = f"{where}: line {error.lineno}, column {error.offset + 1}"
    return Problem(what=f"not quite XML: {expat.ErrorString(error.code)}", where=at, hint=hint)


def _strictly(text: str, where: str) -> list[_Element]:
    """Raises ExpatError. Nothing outside the text is read: expat asks nobody for it, and there are no entities left to expand."""
    starts = [0, *(end.end() for end in re.finditer(r"\r\n?|\n", text))]
    parser = expat.ParserCreate()
    reader = _Reader(lambda: (parser.CurrentLineNumber, starts[parser.CurrentLineNumber - 1] + parser.CurrentColumnNumber))
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.StartDoctypeDeclHandler = lambda _name, elsewhere, *_: _refuse_elsewhere(where) if elsewhere else None
    parser.Parse(text, True)
    for element in reader.elements:
        element.opened = _TAG.match(text, element.begin).end()  # type: ignore[union-attr]  # well-formed
        closed = text[element.opened - 2] == "/"
        element.close = element.opened if closed else element.close
        element.end = element.opened if closed else text.index(">", element.close) + 1
    return reader.elements


def _refuse_elsewhere(where: str) -> NoReturn:
    raise ConfigError("it refers to another document: it is not read", where=where, hint="take the <!DOCTYPE …> out of it")


def _saved(text: str) -> list[_Element]:
    """The outlines of a text that is no XML, by their tags alone; no offsets."""
    at = 1
    reader = _Reader(lambda: (at, 0))
    bare = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    done = 0
    for tag in _LOOSE_TAG.finditer(bare):
        at, done = at + bare.count("\n", done, tag.start()), tag.start()
        if not tag[1]:
            found = _LOOSE_ATTRIBUTE.findall(tag[2])
            reader.start("outline", {name: html.unescape(double or single) for name, double, single in found})
        if tag[1] or tag[2].endswith("/"):
            reader.end("outline")
    return reader.elements


def _decoded(body: bytes) -> tuple[str, str]:
    """The text and the codec that writes it back. UTF-8 wins over what a file says of itself: it is not met by chance."""
    marks = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
    marked = next((codec for mark, codec in marks.items() if body.startswith(mark)), "")
    try:
        return body.decode(marked or "utf-8"), marked or "utf-8"
    except UnicodeDecodeError:
        said = _DECLARED.match(body)
        codec = marked or (said[1].decode("ascii") if said else "windows-1252")
    try:
        return body.decode(codec, "replace"), codec
    except LookupError:
        return body.decode("windows-1252", "replace"), "windows-1252"


def _mended(text: str) -> str:
    """The usual slips: something before the XML, control characters, a bare "&", entities that only HTML knows."""
    return _AMPERSAND.sub(_reference, _ILLEGAL.sub("", text[max(text.find("<"), 0) :]))


def _reference(found: re.Match[str]) -> str:
    if found[0] in ("&amp;", "&lt;", "&gt;", "&quot;", "&apos;"):
        return found[0]
    meant = html.unescape(found[0])
    return f"&amp;{found[0][1:]}" if meant == found[0] else html.escape(_ILLEGAL.sub("", meant))


# --- writing ----------------------------------------------------------------------------------------------------------

_Leaf = tuple[list[str], Feed]  # the folders above it that have to be made, and the feed


def _whole(body: bytes, where: str) -> _Document:
    document = _read(body, where)
    if document.lost:
        raise ConfigError(problems=[replace(damage, hint="mend this line first") for damage in document.problems])
    return document


def _folders(category: str) -> list[str]:
    return [folder for folder in map(line, category.split(" / ")) if folder][:_DEEPEST]


def _holders(elements: list[_Element]) -> dict[str, _Element]:
    """The first folder of each path, and under "" the body."""
    body = next((element for element in elements if element.name == "body"), elements[0])
    return {" / ".join(element.inside): element for element in reversed(elements) if element.is_folder} | {"": body}


def _place(holders: dict[str, _Element], category: str) -> tuple[_Element, list[str]]:
    """The innermost folder there is for a category, and the folders that are missing in it."""
    wanted = _folders(category)
    depth = next(depth for depth in range(len(wanted), -1, -1) if " / ".join(wanted[:depth]) in holders)
    return holders[" / ".join(wanted[:depth])], wanted[depth:]


def _branch(leaves: list[_Leaf], indent: str, unit: str) -> Iterator[str]:
    """The lines of outlines in the order of the feeds; a folder stands where its first feed does."""
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
    title = line(feed.title) or feed.url
    pairs = {"text": title, "title": title, "type": "rss", "xmlUrl": feed.url, "htmlUrl": feed.site}
    return " ".join(f'{name}="{html.escape(value)}"' for name, value in pairs.items() if value)


def _insert(text: str, holder: _Element, leaves: list[_Leaf]) -> str:
    """The text with feeds at the end of an element, indented as the file is."""
    newline = "\r\n" if "\r\n" in text else "\n"
    unit = found[1] if (found := re.search(r"^([ \t]+)<", text, re.M)) else "  "
    start = max(text.rfind("\n", 0, holder.begin), text.rfind("\r", 0, holder.begin)) + 1
    indent = text[start : holder.begin] if not text[start : holder.begin].strip() else ""
    lines = "".join(f"{each}{newline}" for each in _branch(leaves, indent + unit, unit))
    if holder.close == holder.opened and text[holder.opened - 2] == "/":
        name = _TAG.match(text, holder.begin)[1]  # type: ignore[index]  # a tag
        return f"{text[: holder.opened - 2].rstrip()}>{newline}{lines}{indent}</{name}>{text[holder.opened :]}"
    before = text[: holder.close].rstrip(" \t")
    gap = "" if before.endswith(("\n", "\r")) else newline
    return f"{before}{gap}{lines}{indent}{text[holder.close :]}"


def _cut(text: str, begin: int, end: int) -> str:
    """The text without a span, and without its lines where nothing else stands on them."""
    before, after = text[:begin], text[end:]
    if re.search(r"(?:^|[\r\n])[ \t]*\Z", before) and (rest := re.match(r"[ \t]*(?:\r\n?|\n|\Z)", after)):
        return before.rstrip(" \t") + after[rest.end() :]
    return before + after
