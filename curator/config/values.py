"""Parsers for single values of brand.toml. Each returns the value as `core.brand` keeps it, or raises ValueError with a
message for the user.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, time, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from curator.core.brand import DRAFT_FIELDS
from curator.core.text import dates, urls
from curator.core.text.language import primary
from curator.core.text.matching import FIELDS
from curator.core.text.plain import clean, line
from curator.core.text.query import QueryError, parse
from curator.core.text.suggest import closest

Parser = Callable[[Any], Any]

NETWORKS = ("instagram", "linkedin", "x", "facebook", "threads", "tiktok", "youtube", "pinterest", "bluesky", "mastodon", "telegram")
_IN_LINKS = ("network", "brand", "date", "kind")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST_SPAN = timedelta(days=36_500)
_WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# ISO 639-1. A language that has only a code of three letters (ISO 639-3) is taken as it is.
_LANGUAGES = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo
fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb
lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc
sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_ALSO_CALLED = {
    "id": "indonesia indonesian bahasa ind in", "en": "english inggris eng", "jv": "jawa javanese jav", "su": "sunda sundanese sun",
    "x": "twitter", "instagram": "ig", "facebook": "fb", "Asia/Jakarta": "wib", "Asia/Makassar": "wita", "Asia/Jayapura": "wit",
}  # fmt: skip
_MEANT = {word: meant for meant, words in _ALSO_CALLED.items() for word in words.split()}


def text(value: Any) -> str:
    """Return text as one clean line. Raises ValueError when it is empty or longer than 4,000 characters."""
    if not isinstance(value, str):
        raise ValueError(f'must be text in "quotes", not {kind(value)}')
    if not (flat := line(value, 4001)):
        raise ValueError("is empty")
    if len(flat) > 4000:
        raise ValueError("is longer than 4,000 characters")
    return flat


def duration(value: Any) -> timedelta:
    """Parse a duration such as "90m", "48h", "7d" or "2w". Raises ValueError."""
    found = re.fullmatch(r"([0-9]{1,7}(?:\.[0-9]{1,3})?) ?([mhdw])", text(value))
    span = timedelta(**{_UNITS[found[2]]: float(found[1])}) if found else timedelta(0)
    if not timedelta(0) < span <= _LONGEST_SPAN:
        raise ValueError(f"{shown(value)} is not a duration: a number and m, h, d or w for minutes, hours, days or weeks")
    return span


def number(low: float, high: float) -> Parser:
    """Return a parser for numbers from `low` to `high`, both included."""

    def parser(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"must be a number, not {kind(value)}")
        if not low <= value <= high:
            raise ValueError(f"is not between {low:g} and {high:g}")
        return float(value)

    return parser


share, weight = number(0, 1), number(0.001, 1000)


def count(value: Any) -> int:
    """Return a whole number from 1 to 1000. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"must be a whole number, not {kind(value)}")
    if not 1 <= value <= 1000:
        raise ValueError("is not between 1 and 1000")
    return value


def flag(value: Any) -> bool:
    """Return true or false. Raises ValueError."""
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {kind(value)}")
    return value


def choice(*known: str) -> Parser:
    """Return a parser for one of the known words, in lower or upper case."""

    def parser(value: Any) -> str:
        if (word := text(value).lower()) in known:
            return word
        raise ValueError(f"{shown(value)} is not known{_perhaps(word, known)}: there are {', '.join(known)}")

    return parser


def language(value: Any) -> str:
    """Return the primary subtag of a language tag, an ISO 639 code. Raises ValueError."""
    word = primary(text(value).lower())
    if word in _LANGUAGES.split() or (re.fullmatch("[a-z]{3}", word) and word not in _MEANT):
        return word
    raise ValueError(f"{shown(value)} is not an ISO 639 language code{_perhaps(word)}")


def zone(value: Any) -> str:
    """Return the name of a time zone of the IANA database. Raises ValueError."""
    name = text(value)
    try:
        return ZoneInfo(name).key
    except (ValueError, KeyError, OSError):
        city = name.casefold().replace(" ", "_").rpartition("/")[2]
        near = [zone for zone in sorted(available_timezones()) if zone.casefold().endswith(f"/{city}")]
        raise ValueError(f"{shown(value)} is not a time zone{_perhaps(name, near, cutoff=0)}") from None


