"""The words everyone in the house speaks: frozen, keyword-only, times aware and in UTC.

They are named for their moment. A `Feed` is a line of feeds.opml; its answer is a `Page`, `NotModified` or
`Failure`; a parsed page is a `FeedDocument` of `Entry`s; an entry that is kept becomes an `Item`; an item with its
`Score` is `Ranked`; ranked items that tell one story are a `Story`; what a person sees of it is a `Card`.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

# --- what the brand directory says ------------------------------------------------------------------------------

ListFormat = Literal["md", "html", "json", "atom"]


class Topic(Struct, frozen=True, kw_only=True):
    """`about`: a description, or several of one thing. `examples`: ids or addresses of kept items that are what is meant.

    `shown`: the texts of those items, once the library was asked (`reading.briefed`).
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


class Engine(Struct, frozen=True, kw_only=True):
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
    engine: Engine = Engine()


class Feed(Struct, frozen=True, kw_only=True):
    """A line of feeds.opml; `category` is the path of the folders around it, joined by " / "."""

    url: str
    title: str = ""
    category: str = ""
    site: str = ""


# --- what comes from the network --------------------------------------------------------------------------------

Stage = Literal["fetch", "robots", "parse", "extract", "save"]


class Failure(Struct, frozen=True, kw_only=True):
    """One of many went wrong. `reason` is plain words, cleaned, one line; `hint` is what a person can do, if anything.

    `status`: the HTTP status, if there was one. `hold`: the host asked to be left alone for this long. `gone`: a 410.
    """

    url: str
    stage: Stage
    reason: str
    hint: str = ""
    status: int | None = None
    hold: timedelta | None = None
    gone: bool = False


class Page(Struct, frozen=True, kw_only=True):
    """A whole answer. `url` as asked; `moved`: the new address when every hop was a permanent redirect.

    `hops`: where it was sent on to; `sent_on`: the statuses that did it, in the same order. `headers` have lower-case
    names and only those that matter; `body` is decoded from its content encoding.
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    moved: str | None = None
    hops: tuple[str, ...] = ()
    sent_on: tuple[int, ...] = ()


class NotModified(Struct, frozen=True, kw_only=True):
    """The 304 we asked for."""

    url: str
    headers: Mapping[str, str]


class FeedState(Struct, frozen=True, kw_only=True):
    """What is remembered of one feed between runs; keyed by the address in feeds.opml.

    `etag` and `last_modified` are byte for byte what the server sent with the body that was kept last.
    `held_until`: its host asked to be left alone until then, whoever asks. `fresh_until`: it said that nothing new is to be
    had before then (Cache-Control, ttl, skipHours). `rhythm`: how long its own pace lets it be left alone.
    """

    url: str
    title: str = ""
    address: str = ""
    etag: str = ""
    last_modified: str = ""
    last_try: datetime | None = None
    last_success: datetime | None = None
    next_due: datetime | None = None
    fresh_until: datetime | None = None
    held_until: datetime | None = None
    rhythm: timedelta | None = None
    failures: int = 0
    reason: str = ""
    gone: bool = False
    seen: int = 0


class Media(Struct, frozen=True, kw_only=True):
    url: str
    type: str = ""
    length: int | None = None


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of a feed, as published: texts plain, `link` absolute or empty, `id` the feed's own (guid)."""

    id: str
    link: str
    title: str
    author: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    summary: str = ""
    image: str = ""
    media: tuple[Media, ...] = ()
    tags: tuple[str, ...] = ()


class FeedDocument(Struct, frozen=True, kw_only=True):
    """A parsed feed. `refresh`: how long it asks to be left alone (ttl, sy:updatePeriod); `skip_hours` in UTC."""

    format: str
    title: str = ""
    site: str = ""
    lang: str = ""
    entries: tuple[Entry, ...] = ()
    warnings: tuple[str, ...] = ()
    refresh: timedelta | None = None
    skip_hours: tuple[int, ...] = ()


class Article(Struct, frozen=True, kw_only=True):
    """What the extractor gets out of a page: plain text with paragraphs parted by newlines; `words` counts it."""

    url: str
    title: str = ""
    author: str = ""
    published: datetime | None = None
    lang: str = ""
    sitename: str = ""
    image: str = ""
    text: str = ""
    words: int = 0


# --- what is kept -----------------------------------------------------------------------------------------------

Status = Literal["new", "listed", "picked", "skipped", "saved"]
Depth = Literal["entry", "article", "failed"]


