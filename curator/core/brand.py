"""Settings of a brand, as read from brand.toml."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct, field

ListFormat = Literal["md", "html", "json", "atom"]
Pace = Literal["now", "daily", "weekly"]


class Topic(Struct, frozen=True, kw_only=True):
    """Subject that the brand looks for, matched by meaning.

    - `about`: description of the subject, or several descriptions of the same one.
    - `examples`: ids or URLs of items in the library that are about it; `shown`: their texts, once read (`relevance.with_examples`).
    - `keywords`: words that raise an item's score. `avoid`: phrases that rule the topic out for an item.
    - `weight`: factor of the topic in the score.
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
        """All non-empty descriptions of the topic, or its name when there are none."""
        return tuple(filter(None, (self.about,) if isinstance(self.about, str) else self.about)) or (self.name,)


class Watch(Struct, frozen=True, kw_only=True):
    """Watch term: a query whose hits are listed as mentions.

    - `like` and `unlike` are sentences in which the term does and does not mean what is searched for.
    - `claims`: statements of the brand. A text near to one that does not say the name is a mention too, an unnamed one.
    - `notify`: when its mentions are told on the channels. `when`: what must hold before a story is told, such as
      "2 publishers"; "" for nothing.
    """

    name: str
    query: str
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    notify: Pace = "daily"
    when: str = ""


class Mute(Struct, frozen=True, kw_only=True):
    """Words and domains whose items are never listed."""

    words: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


class ShortlistRules(Struct, frozen=True, kw_only=True):
    """Limits of the reading list.

    `window`: maximum age of an item. `half_life`: age at which an item's freshness has halved. `per_feed`: maximum number of
    items from one feed. `taste`: whether past picks and skips change the ranking.
    """

    size: int = 20
    window: timedelta = timedelta(days=7)
    half_life: timedelta = timedelta(hours=48)
    per_feed: int = 3
    formats: tuple[ListFormat, ...] = ("md", "html", "json", "atom")
    taste: bool = True


class CalendarRules(Struct, frozen=True, kw_only=True):
    """Settings of the content calendar.

    - `slots`: weekly posting times such as "Mon 09:00". `networks`: the networks that are posted to.
    - `utm`: parameters added to shared links, without the prefix "utm_". `dates`: the brand's own special days.
    - `observances`: whether days such as Earth Day are shown, which are no public holidays.
    - `caldav`: URL of a calendar collection on a CalDAV server, or "".
    - `approval`: whether exports need posts to be approved: they do not ask, warn, or refuse.
    """

    slots: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    utm: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[date, str] = field(default_factory=dict)
    observances: bool = True
    caldav: str = ""
    approval: Literal["none", "warn", "require"] = "none"


# The placeholders that a template of [drafts] may contain.
DRAFT_FIELDS = ("hook", "quote", "credit", "call", "more", "link", "hashtags", "source", "author", "brand")


class FetchRules(Struct, frozen=True, kw_only=True):
    """Settings of the HTTP client.

    `contact`: web or mail address that is sent in the User-Agent header. `allow`: private or loopback addresses that may be
    contacted, each as "host-or-network:port". `scout`: whether a run tries sites that good articles link to for feeds.
    """

    contact: str = ""
    allow: tuple[str, ...] = ()
    scout: bool = True


class NotifyRules(Struct, frozen=True, kw_only=True):
    """Settings of notifications.

    `urls`: where each channel's address is kept, as "env:NAME" or "keyring:NAME". `quiet`: hours in which nothing is sent, in
    the brand's time zone, such as "22:00-07:00"; "" for none.
    """

    urls: tuple[str, ...] = ()
    quiet: str = ""


class LibraryRules(Struct, frozen=True, kw_only=True):
    """Retention of items. `keep`: how long an item without any decision stays in the library (`storage.retention`)."""

    keep: timedelta = timedelta(days=90)


class EngineRules(Struct, frozen=True, kw_only=True):
    """Implementations to use: the embedding model, the cross-encoder that scores again ("" for none), the store, and who works."""

    model: str = "embedded"
    reranker: str = ""
    store: str = "tinydb"
    workers: str = "local"


class Brand(Struct, frozen=True, kw_only=True):
    """All settings of a brand.

    - `language`: ISO 639 code of the brand's own posts. `reads`: languages of the items it wants; empty means all.
    - `mix`: target share of each kind of content. `kinds`: description of those kinds that the user defined.
    - `drafts`: template of a post, by network. `boards`: name of the board that posts are pinned to, by network.
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
    notify: NotifyRules = NotifyRules()
    library: LibraryRules = LibraryRules()
    engine: EngineRules = EngineRules()