def slot(value: Any) -> str:
    """Parse a day of the week, in English or Indonesian, and a time: "Sen 9.00" becomes "Mon 09:00". Raises ValueError."""
    found = re.fullmatch(r"([a-z]{3,9})[.,]* +([01]?[0-9]|2[0-3])[:.]([0-5][0-9])", text(value).lower().replace("'", ""))
    day = dates.weekday(found[1]) if found else None
    if not found or day is None:
        raise ValueError(f"{shown(value)} is not a weekly time: a day and a time of 24 hours, such as Mon 09:00")
    return f"{_WEEK[day]} {int(found[2]):02}:{found[3]}"


def day(value: Any) -> date:
    """Parse an ISO 8601 date such as "2026-12-10". Raises ValueError."""
    try:
        return date.fromisoformat(text(value))
    except ValueError:
        raise ValueError(f"{shown(value)} is not a date: year, month and day, such as 2026-12-10") from None


def utm(value: Any) -> str:
    """Return the value of a link parameter, which may contain placeholders such as {network}. Raises ValueError."""
    return _braces(text(value), _IN_LINKS)


def template(value: Any) -> str:
    """Return the template of a post, which keeps its line breaks. Its placeholders are `DRAFT_FIELDS`. Raises ValueError."""
    text(value)
    return _braces(clean(value).strip(), DRAFT_FIELDS)


def _braces(pattern: str, known: Sequence[str]) -> str:
    """Return the pattern when every placeholder in it is known. Raises ValueError."""
    named = re.findall(r"{([^{}]*)}", pattern)
    for name in named:
        if name not in known:
            raise ValueError(f"has {{{line(name, 40)}}}, which is not known{_perhaps(name, known)}: there are {', '.join(known)}")
    if re.search(r"[{}]", re.sub(r"{[^{}]*}", "", pattern)):
        raise ValueError(f"{shown(pattern)} has a brace without its other half")
    return pattern


def query(value: Any) -> str:
    """Return a query that `core.text.query` can parse. Raises ValueError."""
    words = text(value)
    try:
        parse(words, FIELDS)
    except QueryError as e:
        raise ValueError(f"{shown(value)} is not a query: {line(str(e).splitlines()[0])}") from None
    return words


def domain(value: Any) -> str:
    """Return the domain of a domain name or web address, without "www.". Raises ValueError."""
    name = text(value).lower()
    address = urls.web(name if "://" in name else f"https://{name}")
    if not address or "." not in urls.domain(address):
        raise ValueError(f"{shown(value)} is not a domain")
    return urls.domain(address)


def example(value: Any) -> str:
    """Return the id of an item in lower case, or its web address. Raises ValueError."""
    found = text(value)
    if re.fullmatch("[a-z0-9]{4,8}", found.lower()):
        return found.lower()
    if not (address := urls.web(found)):
        raise ValueError(f"{shown(value)} is neither the id nor the address of an item")
    return address


def contact(value: Any) -> str:
    """Return a web or mail address in ASCII, fit for an HTTP header. Raises ValueError."""
    found = text(value)
    if not found.isascii() or (urls.web(found) != found and not re.fullmatch(r"[^\s@<>()]+@[^\s@<>()]+\.[a-z]+", found)):
        raise ValueError(f"{shown(value)} is neither a web nor a mail address")
    return found


def calendar(value: Any) -> str:
    """Return the web address of a calendar. Raises ValueError, also for a user or password in it, which the message does not repeat."""
    said = text(value)
    if "@" in (said.partition("://")[2] or said).partition("/")[0]:
        raise ValueError("has a user or password in it, which belong into CURATOR_CALDAV_USER and CURATOR_CALDAV_PASSWORD")
    if not (address := urls.web(said)):
        raise ValueError(f"{shown(value)} is not a web address")
    return address


