"""Keys of brand.toml: the type, example and meaning of each, and how its value is read.

`KEYS` is the whole file. A key is one entry there and a field of the model; docs/configuration.md is made from it. A
reader reports a problem and goes on, so that the user sees every problem of the file at once.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from curator.config import values
from curator.config.key_path import Key, KeyPath, Reader
from curator.core.brand import (
    DRAFT_FIELDS,
    Brand,
    CalendarRules,
    EngineRules,
    FetchRules,
    LibraryRules,
    Mute,
    NotifyRules,
    ShortlistRules,
    Topic,
    Watch,
)
from curator.core.text.plain import fold, line
from curator.core.text.suggest import closest

_NONE: Mapping[str, Any] = {}
_OWN_DAYS = '{ "2026-12-10" = "our birthday" }'


def read(document: Mapping[str, Any], place: KeyPath) -> Brand | None:
    """Return the brand of a parsed brand.toml, or None when a problem was reported to `place`."""
    brand: Brand | None = _FILE(document, place)
    return brand


# --- types of values --------------------------------------------------------------------------------------------------


def _one(type_: str, example: str, parser: values.Parser, meaning: str = "") -> Key:
    def reader(value: Any, place: KeyPath) -> Any:
        try:
            return parser(value)
        except ValueError as e:
            return place.bad(str(e), f"{place.key} = {example}")

    return Key(type_, example, meaning, reader)


def _many(type_: str, example: str, parser: values.Parser, meaning: str = "") -> Key:
    one = _one(type_, example, parser)

    def reader(value: Any, place: KeyPath) -> Any:
        if not isinstance(value, list):
            return place.bad(f"must be a list, not {values.kind(value)}", f"{place.key} = {example}")
        return tuple(dict.fromkeys(one(entry, place.entry(n)) for n, entry in enumerate(value, 1)))

    return Key(f"list of {type_}", example, meaning, reader)


def _one_or_many(type_: str, example: str, parser: values.Parser, meaning: str) -> Key:
    one, many = _one(type_, example, parser), _many(type_, f"[{example}]", parser)

    def reader(value: Any, place: KeyPath) -> Any:
        if value == []:
            return place.bad("is empty", f"{place.key} = {example}")
        return (many if isinstance(value, list) else one)(value, place)

    return Key(f"{one.type} or {many.type}s", example, meaning, reader)


def _table(keys: Mapping[str, Reader], build: Callable[..., Any] = dict, required: Mapping[str, str] | None = None) -> Reader:
    """Return a reader of a table into `build(**values)`, or None when something in it is wrong; `required` keys have a hint."""

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
    """Return a reader of [[tables]] that each have a name of their own."""

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
    """Read the kinds of content: the share of each, and its description where the file has one."""
    if not isinstance(value, dict):
        _no_table(value, place)
        return None
    kinds = {line(kind, 60): SHARE(entry, place.at(kind)) or {} for kind, entry in value.items()}
    if (total := sum(kind.get("share") or 0 for kind in kinds.values())) > 1.001:
        place.bad(f"has shares that add up to {total:g}", "shares of 1 in all: education = 0.4, quote = 0.2, soft-selling = 0.4")
    return kinds


def _kind(value: Any, place: KeyPath) -> dict[str, Any] | None:
    """Read `0.4`, or `{ share = 0.4, about = "…" }`."""
    share = _one("number", "0.4", values.share)
    if not isinstance(value, dict):
        return {"share": share(value, place)}
    about = _one("text", '"tips and how-tos, told in any language"', values.text)
    kind: dict[str, Any] | None = _table({"share": share, "about": about}, required={"share": "share = 0.4"})(value, place)
    return kind


def _dates(value: Any, place: KeyPath) -> dict[date, str] | None:
    """Read the brand's own days: `{ "2026-12-10" = "our birthday" }`."""
    if not isinstance(value, dict):
        place.bad(f"must be a table, not {values.kind(value)}", f"{place.key} = {_OWN_DAYS}")
        return None
    day, name = _one("day", _OWN_DAYS, values.day), _one("text", _OWN_DAYS, values.text)
    return {day(when, place.at(when)): name(what, place.at(when)) for when, what in value.items()}


def _no_table(value: Any, place: KeyPath) -> None:
    place.bad(f"must be a table, not {values.kind(value)}", f"[{place.key}] on a line of its own, its keys on the lines below")


def _instead(key: str, keys: Mapping[str, Reader]) -> str:
    """Return the hint for an unknown key: a key of a like name, the section it belongs to, or the known keys."""
    if close := closest(key.lower(), keys):
        return f"did you mean {close}?"
    if home := next((section for section, its in KEYS.items() if key in its), ""):
        return f"{key} belongs under {f'[[{home}]]' if home in ('topics', 'watch') else f'[{home}]'}"
    return f"known here: {', '.join(keys)}"


# --- the file ---------------------------------------------------------------------------------------------------------

_TEMPLATE = r'"{hook}\n\n{quote}\n{credit}\n\n{link} {hashtags}"'

