"""The reading list as an Atom feed (RFC 4287), so that any feed reader, or another curator, can follow the desk."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from curator.core.brand import Brand
from curator.core.report import RunReport
from curator.core.story import Card
from curator.core.text.plain import line
from curator.core.text.urls import web
from curator.publishing.formats import words

_ATOM = "http://www.w3.org/2005/Atom"
_NONCHARACTERS = {0xFFFE: None, 0xFFFF: None}  # XML 1.0, section 2.2, has no place for them


def render(report: RunReport, brand: Brand) -> str:
    """One entry a story, then one for each mention that is no story of the list. Same report, same bytes."""
    desk = uuid.uuid5(uuid.NAMESPACE_URL, f"curator:reading-list:{brand.name}")
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _add(feed, "id", desk.urn)
    _add(feed, "title", f"{brand.name}: reading list")
    _add(feed, "updated", _stamp(report.generated_at))
    _add(SubElement(feed, "author"), "name", brand.name)
    _add(feed, "generator", "curator")
    for card, summary in _entries(report):
        _entry(SubElement(feed, "entry"), card, summary, uuid.uuid5(desk, card.id).urn)
    indent(feed)
    document: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return document.decode("utf-8") + "\n"


def _entries(report: RunReport) -> Iterator[tuple[Card, str]]:
    shown = {card.id for card in report.items}
    yield from ((card, _reasons(card)) for card in report.items)
    for mention in report.mentions:
        if mention.item.id not in shown:
            shown.add(mention.item.id)
            yield mention.item, f"{mention.watch}: “{words.inside(mention.sentence)}”"


def _reasons(card: Card) -> str:
    """The evidence, then why: “…” Specialty coffee .91; fits Specialty coffee; 5 h old."""
    fit = words.best(card)
    quoted = f"“{words.quote(card)}” " if words.quote(card) else ""
    why = ([f"{fit.topic} {words.fit(fit.fit)}"] if fit else []) + [reason.text for reason in card.why]
    return quoted + "; ".join(why)


def _entry(entry: Element, card: Card, summary: str, urn: str) -> None:
    if words.tag(card.lang):
        entry.set("xml:lang", card.lang)
    _add(entry, "id", urn)
    _add(entry, "title", words.title(card))
    _add(entry, "published", _stamp(card.published))
    _add(entry, "updated", _stamp(card.found))
    _add(SubElement(entry, "author"), "name", card.author or card.source.title or "unknown")
    if link := web(card.url):
        SubElement(entry, "link", {"rel": "alternate", "href": _clean(link, 4000)})
    for term in filter(None, (*(fit.topic for fit in card.fits[:1]), card.kind, *card.tags)):
        SubElement(entry, "category", {"term": _clean(term)})
    _source(SubElement(entry, "source"), card)
    _add(entry, "summary", summary, 2000)


def _source(source: Element, card: Card) -> None:
    """Where the entry was first published (RFC 4287, 4.2.11)."""
    if feed := _clean(web(card.source.feed), 4000):
        _add(source, "id", feed, 4000)
        SubElement(source, "link", {"rel": "self", "href": feed})
    _add(source, "title", card.source.title)
    _add(source, "updated", _stamp(card.found))


def _add(parent: Element, name: str, text: str, limit: int = 300) -> None:
    SubElement(parent, name).text = _clean(text, limit)


def _clean(text: str, limit: int = 300) -> str:
    return line(text, limit).translate(_NONCHARACTERS)


def _stamp(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
