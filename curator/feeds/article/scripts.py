"""Find the article in the data that a page brings for its scripts: Next.js, Nuxt, and stores written into `window`.

Such data holds more than the article: menus, other articles, terms of use. A text counts only where the same object has the title
of the page.
"""

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from curator.core.text.plain import fold, line, plain
from curator.feeds.article import flight
from curator.feeds.article.blocks import Element

_MOST_DATA = 3_000_000  # characters of one script
_MOST_THINGS = 50_000  # objects and lists of one script that are looked at
_MOST_ARTICLES, _MOST_RESOLVED = 20, 5_000  # objects of a page that have its title, and values that one of them refers to
_DEEP = 12  # levels from an object down to its text
_TITLES = ("title", "headline", "judul", "name", "heading")
_LEAST = 400  # characters of an article's text
_LEAST_TITLE = 12  # characters of a title that is worth comparing
_STORE = re.compile(r"window\.__(?:NEXT_DATA|NUXT|INITIAL_STATE|PRELOADED_STATE|APOLLO_STATE)__\s*=\s*(?=\{)")
_IDS = ("__NEXT_DATA__", "__NUXT_DATA__")
_WORDS = (
    *("text", "value", "html", "rendered", "raw", "body", "content", "contents", "isi", "konten", "children", "blocks", "paragraphs"),
    *("nodes", "root", "document", "data"),
)


def body(root: Element, title: str) -> str:
    """Return the text of the article with this title in a page's scripts, one paragraph a line; "" where there is none."""
    wanted = fold(title)
    if len(wanted) < _LEAST_TITLE:
        return ""
    scripts = list(root.iter("script"))
    written = (thing for script in scripts for thing in _articles(script, wanted))
    sent = (thing for thing in _objects(flight.rows(script.text or "" for script in scripts)) if _titled(thing, wanted))
    found = max(map(_longest, islice(chain(written, sent), _MOST_ARTICLES)), key=len, default="")
    return found if len(found) >= _LEAST else ""


def _articles(script: Element, wanted: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a script that have this title."""
    data = _data(script)
    if script.get("id") == "__NUXT_DATA__" and isinstance(data, list):
        yield from (_resolved(data, thing) for thing in _objects(data) if _titled(_looked_up(data, thing), wanted))
    else:
        yield from (thing for thing in _objects(data) if _titled(thing, wanted))


def _titled(thing: Mapping[str, Any], wanted: str) -> bool:
    said = (thing.get(name) for name in _TITLES)
    return any(isinstance(each, str) and len(each) < 1000 and fold(line(plain(each))) == wanted for each in said)


# --- the data of scripts -------------------------------------------------------------------------------------------


def _data(script: Element) -> Any:
    """Return the JSON in a script that holds a page's data; None in any other."""
    text = script.text or ""
    store = None if script.get("id") in _IDS else _STORE.search(text)
    if len(text) > _MOST_DATA or not (store or script.get("id") in _IDS):
        return None
    try:
        return json.JSONDecoder(strict=False).raw_decode(text[store.end() :] if store else text.strip())[0]
    except (ValueError, RecursionError):
        return None  # broken data costs nothing but itself


def _looked_up(table: Sequence[Any], thing: Mapping[str, Any]) -> dict[str, Any]:
    """Return the titles of an object of a flat table: Nuxt writes the places of values instead of the values."""
    places = {name: thing.get(name) for name in _TITLES}
    return {name: table[place] for name, place in places.items() if type(place) is int and 0 <= place < len(table)}


def _resolved(table: Sequence[Any], thing: Mapping[str, Any]) -> Any:
    """Return an object of a flat table with its references followed."""
    left = [_MOST_RESOLVED]

    def follow(place: Any, depth: int) -> Any:
        left[0] -= 1
        if type(place) is not int or not 0 <= place < len(table) or depth > _DEEP or left[0] < 0:
            return None
        return expand(table[place], depth)

    def expand(value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            return {key: follow(place, depth + 1) for key, place in value.items()}
        if isinstance(value, list):
            named = bool(value) and isinstance(value[0], str)  # ["Reactive", 5]
            return follow(value[1], depth + 1) if named and len(value) == 2 else [follow(place, depth + 1) for place in value]
        return value

    return expand(thing, 0)


def _objects(data: Any) -> Iterator[Mapping[str, Any]]:
    waiting = deque([data] if isinstance(data, dict | list) else [])
    for _ in range(_MOST_THINGS):
        if not waiting:
            return
        thing = waiting.popleft()
        if isinstance(thing, dict):
            yield thing
        inner = thing.values() if isinstance(thing, dict) else thing
        waiting.extend(each for each in inner if isinstance(each, dict | list))


# --- from an object to a text --------------------------------------------------------------------------------------


def _longest(thing: Mapping[str, Any]) -> str:
    """Return the longest text of an object: markup, or a list of blocks."""
    texts = (_blocks(value) for name, value in thing.items() if name not in _TITLES)
    return max(texts, key=len, default="")


def _blocks(value: Any) -> str:
    """Return what a value says, each element of its outermost list on a line of its own."""
    for _ in range(_DEEP):
        if isinstance(value, str):
            return plain(value) if len(value) >= _LEAST else ""
        if isinstance(value, list):
            return "\n".join(filter(None, (line(plain(_flat(each, 0)), 20_000) for each in value[:2000])))
        value = (
            next((value[name] for name in _WORDS if isinstance(value.get(name), list | dict | str)), "") if isinstance(value, dict) else ""
        )
    return ""


def _flat(value: Any, depth: int) -> str:
    """Return the words of a block and of what is inside it, as one text."""
    if isinstance(value, str) or depth > _DEEP:
        return value if isinstance(value, str) else ""
    if isinstance(value, list):
        return "".join(_flat(each, depth + 1) for each in value[:500])
    return "".join(_flat(value[name], depth + 1) for name in _WORDS if name in value) if isinstance(value, dict) else ""