def reachable(value: Any) -> str:
    """Return "host:port" for an IP address, a network or a host name. IPv6 is written in brackets: "[::1]:8601". Raises ValueError."""
    host, _, port = text(value).lower().rpartition(":")
    if not re.fullmatch("[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise ValueError(f"{shown(value)} has no port between 1 and 65535")
    if not _is_network(host) and not re.fullmatch(r"(?:[a-z0-9-]+\.)*[a-z0-9-]*[a-z][a-z0-9-]*", host):
        raise ValueError(f"{shown(value)} names no address, network or host")
    return f"{host}:{port}"


def _is_network(host: str) -> bool:
    bare = host.removeprefix("[").removesuffix("]")
    try:
        return ipaddress.ip_network(bare, strict=False).version == (4 if bare == host else 6)
    except ValueError:
        return False


def store(value: Any) -> str:
    """Return where a library is kept: "tinydb", an address that begins with postgresql://, or "env:NAME" of one.

    Raises ValueError for an address with a password; the message does not repeat it.
    """
    said = text(value)
    if said.startswith(("postgresql://", "postgres://")):
        parts = urlsplit(said)
        if parts.password or {"password", "sslpassword"} & dict(parse_qsl(parts.query)).keys():
            raise ValueError("holds a password: keep that in PGPASSWORD, in ~/.pgpass, or the whole address in the environment as env:NAME")
    elif said != "tinydb" and not re.fullmatch(r"env:[A-Za-z_][A-Za-z0-9_]*", said):
        named = "an address of another kind" if "://" in said else f"{shown(said)}{_perhaps(said, ['tinydb'])}"  # it may hold a password
        raise ValueError(f'{named} is no store: there are "tinydb", "postgresql://…" and "env:NAME"')
    return said


def workers(value: Any) -> str:
    """Return where documents are read and texts embedded: "local", or the address of a Dask scheduler. Raises ValueError."""
    said = text(value)
    if said != "local" and not re.fullmatch(r"(?:dask|tls)://[^\s/@]+:\d{1,5}", said):
        raise ValueError(
            f'{shown(said)} is no place to work{_perhaps(said, ["local"])}: there are "local", "dask://HOST:8786" and "tls://HOST:8786"'
        )
    return said


def channel(value: Any) -> str:
    """Return where the address of a channel is kept: "env:NAME" or "keyring:NAME". Raises ValueError.

    The message does not repeat an address, which may hold a password.
    """
    said = text(value)
    if "://" in said:
        raise ValueError("is an address, which may hold a password: keep it in the environment and write env: and its name here")
    if not re.fullmatch(r"env:[A-Za-z_][A-Za-z0-9_]*|keyring:[^\s:]+", said):
        raise ValueError(f"{shown(said)} does not say where an address is kept: env:NAME or keyring:NAME")
    return said


def hours(value: Any) -> str:
    """Parse two times of the day: "22.00 - 7:00" becomes "22:00-07:00". Raises ValueError."""
    found = re.fullmatch(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9]) *[-–] *([01]?[0-9]|2[0-3])[:.]([0-5][0-9])", text(value))
    begin, end = (f"{int(found[1]):02}:{found[2]}", f"{int(found[3]):02}:{found[4]}") if found else ("", "")
    if begin == end:
        raise ValueError(f"{shown(value)} is not a span of hours: two different times, such as 22:00-07:00")
    return f"{begin}-{end}"


def condition(value: Any) -> str:
    """Parse what must hold of a story before it is told: "2 publishers", "certain", or both with "and". Raises ValueError."""
    parts = text(value).lower().split(" and ")
    for part in parts:
        if not re.fullmatch(r"certain|1 publisher|[1-9][0-9]{0,2} publishers", part.strip()):
            raise ValueError(f'{shown(part)} is not a condition: "2 publishers", "certain", or both with "and" between them')
    return " and ".join(part.strip() for part in parts)


_KINDS = {
    bool: "true or false",
    str: "text",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "a table",
    date: "a date",
    time: "a time",
}


def kind(value: Any) -> str:
    """Return the type of a TOML value in words."""
    return next(name for kind, name in _KINDS.items() if isinstance(value, kind))


def shown(value: Any) -> str:
    """Return a value in quotes for a message, on one line and shortened."""
    return f'"{line(str(value), 60)}"'


def _perhaps(word: str, known: Iterable[str] = (), cutoff: float = 0.6) -> str:
    """Return " (did you mean …?)" for a word close to a known one, else ""."""
    best = _MEANT.get(word.lower()) or closest(word, known, cutoff)
    return f' (did you mean "{best}"?)' if best else ""
