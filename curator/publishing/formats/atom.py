"""The reading list as an Atom feed (RFC 4287), which any feed reader, or another curator, can follow."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from curator.core.brand import Brand
from curator.core.report import RunReport
from curator.core.story import Card
from curator.core.text.plain import line
from curator.core.text.urls import web
from curator.publishing.formats import wording
from curator.publishing.language import Language, chosen
from curator.publishing.retold import retold

_ATOM = "http://www.w3.org/2005/Atom"
_NONCHARACTERS = {0xFFFE: None, 0xFFFF: None}  # not allowed in XML (XML 1.0, 2.2)


def render(report: RunReport, brand: Brand) -> str:
    """Return the feed in the language of the brand: an entry for each story, then one for each mention that is not among them.

    The same report gives the same bytes.
    """
    language = chosen("", brand.language)
    namespace = uuid.uuid5(uuid.NAMESPACE_URL, f"curator:reading-list:{brand.name}")
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": language.code})
    _add(feed, "id", namespace.urn)
    _add(feed, "title", language.say("%(brand)s: reading list", brand=brand.name))
    _add(feed, "updated", _timestamp(report.generated_at))
    _add(SubElement(feed, "author"), "name", brand.name)
    _add(feed, "generator", "curator")
    for card, summary in _entries(report, language):
        _entry(SubElement(feed, "entry"), card, summary, uuid.uuid5(namespace, card.id).urn)
    indent(feed)
    document: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return document.decode("utf-8") + "\n"


def _entries(report: RunReport, language: Language) -> Iterator[tuple[Card, str]]:
    shown = {card.id for card in report.items}
    yield from ((card, _reasons(card, language)) for card in report.items)
    for mention in report.mentions:
        if mention.item.id not in shown:
            shown.add(mention.item.id)
            yield mention.item, f"{mention.watch}: “{wording.inside(mention.sentence)}”"


def _reasons(card: Card, language: Language) -> str:
    """Return the evidence and the reasons: “…” Specialty coffee .91; fits Specialty coffee; 5 h old."""
    fit = wording.best(card)
    quoted = f"“{wording.quote(card)}” " if wording.quote(card) else ""
    why = ([f"{fit.topic} {wording.fit(fit.fit)}"] if fit else []) + [retold(reason.text, language) for reason in card.why]
    return quoted + "; ".join(why)


def _entry(entry: Element, card: Card, summary: str, urn: str) -> None:
    if wording.tag(card.lang):
        entry.set("xml:lang", card.lang)
    _add(entry, "id", urn)
    _add(entry, "title", wording.title(card))
    _add(entry, "published", _timestamp(card.published))
    _add(entry, "updated", _timestamp(card.found))
    _add(SubElement(entry, "author"), "name", card.author or card.source.title or "unknown")
    if link := web(card.url):
        SubElement(entry, "link", {"rel": "alternate", "href": _clean(link, 4000)})
    for term in filter(None, (*(fit.topic for fit in card.fits[:1]), card.kind, *card.tags)):
        SubElement(entry, "category", {"term": _clean(term)})
    _source(SubElement(entry, "source"), card)
    _add(entry, "summary", summary, 2000)


def _source(source: Element, card: Card) -> None:
    """Fill the element that names the feed an entry came from (RFC 4287, 4.2.11)."""
    if feed := _clean(web(card.source.feed), 4000):
        _add(source, "id", feed, 4000)
        SubElement(source, "link", {"rel": "self", "href": feed})
    _add(source, "title", card.source.title)
    _add(source, "updated", _timestamp(card.found))


def _add(parent: Element, name: str, text: str, limit: int = 300) -> None:
    SubElement(parent, name).text = _clean(text, limit)


def _clean(text: str, limit: int = 300) -> str:
    return line(text, limit).translate(_NONCHARACTERS)


def _timestamp(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
