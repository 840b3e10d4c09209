"""What brand.toml may say: every key, what it must look like, and the words for a person when it does not.

`KEYS` is the whole file: a key is one line there (its example, which is the hint, and what reads its value) and a field of the model.
A reader never stops at what is wrong: it tells its `Place` and goes on, so that the file is mended once.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from curator.config import values
from curator.core.brand import Brand, CalendarRules, EngineRules, FetchRules, LibraryRules, Mute, ShortlistRules, Topic, Watch
from curator.core.errors import Problem
from curator.core.text.plain import fold, line
from curator.core.text.suggest import closest


class KeyPath(Struct, frozen=True):
    """A key path of the file, and where its problems go. Entries of lists count from 1, as people do."""

    file: str
    problems: list[Problem]
    path: str = ""

    def at(self, key: str) -> "KeyPath":
        return replace(self, path=f"{self.path}.{line(key, 60)}" if self.path else line(key, 60))

    def entry(self, n: int) -> "KeyPath":
        return replace(self, path=f"{self.path}[{n}]")

    @property
    def key(self) -> str:
        return self.path.rpartition(".")[2].partition("[")[0]

    def bad(self, what: str, hint: str) -> None:
        """`what` goes on after the key: "is missing"."""
        self.problems.append(Problem(what=f"{self.key} {what}", where=f"{self.file}: {self.path}", hint=hint))


Reader = Callable[[Any, KeyPath], Any]
_NONE: Mapping[str, Any] = {}
_OWN_DAYS = '{ "2026-12-10" = "our birthday" }'


def read(document: Mapping[str, Any], place: KeyPath) -> Brand | None:
    """The brand of a parsed brand.toml, or None when `place` has got a problem."""
    brand: Brand | None = _FILE(document, place)
    return brand


# --- shapes: what holds values ----------------------------------------------------------------------------------------


def _one(example: str, parser: values.Parser) -> Reader:
    def reader(value: Any, place: KeyPath) -> Any:
        try:
            return parser(value)
        except ValueError as e:
            return place.bad(str(e), f"{place.key} = {example}")

    return reader


def _many(example: str, parser: values.Parser) -> Reader:
    one = _one(example, parser)

    def reader(value: Any, place: KeyPath) -> Any:
        if not isinstance(value, list):
            return place.bad(f"must be a list, not {values.kind(value)}", f"{place.key} = {example}")
        return tuple(dict.fromkeys(one(entry, place.entry(n)) for n, entry in enumerate(value, 1)))

    return reader


def _one_or_many(example: str, parser: values.Parser) -> Reader:
    one, many = _one(example, parser), _many(f"[{example}]", parser)

    def reader(value: Any, place: KeyPath) -> Any:
        if value == []:
            return place.bad("is empty", f"{place.key} = {example}")
        return (many if isinstance(value, list) else one)(value, place)

    return reader


def _table(keys: Mapping[str, Reader], build: Callable[..., Any] = dict, required: Mapping[str, str] | None = None) -> Reader:
    """Reads a table into `build(**values)`, or None when something in it is wrong; `required` keys come with their hint."""

    def reader(value: Any, place: KeyPath) -> Any:
        if not isinstance(value, dict):
            return _no_table(value, place)
        before = len(place.problems)
        for key in [key for key in value if key not in keys]:
            place.at(key).bad("is not a known key", _instead(key, keys))
        for key in [key for key in required or {} if key not in value]:
            place.at(key).bad("is missing", (required or {})[key])
        found = {key: keys[key](entry, place.at(key)) for key, entry in value.items() if key in keys}
        return build(**found) if len(place.problems) == before else None

    return reader


def _tables(one: Reader) -> Reader:
    """Reads [[tables]] that each have a name of their own."""

    def reader(value: Any, place: KeyPath) -> Any:
        if not isinstance(value, list) or not value:
            return place.bad(f"must be one or more [[{place.key}]]", f"[[{place.key}]] in two brackets, its keys on the lines below")
        names: set[str] = set()
        for n, entry in enumerate(value, 1):
            name = fold(str(entry.get("name", ""))) if isinstance(entry, dict) else ""
            if name and name in names:
                place.entry(n).at("name").bad(
                    f"{values.shown(entry['name'])} is the name of another one too", "give each a name of its own"
                )
            names.add(name)
        return tuple(one(entry, place.entry(n)) for n, entry in enumerate(value, 1))

    return reader


def _mix(value: Any, place: KeyPath) -> dict[str, dict[str, Any]] | None:
    """The kinds of content: the share of each, and what it is about where the file says so."""
    if not isinstance(value, dict):
        _no_table(value, place)
        return None
    kinds = {line(kind, 60): _kind(entry, place.at(kind)) or {} for kind, entry in value.items()}
    if (total := sum(kind.get("share") or 0 for kind in kinds.values())) > 1.001:
        place.bad(f"has shares that add up to {total:g}", "shares of 1 in all: education = 0.4, quote = 0.2, soft-selling = 0.4")
    return kinds


def _kind(value: Any, place: KeyPath) -> dict[str, Any] | None:
    """`0.4`, or `{ share = 0.4, about = "…" }`."""
    share = _one("0.4", values.share)
    if not isinstance(value, dict):
        return {"share": share(value, place)}
    about = _one('"tips and how-tos, told in any language"', values.text)
    kind: dict[str, Any] | None = _table({"share": share, "about": about}, required={"share": "share = 0.4"})(value, place)
    return kind


def _dates(value: Any, place: KeyPath) -> dict[date, str] | None:
    """Days of one's own: `{ "2026-12-10" = "our birthday" }`."""
    if not isinstance(value, dict):
        place.bad(f"must be a table, not {values.kind(value)}", f"{place.key} = {_OWN_DAYS}")
        return None
    day, name = _one(_OWN_DAYS, values.day), _one(_OWN_DAYS, values.text)
    return {day(when, place.at(when)): name(what, place.at(when)) for when, what in value.items()}


