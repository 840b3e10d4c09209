"""Read the text of an OPML file into the elements that matter, strictly where possible and with recovery where not."""

import html
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import chain
from typing import Any, NoReturn
from xml.parsers import expat

from msgspec import Struct

from curator.core.errors import ConfigError, Problem
from curator.core.feed import Feed
from curator.core.text import charset, urls
from curator.core.text.plain import line

MAX_BYTES = 4 * 1024 * 1024  # about ten thousand feeds
MAX_DEPTH = 10  # folders; a feed further in counts as lying in the tenth
TAG = re.compile(r"""<([^\s/>]+)(?:"[^"]*"|'[^']*'|[^'">])*+>""")
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)?")
_PREDEFINED = ("&amp;", "&lt;", "&gt;", "&quot;", "&apos;")  # XML 1.0, section 4.6
_ENCODING = re.compile(r"""\s*<\?xml[^>]{0,100}encoding=["']([\w.-]{1,40})["']""", re.I)
_UNMARKED = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
_DOCTYPE_HINT = "remove the <!DOCTYPE …> from it"


class Element(Struct, kw_only=True, eq=False):
    """The root, the body or an outline of an OPML file.

    `begin`, `start_end`, `end_begin` and `end` are offsets into the text: the start tag spans `begin` to `start_end`, the
    end tag `end_begin` to `end`. In a tag that closes itself the last three are equal. `line` is 0 where it is not known.
    """

    name: str
    attributes: dict[str, str]
    title: str
    address: str
    folders: tuple[str, ...]
    line: int
    begin: int
    start_end: int = 0
    end_begin: int = 0
    end: int = 0

    @property
    def is_folder(self) -> bool:
        """Whether this is an outline with a title and no feed."""
        return self.name == "outline" and bool(self.title) and not self.attributes.get("xmlurl")

    @property
    def path(self) -> tuple[str, ...]:
        """The folders around the children of this element."""
        return (*self.folders, self.title)[:MAX_DEPTH] if self.is_folder else self.folders

    @property
    def categories(self) -> tuple[str, ...]:
        """The folder around this element, or else what its `category` attribute lists (OPML 2.0, "category")."""
        if self.folders:
            return (" / ".join(self.folders),)
        listed = (filter(None, map(line, each.split("/"))) for each in self.attributes.get("category", "").split(","))
        return tuple(dict.fromkeys(filter(None, map(" / ".join, listed))))

    @property
    def site(self) -> str:
        """The address of the feed's web site, or ""."""
        return urls.web(self.attributes.get("htmlurl", ""))


class Document(Struct, frozen=True, kw_only=True):
    """An OPML file that was read.

    `text` is the file with its slips mended. `codec` encodes it as the file was. `incomplete` says that some of it could not
    be read; the elements have no offsets then.
    """

    text: str
    codec: str
    elements: list[Element]
    problems: tuple[Problem, ...] = ()
    incomplete: bool = False

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """Every feed once, in the order of the file, with all the folders it is in."""
        found: dict[str, list[Element]] = {}
        for element in self.elements:
            if element.address:
                found.setdefault(urls.canonical(element.address), []).append(element)
        return tuple(map(_feed, found.values()))


def read(body: bytes, where: str) -> Document:
    """Read an OPML file; `where` names it in problems.

    Raises ConfigError where it is too large, declares entities, refers to another document or is not OPML.
    """
    if len(body) > MAX_BYTES:
        raise ConfigError(f"larger than {MAX_BYTES >> 20} MB, too large for a list of feeds", where=where)
    text = charset.utf8(body)[0].decode("utf-8", "replace")
    if "<!ENTITY" in text:
        raise ConfigError("refused: DTD entity declarations are not allowed", where=where, hint=_DOCTYPE_HINT)
    document = _parse(text, _codec(body, text), where)
    root = document.elements[0].name
    if root != "opml" and not document.feeds:
        hint = "curator feeds add URL" if root in ("rss", "feed", "rdf") else "export your feeds as OPML from where you read them"
        raise ConfigError(f"this is <{line(root, 40)}>, not a list of feeds (OPML)", where=where, hint=hint)
    return document


def _parse(text: str, codec: str, where: str) -> Document:
    """Parse as it stands, else with its usual slips mended, else with whatever recovery can find."""
    try:
        return Document(text=text, codec=codec, elements=_strict(text, where))
    except expat.ExpatError as error:
        slip = _problem(error, where, "it was read as it was meant")
    text = _mended(text)
    try:
        return Document(text=text, codec=codec, elements=_strict(text, where), problems=(slip,))
    except expat.ExpatError as error:
        damage = _problem(error, where, "mend this line: feeds near it may be missing")
    document = Document(text=text, codec=codec, elements=_recovered(text), problems=(damage,), incomplete=True)
    if not document.feeds:
        what = damage.what.replace("not quite XML", "not a list of feeds (OPML)")
        raise ConfigError(what, where=damage.where, hint="export your feeds as OPML once more from where you read them")
    return document


def _problem(error: expat.ExpatError, where: str, hint: str) -> Problem:
    at = f"{where}: line {error.lineno}, column {error.offset + 1}"
    return Problem(what=f"not quite XML: {expat.ErrorString(error.code)}", where=at, hint=hint)