KEYS: dict[str, dict[str, Key]] = {
    "brand": {
        "name": _one("text", '"Kopi Senja"', values.text, "The name that readers know. It stands in posts, pages and calendars."),
        "language": _one(
            "language",
            '"id"',
            values.language,
            "The language of the brand's own posts: an ISO 639 code. Files and messages are Indonesian where it is id, else English.",
        ),
        "reads": _many("languages", '["id", "en"]', values.language, "The languages to take stories from; an empty list takes all."),
        "timezone": _one("time zone", '"Asia/Jakarta"', values.zone, "The IANA time zone of days and posting times."),
    },
    "shortlist": {
        "size": _one("whole number", "20", values.count, "The most stories on a day's list."),
        "window": _one("duration", '"7d"', values.duration, "The greatest age of a story on the list."),
        "half_life": _one("duration", '"48h"', values.duration, "The age at which a story counts half as fresh."),
        "per_feed": _one("whole number", "3", values.count, "The most stories from one feed."),
        "formats": _many(
            "md, html, json, atom",
            '["md", "html", "json", "atom"]',
            values.choice("md", "html", "json", "atom"),
            "The formats in which the list is written to `reading/`.",
        ),
        "taste": _one("true or false", "true", values.flag, "Whether past picks and skips change the order of the list."),
    },
    "topics": {
        "name": _one("text", '"Specialty coffee"', values.text, "The name of the topic, different from every other one."),
        "about": _one_or_many(
            "text",
            '"coffee farmers, roasting, brewing, local coffee houses"',
            values.text,
            "What the topic is about, in any language; several texts describe the same topic.",
        ),
        "examples": _many(
            "ids or addresses",
            '["k3x9a2bq", "https://kabar.example/petani-kopi"]',
            values.example,
            "Stories of the library that are about the topic.",
        ),
        "keywords": _many("texts", '["kopi", "espresso"]', values.text, "Words that raise the score of a story that has them."),
        "avoid": _many("texts", '["coffee table"]', values.text, "Phrases that rule the topic out for a story that has them."),
        "weight": _one("number", "1.0", values.weight, "How much the topic counts beside the others."),
    },
    "watch": {
        "name": _one("text", '"Our brand"', values.text, "The name of the watch term, different from every other one."),
        "query": _one(
            "query",
            "'\"kopi senja\" OR @kopisenja'",
            values.query,
            "The search whose hits are mentions: as `curator search` has it, with the fields title:, feed: and lang: alone.",
        ),
        "like": _many(
            "texts", '["Kopi Senja opens a new coffee house"]', values.text, "Sentences in which the term means what is watched."
        ),
        "unlike": _many("texts", '["drinking coffee at dusk"]', values.text, "Sentences in which it means something else."),
        "notify": _one(
            "now, daily, weekly",
            '"now"',
            values.choice("now", "daily", "weekly"),
            "When mentions are told on the channels: with the hourly `fetch`, with the daily list, or on Mondays.",
        ),
        "when": _one(
            "condition",
            '"2 publishers"',
            values.condition,
            'What must hold before a story is told: `"2 publishers"`, `"certain"`, or both, `"2 publishers and certain"`. '
            "Sites of one owner are one publisher.",
        ),
        "claims": _many(
            "texts",
            '["Our refills have saved 40,000 cups"]',
            values.text,
            "Statements of the brand. A sentence that says much the same without the name is told as an unnamed mention.",
        ),
    },
    "mute": {
        "words": _many("texts", '["giveaway"]', values.text, "Words and phrases; a story that has one is never listed."),
        "domains": _many("domains", '["example.net"]', values.domain, "Sites whose stories are never listed, their subdomains too."),
    },
    "calendar": {
        "slots": _many(
            "slots", '["Mon 09:00", "Wed 12:00", "Fri 17:00"]', values.slot, "Posting times of the week, days in English or Indonesian."
        ),
        "networks": _many(
            "networks",
            '["instagram", "linkedin", "x"]',
            values.choice(*values.NETWORKS),
            "The networks that are posted to.",
        ),
        "caldav": _one(
            "address",
            '"https://dav.example.org/kopi-senja/"',
            values.calendar,
            "The calendar collection on a CalDAV server for `curator push caldav`. The account is read from the environment.",
        ),
        "dates": Key("table", _OWN_DAYS, "Special days of the brand, shown in the plan beside the public holidays.", _dates),
        "approval": _one(
            "none, warn, require",
            '"require"',
            values.choice("none", "warn", "require"),
            "Whether `curator export` asks that posts are approved by whoever got a link to them: not at all, with a warning, or it "
            "refuses them.",
        ),
        "observances": _one(
            "true or false", "true", values.flag, "Whether the plan shows days such as Earth Day, which are no public holidays."
        ),
        "utm": Key(
            "table",
            '{ source = "{network}", medium = "social", campaign = "curated" }',
            "Parameters of shared links without their prefix `utm_`; {network}, {brand}, {date} and {kind} are filled in.",
            _table({key: _one("text", '"{network}"', values.utm) for key in ("source", "medium", "campaign", "term", "content", "id")}),
        ),
    },
    "boards": {
        "pinterest": _one("text", '"Our coffee"', values.text, "The board that pins go to."),
    },
    "fetch": {
        "contact": _one(
            "address",
            '"https://kopisenja.example/bot"',
            values.contact,
            "A page or mail address that websites find in the User-Agent header.",
        ),
        "allow": _many(
            "host:port",
            '["127.0.0.1:8601", "10.1.0.0/16:8080"]',
            values.reachable,
            "Private addresses that may be contacted; all others are refused.",
        ),
        "scout": _one(
            "true or false",
            "true",
            values.flag,
            "Whether a run tries a few sites a day, to which what you shared or what was listed links, for feeds to propose.",
        ),
    },
    "notify": {
        "urls": _many(
            "channels",
            '["env:CURATOR_NOTIFY"]',
            values.channel,
            "Where the daily list, mentions and failing feeds are told. Each entry names a variable of the environment (env:NAME) or "
            "a password of the keyring (keyring:NAME) that holds one or more addresses as Apprise writes them: "
            "mailto:// slack:// tgram:// discord:// matrix:// ntfy:// json:// and others.",
        ),
        "quiet": _one(
            "two times",
            '"22:00-07:00"',
            values.hours,
            "Hours in which nothing is sent. What is due then is sent after them.",
        ),
    },
    "library": {
        "keep": _one("duration", '"90d"', values.duration, "How long a story stays that nobody picked, saved, tagged or annotated."),
    },
    "engine": {
        "model": _one("text", '"embedded"', values.text, "The embedding model: `embedded`, or a name or folder of sentence-transformers."),
        "reranker": _one(
            "text",
            '"BAAI/bge-reranker-v2-m3"',
            values.text,
            "A cross-encoder, by a name or folder of sentence-transformers. It reads what may fit a topic once more, together with "
            "the topic, which takes seconds each on a small computer; what it found is kept. None is used where the key is missing.",
        ),
        "store": _one(
            "text",
            '"tinydb"',
            values.store,
            "Where the library is kept. `tinydb`: in files beside brand.toml. `postgresql://HOST/DATABASE?brand=NAME`: on Postgres, "
            "where a database holds the libraries of many brands; without `brand=` it is the one named like the directory. `env:NAME` "
            "takes the address from the environment. The address holds no password: PGPASSWORD, ~/.pgpass or a service file do.",
        ),
        "workers": _one(
            "text",
            '"local"',
            values.workers,
            "Where pages are read and texts embedded. `local`: in processes of this machine. `dask://HOST:8786`: on a Dask cluster, with "
            "its scheduler there; `tls://HOST:8786` the same, encrypted. The lists are the same. See [scaling.md](scaling.md).",
        ),
    },
}
# Sections whose keys are names: kinds of content of the user's choice, and networks.
SHARE = Key(
    "number or table",
    "0.4",
    "The share of a kind of content in the calendar; shares add up to 1. A kind that is not education, quote, soft-selling or "
    'hard-selling needs a description: `{ share = 0.2, about = "how we work" }`.',
    _kind,
)
TEMPLATE = _one("text", _TEMPLATE, values.template, f"The draft of a post. Its fields: {' '.join(f'{{{each}}}' for each in DRAFT_FIELDS)}.")


