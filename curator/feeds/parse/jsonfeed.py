"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), every field of which may be of any type in the wild."""

import json
import re
from collections.abc import Mapping
from typing import Any

from curator.core.errors import Unreadable
from curator.core.text import urls
from curator.feeds import pictures
from curator.feeds.parse import written
from curator.feeds.parse.draft import RawEntry, RawFeed

_VERSION = "jsonfeed.org/version/"
_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+"?)|,(?=\s*+[\]}])', re.S)  # one before the end of a list or object; strings are passed over


def read(body: bytes) -> RawFeed:
    """Parse a JSON Feed in UTF-8. Raises Unreadable when the JSON is broken, nested too deeply, or not a feed."""
    try:
        feed = _loaded(body.decode("utf-8", "replace"))
    except RecursionError:
        raise Unreadable("this is JSON nested too deeply to be a feed") from None
    except ValueError as error:
        raise Unreadable(f"this looks like JSON, but it is broken ({error})") from None
    version = _text(feed, "version") if isinstance(feed, Mapping) else ""
    items = feed.get("items") if isinstance(feed, Mapping) else None
    if not isinstance(items, list) or not (_VERSION in version or any(isinstance(i, Mapping) and "id" in i for i in items)):
        raise Unreadable("this is JSON, but no JSON Feed")
    return RawFeed(
        format=f"json feed {version.rpartition(_VERSION)[2]}".strip(),
        title=written.text(_text(feed, "title")),
        sites=_texts(feed, "home_page_url"),
        lang=_text(feed, "language"),
        entries=tuple(_entry(item) for item in items if isinstance(item, Mapping)),
    )


def _loaded(text: str) -> Any:
    """Return the value of JSON text, in which raw line breaks in strings and commas before a closing bracket are usual."""
    try:
        return json.loads(text, strict=False)
    except ValueError:
        return json.loads(_COMMA.sub(lambda found: found[1] or "", text), strict=False)


def _entry(item: Mapping[str, object]) -> RawEntry:
    attachments = [a for a in _list(item, "attachments") if isinstance(a, Mapping)]
    media = tuple((_text(a, "url"), _text(a, "mime_type"), _text(a, "size_in_bytes")) for a in attachments)
    return RawEntry(
        id=_text(item, "id"),
        links=(*_texts(item, "url", "external_url"), *filter(urls.web, _texts(item, "id"))),
        title=written.text(_text(item, "title")),
        author=", ".join(_authors(item)),
        published=_texts(item, "date_published"),
        updated=_texts(item, "date_modified"),
        texts=(
            *map(written.perhaps_html, _texts(item, "summary")),
            *_texts(item, "content_html"),
            *map(written.text, _texts(item, "content_text")),
        ),
        images=tuple(map(pictures.Picture, (*_texts(item, "image", "banner_image"), *pictures.attached(media)))),
        media=media,
        tags=tuple(tag for tag in _list(item, "tags") if isinstance(tag, str)),
    )


def _authors(item: Mapping[str, object]) -> list[str]:
    people = _list(item, "authors") or [item.get("author")]
    return [name for person in people if isinstance(person, Mapping) and (name := _text(person, "name"))]


def _texts(where: Mapping[str, object], *names: str) -> tuple[str, ...]:
    return tuple(text for name in names if (text := _text(where, name)))


def _text(where: Mapping[str, object], name: str) -> str:
    """Ids and sizes are numbers in many feeds."""
    value = where.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.0f}" if abs(value) < 1e15 else str(value) if isinstance(value, int) and abs(value) < 1 << 64 else ""
    return value if isinstance(value, str) else ""


def _list(where: Mapping[str, object], name: str) -> list[object]:
    value = where.get(name)
    return value if isinstance(value, list) else []