class Source(Struct, frozen=True, kw_only=True):
    """`title`: the outlet's name; `feed`: the address of the feed that brought the item."""

    title: str
    feed: str


class Item(Struct, frozen=True, kw_only=True):
    """One thing worth knowing of, kept under its short id (`urls.item_id`). Its text lies beside, `Store.text`.

    `depth` says how far it was read: the feed's entry, its article, or an article that could not be had.
    `published` is never in the future: a date ahead of the clock, or none, is the time it was found.
    `listed`: the day of the reading list it was on last. `guid`: the feed's own name for it, where that is one.
    """

    id: str
    url: str
    title: str
    source: Source
    published: datetime
    found: datetime
    author: str = ""
    lang: str = ""
    kind: str = ""
    summary: str = ""
    excerpt: str = ""
    image: str = ""
    words: int = 0
    depth: Depth = "entry"
    status: Status = "new"
    tags: tuple[str, ...] = ()
    note: str = ""
    listed: date | None = None
    guid: str = ""

    def shown(self) -> dict[str, Any]:
        """What every card of it says, by name."""
        return {name: getattr(self, name) for name in Card.__struct_fields__ if name in self.__struct_fields__}


class Trace(Struct, frozen=True, kw_only=True):
    """What stays of an item that has left the library: enough to know it again.

    `name` stands for its feed and the feed's own name for it (`ageing.name`); 0 where it had none.
    """

    id: str
    name: int = 0


# --- what a person decides --------------------------------------------------------------------------------------


class Post(Struct, frozen=True, kw_only=True):
    """A place in the calendar for an item: one network, one time (UTC), None while it has no slot yet.

    `text` is the person's own wording, "" where the draft serves. `locked`: filling the plan leaves it where it is.
    `sequence` counts the changes that a calendar must hear of; a cancelled post stays, so that calendars hear of it.
    """

    item: str
    network: str
    changed: datetime
    at: datetime | None = None
    kind: str = ""
    text: str = ""
    locked: bool = False
    cancelled: bool = False
    sequence: int = 0

    @property
    def id(self) -> str:
        """For ever the same for an item on a network: a calendar's event moves, and is never doubled."""
        return f"{self.item}-{self.network}"

    @property
    def place(self) -> tuple[bool, datetime, str]:
        """What a calendar is ordered by: the earliest first, what has no time last."""
        return self.at is None, self.at or self.changed, self.id


Verdict = Literal["pick", "skip", "save", "later", "kind", "tag", "note", "place", "text"]


class Decision(Struct, frozen=True, kw_only=True):
    """One thing a person decided on an item. `number` counts up; what one command decided shares its `command`.

    `before`: the item as it was, and `posts` its posts: what undo puts back. What is learned is learned from these.
    """

    number: int
    command: int
    at: datetime
    item: str
    verdict: Verdict
    before: "Marks"
    posts: tuple[Post, ...] = ()


class Marks(Struct, frozen=True, kw_only=True):
    """What a person's decisions change of an item."""

    status: Status = "new"
    kind: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""


# --- what is judged ---------------------------------------------------------------------------------------------


class Fit(Struct, frozen=True, kw_only=True):
    """`fit`: calibrated relevance to a topic in 0…1; seven of ten items at .7 fit."""

    topic: str
    fit: float


class Reason(Struct, frozen=True, kw_only=True):
    """One part of a score: `value` is what it added or took, `text` says it in words."""

    part: str
    value: float
    text: str


class Score(Struct, frozen=True, kw_only=True):
    """`total` orders the list; `topic` is what it is for; `fits` holds every topic of the brand, best first."""

    total: float
    topic: str
    fits: tuple[Fit, ...]
    reasons: tuple[Reason, ...] = ()


class Ranked(Struct, frozen=True, kw_only=True):
    item: Item
    score: Score


class Story(Struct, frozen=True, kw_only=True):
    """Items that tell one story; `lead` is the one to share, `others` the rest, best first."""

    lead: Ranked
    others: tuple[Ranked, ...] = ()

    def because(self, reason: Reason) -> "Story":
        """The story with one reason more, counted in its lead's score."""
        score = self.lead.score
        told = replace(score, total=score.total + reason.value, reasons=(*score.reasons, reason))
        return replace(self, lead=replace(self.lead, score=told))


class LeftOut(Struct, frozen=True, kw_only=True):
    story: Story
    why: str


