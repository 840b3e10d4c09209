"""The calendar as iCalendar (RFC 5545), with an event for each post.

An event keeps its UID for ever; SEQUENCE and STATUS tell of its changes. Nothing depends on the time of writing: an unchanged
calendar is written byte for byte the same.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

from curator.core.brand import Brand
from curator.core.post import Post
from curator.core.text.plain import clean, line
from curator.core.text.urls import web
from curator.publishing.formats.ready_post import ReadyPost
from curator.publishing.formats.table_layout import DURATION

if TYPE_CHECKING:
    from icalendar import Calendar, Event

# How often a subscribed program should refresh.
_REFRESH = timedelta(hours=1)
_IMAGES = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "gif": "gif", "webp": "webp", "avif": "avif", "svg": "svg+xml"}


def uid(brand: Brand, post: Post) -> str:
    """Return the UID of the event of an item on a network, which is the same in every calendar."""
    name = f"{brand.name}/{post.id}".encode("utf-8", "replace")
    return f"{blake2b(name, digest_size=12).hexdigest()}@curator"


def calendar(posts: Sequence[ReadyPost], brand: Brand) -> bytes:
    """Return one file with all events, cancelled ones too, so that a calendar that has them shows them as cancelled."""
    book = _empty(brand)
    book.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    book.add("x-published-ttl", "PT1H")
    return _with(book, posts, brand)


def single(ready: ReadyPost, brand: Brand) -> bytes:
    """Return a file of one event, as a vdir and CalDAV want it (RFC 4791, 4.1)."""
    return _with(_empty(brand), [ready], brand)


def _empty(brand: Brand) -> "Calendar":
    from icalendar import Calendar

    book, name = Calendar(), line(brand.name)
    for key, value in {"prodid": "-//curator//calendar//EN", "version": "2.0", "calscale": "GREGORIAN"}.items():
        book.add(key, value)
    for key in ("name", "x-wr-calname"):
        book.add(key, f"{name}: posts")
    book.add("x-wr-timezone", brand.timezone)
    book.add("color", "teal")
    return book


def _with(book: "Calendar", posts: Iterable[ReadyPost], brand: Brand) -> bytes:
    for ready in posts:
        book.add_component(_event(ready, brand))
    body: bytes = book.to_ical()
    return body


def _event(ready: ReadyPost, brand: Brand) -> "Event":
    from icalendar import Event

    post, event = ready.post, Event()
    for key, value in {
        "uid": uid(brand, post),
        "dtstamp": post.changed.replace(microsecond=0),
        "last-modified": post.changed.replace(microsecond=0),
        "sequence": post.sequence,
        "dtstart": ready.at,
        "duration": DURATION,
        "summary": f"{ready.network}: {line(ready.item.title) or ready.item.url}",
        "description": _description(ready),
        "categories": _categories(ready),
        "status": _status(ready),
        "transp": "TRANSPARENT",
    }.items():
        event.add(key, value)
    if address := web(ready.item.url):
        event.add("url", address)
    if image := web(ready.item.image):
        kind = _IMAGES.get(image.partition("?")[0].rpartition(".")[2].lower())
        event.add("attach", image, parameters={"FMTTYPE": f"image/{kind}"} if kind else {})
    return event


def _status(ready: ReadyPost) -> str:
    """Return the STATUS: a post with problems is tentative."""
    if ready.post.cancelled:
        return "CANCELLED"
    return "TENTATIVE" if ready.problems else "CONFIRMED"


def _description(ready: ReadyPost) -> str:
    """Return the text of the post, then its note, problems and source."""
    item = ready.item
    details = (line(item.note, 2000), *ready.problems, line(item.source.title), f"curator show {item.id}")
    return clean(ready.text).strip() + "\n\n" + "\n".join(filter(None, details))


def _categories(ready: ReadyPost) -> list[str]:
    names = (ready.network, ready.post.kind or ready.item.kind, ready.topic, *ready.item.tags)
    return list(dict.fromkeys(filter(None, (line(name, 60) for name in names))))
