"""What brand.toml says: topics, rules and preferences of a brand."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct, field

ListFormat = Literal["md", "html", "json", "atom"]


class Topic(Struct, frozen=True, kw_only=True):
    """`about`: a description, or several of one thing. `examples`: ids or addresses of kept items that are what is meant.

    `shown`: the texts of those items, once the library was asked (`relevance.with_examples`).
    """

    name: str
    about: str | tuple[str, ...]
    examples: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    weight: float = 1.0

    @property
    def wordings(self) -> tuple[str, ...]:
        """What is asked for, in one or more wordings; the name where nothing is said about it."""
        return tuple(filter(None, (self.about,) if isinstance(self.about, str) else self.about)) or (self.name,)


class Watch(Struct, frozen=True, kw_only=True):
    name: str
    query: str
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()


class Mute(Struct, frozen=True, kw_only=True):
    words: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


class ShortlistRules(Struct, frozen=True, kw_only=True):
    """`taste`: whether picks and skips move what is listed next."""

    size: int = 20
    window: timedelta = timedelta(days=7)
    half_life: timedelta = timedelta(hours=48)
    per_feed: int = 3
    formats: tuple[ListFormat, ...] = ("md", "html", "json", "atom")
    taste: bool = True


class CalendarRules(Struct, frozen=True, kw_only=True):
    """`caldav`: the address of a calendar on a server, "" where there is none.

    `observances`: whether days that are observed and worked are shown beside the holidays.
    """

    slots: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    utm: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[date, str] = field(default_factory=dict)
    observances: bool = True
    caldav: str = ""


# What the braces in a template of [drafts] may hold.
DRAFT_FIELDS = ("hook", "quote", "credit", "call", "more", "link", "hashtags", "source", "author", "brand")


class FetchRules(Struct, frozen=True, kw_only=True):
    """`allow`: private or loopback addresses that may be contacted, as "host-or-network:port"."""

    contact: str = ""
    allow: tuple[str, ...] = ()


class LibraryRules(Struct, frozen=True, kw_only=True):
    """`keep`: for how long an item stays that nobody decided on (`ageing`)."""

    keep: timedelta = timedelta(days=90)


class EngineRules(Struct, frozen=True, kw_only=True):
    model: str = "embedded"
    store: str = "tinydb"
    workers: str = "local"


class Brand(Struct, frozen=True, kw_only=True):
    """brand.toml. `reads` empty means every language; `drafts`: the template of a post, by network; `boards`: what it is pinned to.

    `mix`: the share of each kind of content; `kinds`: what a kind is, where the file says so.
    """

    name: str
    topics: tuple[Topic, ...]
    language: str = "en"
    reads: tuple[str, ...] = ()
    timezone: str = "UTC"
    shortlist: ShortlistRules = ShortlistRules()
    watch: tuple[Watch, ...] = ()
    mute: Mute = Mute()
    mix: Mapping[str, float] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    calendar: CalendarRules = field(default_factory=CalendarRules)
    drafts: Mapping[str, str] = field(default_factory=dict)
    boards: Mapping[str, str] = field(default_factory=dict)
    fetch: FetchRules = FetchRules()
    notify: tuple[str, ...] = ()
    library: LibraryRules = LibraryRules()
    engine: EngineRules = EngineRules()