def _no_table(value: Any, place: KeyPath) -> None:
    place.bad(f"must be a table, not {values.kind(value)}", f"[{place.key}] on a line of its own, its keys on the lines below")


def _instead(key: str, keys: Mapping[str, Reader]) -> str:
    """What to write for a key that is none."""
    if close := closest(key.lower(), keys):
        return f"did you mean {close}?"
    if home := next((section for section, its in KEYS.items() if key in its), ""):
        return f"{key} belongs under {f'[[{home}]]' if home in ('topics', 'watch') else f'[{home}]'}"
    return f"known here: {', '.join(keys)}"


# --- the file ---------------------------------------------------------------------------------------------------------

KEYS: dict[str, dict[str, Reader]] = {
    "brand": {
        "name": _one('"Kopi Senja"', values.text),
        "language": _one('"id"', values.language),
        "reads": _many('["id", "en"]', values.language),
        "timezone": _one('"Asia/Jakarta"', values.zone),
    },
    "shortlist": {
        "size": _one("20", values.count),
        "window": _one('"7d"', values.duration),
        "half_life": _one('"48h"', values.duration),
        "per_feed": _one("3", values.count),
        "formats": _many('["md", "html", "json", "atom"]', values.choice("md", "html", "json", "atom")),
        "taste": _one("true", values.flag),
    },
    "topics": {
        "name": _one('"Specialty coffee"', values.text),
        "about": _one_or_many('"coffee farmers, roasting, brewing, local coffee houses"', values.text),
        "examples": _many('["k3x9a2bq", "https://kabar.example/petani-kopi"]', values.example),
        "keywords": _many('["kopi", "espresso"]', values.text),
        "avoid": _many('["coffee table"]', values.text),
        "weight": _one("1.0", values.weight),
    },
    "watch": {
        "name": _one('"Our brand"', values.text),
        "query": _one("'\"kopi senja\" OR @kopisenja'", values.query),
        "like": _many('["Kopi Senja opens a new coffee house"]', values.text),
        "unlike": _many('["drinking coffee at dusk"]', values.text),
    },
    "mute": {
        "words": _many('["giveaway"]', values.text),
        "domains": _many('["example.net"]', values.domain),
    },
    "calendar": {
        "slots": _many('["Mon 09:00", "Wed 12:00", "Fri 17:00"]', values.slot),
        "networks": _many('["instagram", "linkedin", "x"]', values.choice(*values.NETWORKS)),
        "caldav": _one('"https://dav.example.org/kopi-senja/"', values.calendar),
        "dates": _dates,
        "observances": _one("true", values.flag),
        "utm": _table({key: _one('"{network}"', values.utm) for key in ("source", "medium", "campaign", "term", "content", "id")}),
    },
    "boards": {
        "pinterest": _one('"Our coffee"', values.text),
    },
    "fetch": {
        "contact": _one('"https://kopisenja.example/bot"', values.contact),
        "allow": _many('["127.0.0.1:8601", "10.1.0.0/16:8080"]', values.reachable),
    },
    "notify": {
        "urls": _many("[]", values.unsent),
    },
    "library": {
        "keep": _one('"90d"', values.duration),
    },
    "engine": {
        "model": _one('"embedded"', values.text),
        "store": _one('"tinydb"', values.only("tinydb", "postgresql://", "the library is not kept on a server")),
        "workers": _one('"local"', values.only("local", "dask://", "no work is sent to a cluster")),
    },
}


def _brand(brand: dict[str, Any], *, mix: Mapping[str, Mapping[str, Any]] = _NONE, **rest: Any) -> Brand:
    shares = {kind: entry["share"] for kind, entry in mix.items()}
    kinds = {kind: entry["about"] for kind, entry in mix.items() if "about" in entry}
    rest.pop("notify", None)  # its list is empty: anything else was refused
    return Brand(**brand, mix=shares, kinds=kinds, **rest)


def _engine(**rules: Any) -> EngineRules:
    rules.pop("workers", None)  # "local": anything else was refused
    return EngineRules(**rules)


_FILE = _table(
    {
        "brand": _table(KEYS["brand"], required={"name": 'name = "Kopi Senja"'}),
        "shortlist": _table(KEYS["shortlist"], ShortlistRules),
        "topics": _tables(_table(KEYS["topics"], Topic, {"name": 'name = "Coffee"', "about": 'about = "what it is about, in a sentence"'})),
        "watch": _tables(_table(KEYS["watch"], Watch, {"name": 'name = "Our brand"', "query": "query = '\"kopi senja\"'"})),
        "mute": _table(KEYS["mute"], Mute),
        "mix": _mix,
        "calendar": _table(KEYS["calendar"], CalendarRules),
        "drafts": _table(dict.fromkeys(values.NETWORKS, _one('"{hook}\\n\\n{quote}\\n{credit}\\n\\n{link} {hashtags}"', values.template))),
        "boards": _table(KEYS["boards"]),
        "fetch": _table(KEYS["fetch"], FetchRules),
        "notify": _table(KEYS["notify"]),
        "library": _table(KEYS["library"], LibraryRules),
        "engine": _table(KEYS["engine"], _engine),
    },
    _brand,
    {"brand": '[brand] with name = "Kopi Senja" below it', "topics": '[[topics]] with name = "…" and about = "…" below it'},
)