class Shortlist(Struct, frozen=True, kw_only=True):
    choices: tuple[Story, ...]
    left_out: tuple[LeftOut, ...] = ()


class Evidence(Struct, frozen=True, kw_only=True):
    """The sentence of the article nearest to `topic`."""

    text: str
    topic: str


# --- what a person sees; these are the JSON shapes of the contract, field by field --------------------------------


class Other(Struct, frozen=True, kw_only=True):
    id: str
    url: str
    title: str
    source: Source
    lang: str = ""
    published: datetime | None = None


class StoryRef(Struct, frozen=True, kw_only=True):
    id: str
    size: int = 1
    others: tuple[Other, ...] = ()


class Card(Struct, frozen=True, kw_only=True):
    id: str
    url: str
    title: str
    source: Source
    author: str
    published: datetime
    found: datetime
    lang: str
    kind: str
    excerpt: str
    image: str
    words: int
    status: Status
    tags: tuple[str, ...]
    score: float
    fits: tuple[Fit, ...]
    evidence: Evidence
    why: tuple[Reason, ...]
    story: StoryRef


class Hit(Card, frozen=True, kw_only=True):
    """A card that a search found. `hit_score`: 1 for the first in every way it was looked for; `highlight`: its best sentence.

    Its score is that of its best fit, without age; fits are empty where no run has read it yet.
    """

    hit_score: float
    highlight: str
    found_by: tuple[str, ...]


class Found(Struct, frozen=True, kw_only=True):
    """The answer to a search: how many were found, and a page of them."""

    query: str
    mode: str
    took_ms: int
    total: int
    hits: tuple[Hit, ...]


class Mention(Struct, frozen=True, kw_only=True):
    """A watch term's hit; `certain` is False where the wording could mean something else."""

    watch: str
    item: Card
    sentence: str
    certain: bool = True


class Counts(Struct, frozen=True, kw_only=True):
    feeds: int = 0
    feeds_unchanged: int = 0
    feeds_failed: int = 0
    entries: int = 0
    new: int = 0
    articles: int = 0
    stories: int = 0
    listed: int = 0


class Seconds(Struct, frozen=True, kw_only=True):
    fetch: float = 0.0
    extract: float = 0.0
    embed: float = 0.0
    rank: float = 0.0
    total: float = 0.0


class RunReport(Struct, frozen=True, kw_only=True):
    """One reading list: what a run leaves behind and every format shows. `date` is the day in the brand's time zone."""

    brand: str
    date: date
    generated_at: datetime
    counts: Counts
    seconds: Seconds
    items: tuple[Card, ...] = ()
    mentions: tuple[Mention, ...] = ()
    failures: tuple[Failure, ...] = ()


class Subscription(Struct, frozen=True, kw_only=True):
    """A feed with its health; `listed` and `picked` count what is kept of it and was on a list, or picked."""

    url: str
    title: str
    category: str
    last_success: datetime | None
    failures: int
    reason: str
    next_due: datetime | None
    seen: int
    listed: int
    picked: int


class Hop(Struct, frozen=True, kw_only=True):
    """An address on the way to a page, and the status it answered."""

    url: str
    status: int


class FeedCheck(Struct, frozen=True, kw_only=True):
    """What one look at a feed shows; an entry's `link` is as published, its `url` as it would be kept.

    What follows the warnings is of a feed with an address, not of a file. `repeat`: the status of a second ask that sent the
    feed's own validators back; None where it has none, or did not answer. `next_due`: when a subscriber would ask again.
    """

    url: str
    final_url: str
    format: str
    title: str
    site: str
    entries: tuple["CheckedEntry", ...]
    warnings: tuple[str, ...]
    hops: tuple[Hop, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    repeat: int | None = None
    latest: datetime | None = None
    per_week: float = 0.0
    next_due: datetime | None = None


class CheckedEntry(Struct, frozen=True, kw_only=True):
    """`id` is the feed's own name for the entry."""

    id: str
    url: str
    link: str
    title: str
    published: datetime | None
    updated: datetime | None
    summary: str


class FoundFeed(Struct, frozen=True, kw_only=True):
    """A feed of a site. `entries` counts those it shows; `fit`: that of its best few entries, None without a brand."""

    url: str
    title: str
    format: str
    entries: int
    latest: datetime | None
    per_week: float
    fit: float | None


class Check(Struct, frozen=True, kw_only=True):
    """One thing that was examined."""

    name: str
    ok: bool
    text: str
    hint: str = ""