def _strict(text: str, where: str) -> list[Element]:
    """Return the elements of well-formed XML with their offsets. Raises ExpatError. Expat loads nothing from outside the text."""
    starts = [0, *(end.end() for end in re.finditer(r"\r\n?|\n", text))]
    parser = expat.ParserCreate()
    collector = _Collector(lambda: (parser.CurrentLineNumber, starts[parser.CurrentLineNumber - 1] + parser.CurrentColumnNumber))
    parser.StartElementHandler, parser.EndElementHandler = collector.start, collector.end
    parser.StartDoctypeDeclHandler = lambda _name, external, *_: _refuse_external(where) if external else None
    parser.Parse(text, True)
    for element in collector.elements:
        element.start_end = TAG.match(text, element.begin).end()  # type: ignore[union-attr]  # well-formed
        empty = text[element.start_end - 2] == "/"
        element.end_begin = element.start_end if empty else element.end_begin
        element.end = element.start_end if empty else text.index(">", element.end_begin) + 1
    return collector.elements


def _refuse_external(where: str) -> NoReturn:
    raise ConfigError("refused: references to other documents are not allowed", where=where, hint=_DOCTYPE_HINT)


def _recovered(text: str) -> list[Element]:
    """Return the elements that libxml2 recovers from broken XML, without lines and offsets. Its own limits bound the depth.

    Read as HTML, attributes without quotes and those behind a stray quote are kept; read as XML, everything else. What finds more
    feeds counts.
    """
    from lxml import etree

    def collected(parser: Callable[..., Any], **more: str) -> list[Element]:
        collector = _Collector(lambda: (0, 0))
        reader = parser(encoding="utf-8", recover=True, no_network=True, huge_tree=False, target=collector, **more)
        with suppress(etree.XMLSyntaxError):  # there is not even a root
            etree.fromstring(text.encode("utf-8", "replace"), reader)
        return collector.elements

    # "internal" is for "&amp;", which a target gets as "&#38;" otherwise: the text declares no entities.
    ways = collected(etree.XMLParser, resolve_entities="internal"), collected(etree.HTMLParser)
    return max(ways, key=lambda elements: sum(bool(element.address) for element in elements))


def _mended(text: str) -> str:
    """Return the text without what precedes the XML and control characters, with bare "&" and HTML's entities escaped.

    This is the one slip that is not left to libxml2. Its recovery of XML drops the reference ("Tom  Jerry", "?a=1=2"); its
    recovery as HTML keeps it, but gives no offsets, and without those a feed cannot be added or removed on its own lines.
    """
    return _REFERENCE.sub(_escaped, _ILLEGAL.sub("", text[max(text.find("<"), 0) :]))


def _escaped(reference: re.Match[str]) -> str:
    if reference[0] in _PREDEFINED:
        return reference[0]
    meant = html.unescape(reference[0])
    return f"&amp;{reference[0][1:]}" if meant == reference[0] else html.escape(_ILLEGAL.sub("", meant))


def _codec(body: bytes, text: str) -> str:
    """Return the codec that turns the text into the file's bytes again; UTF-8 where none does."""
    declared = found[1] if (found := _ENCODING.match(text)) else "cp1252"
    for codec in chain(_UNMARKED, (declared, "cp1252")):
        try:
            if text.encode(codec) == body:
                return codec
        except (LookupError, UnicodeError):
            continue
    return "utf-8"


class _Collector:
    """Builds elements from start and end events; `position` returns the line and the offset of the current event."""

    def __init__(self, position: Callable[[], tuple[int, int]]) -> None:
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self._position = position

    def start(self, name: str, attrs: Mapping[str, str]) -> None:
        if self.elements and _local(name) not in ("body", "outline"):
            return
        attributes = {_local(key): value for key, value in attrs.items()}
        title = _title(attributes.get("title", "")) or _title(attributes.get("text", ""))
        folders = self._open[-1].path if self._open else ()
        at, begin = self._position()
        address = _address(attributes.get("xmlurl", ""))
        element = Element(name=_local(name), attributes=attributes, title=title, address=address, folders=folders, line=at, begin=begin)
        self._open.append(element)
        self.elements.append(element)

    def end(self, name: str) -> None:
        if self._open and self._open[-1].name == _local(name):
            self._open.pop().end_begin = self._position()[1]

    def close(self) -> None:
        """Do nothing: lxml asks for it at the end."""


def _feed(places: list[Element]) -> Feed:
    """Return the feed that is written at one or more places; title and address are those of the first."""
    foldered = sorted(places, key=lambda place: not place.folders)  # a folder goes before a category that an outline names itself
    categories = list(dict.fromkeys(category for place in foldered for category in place.categories)) or [""]
    title, site = (next(filter(None, values), "") for values in ([p.title for p in places], [p.site for p in places]))
    return Feed(url=places[0].address, title=title, category=categories[0], other_categories=tuple(categories[1:]), site=site)


def _title(text: str) -> str:
    return line(text, len(text) + 1)


def _address(written: str) -> str:
    """Return the web address of a feed, or "". A feed: address, an old way to write one, becomes http or https."""
    return urls.web(urls.without_feed_scheme(written))


def _local(name: str) -> str:
    return re.split("[:}]", name)[-1].lower()