def _brand(brand: dict[str, Any], *, mix: Mapping[str, Mapping[str, Any]] = _NONE, **rest: Any) -> Brand:
    shares = {kind: entry["share"] for kind, entry in mix.items()}
    kinds = {kind: entry["about"] for kind, entry in mix.items() if "about" in entry}
    return Brand(**brand, mix=shares, kinds=kinds, **rest)


_FILE = _table(
    {
        "brand": _table(KEYS["brand"], required={"name": 'name = "Kopi Senja"'}),
        "shortlist": _table(KEYS["shortlist"], ShortlistRules),
        "topics": _tables(_table(KEYS["topics"], Topic, {"name": 'name = "Coffee"', "about": 'about = "what it is about, in a sentence"'})),
        "watch": _tables(_table(KEYS["watch"], Watch, {"name": 'name = "Our brand"', "query": "query = '\"kopi senja\"'"})),
        "mute": _table(KEYS["mute"], Mute),
        "mix": _mix,
        "calendar": _table(KEYS["calendar"], CalendarRules),
        "drafts": _table(dict.fromkeys(values.NETWORKS, TEMPLATE)),
        "boards": _table(KEYS["boards"]),
        "fetch": _table(KEYS["fetch"], FetchRules),
        "notify": _table(KEYS["notify"], NotifyRules),
        "library": _table(KEYS["library"], LibraryRules),
        "engine": _table(KEYS["engine"], EngineRules),
    },
    _brand,
    {"brand": '[brand] with name = "Kopi Senja" below it', "topics": '[[topics]] with name = "…" and about = "…" below it'},
)
