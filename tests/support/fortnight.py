"""A desk after some days of invented lists, picks and skips."""

from collections.abc import Iterable
from datetime import timedelta

from msgspec.structs import replace

from curator.core.brand import Brand, CalendarRules, Mute, ShortlistRules, Topic, Watch
from curator.core.context import Context
from curator.core.feed import FeedState
from curator.core.item import Item, Source
from curator.core.protocols import Changes
from curator.jobs import daily
from curator.planning import decisions
from curator.ranking.embed.cache import CachedEncoder
from curator.storage.memory import MemoryStore
from curator.storage.vectors import MemoryVectors
from support.parts import NOW, Web, WordCounter, desk, ensemble

DAYS, DAY = 14, timedelta(days=1)
COFFEE = Topic(name="Kopi", about="kopi petani sangrai seduh espresso")
TEA = Topic(name="Teh", about="teh daun melati kebun upacara")
BRAND = Brand(
    name="Senja <b>",
    topics=(COFFEE, TEA),
    shortlist=ShortlistRules(size=6, window=timedelta(days=3), per_feed=6, taste=False),
    mute=Mute(words=("tangkis",)),
    mix={"education": 0.6, "quote": 0.4},
    watch=(Watch(name="Kami", query="senja"), Watch(name="Saingan", query="fajar")),
    calendar=CalendarRules(slots=("Mon 09:00", "Thu 12:00"), networks=("x",)),
)
GOOD, SHARES, NOISE, DEAD = (f"https://{name}.example/feed" for name in ("baik", "saham", "ribut", "mati"))
WORDS = ("lereng", "gunung", "pasar", "kedai", "resep", "gelas", "lomba", "panen", "pagi", "sore", "murah", "baru", "tua", "segar", "bubuk")


def item(n: int, title: str, feed: str, days: float) -> Item:
    when, site = NOW - days * DAY, feed.split("/")[2]
    return Item(
        id=f"{n:08d}", url=f"https://{site}/{n}", title=title, source=Source(title=site, feed=feed), published=when, found=when, lang="id"
    )


def of_day(n: int) -> list[Item]:
    """Two good stories, one on shares in coffee, one that names the brand, and three of a feed that fits nothing."""
    good = [item(n * 10 + k, f"Petani kopi {WORDS[n]} {WORDS[(n + k + 5) % 15]} {n}{k}", GOOD, n + 0.1 * k) for k in (1, 2)]
    shares = item(n * 10 + 3, f"Bursa saham {WORDS[(n + 3) % 15]} kopi petani sangrai seduh espresso {n}7", SHARES, n + 0.3)
    named = item(n * 10 + 4, f"Antre di Senja {WORDS[n]} {n}" if n % 3 else f"Antre di Fajar {WORDS[n]} {n}", NOISE, n + 0.4)
    noise = [item(n * 10 + k, f"Cuaca kota {WORDS[(n + k) % 15]} hujan {n}{k}", NOISE, n + 0.05 * k) for k in (5, 6, 7)]
    return [*good, shares, named, *noise]


def desk_after(days: int = DAYS, *, decide: bool = True) -> Context:
    """A desk after some days: every good coffee story was picked, every one on shares skipped."""
    encoders = ensemble(CachedEncoder(WordCounter.name, WordCounter, MemoryVectors(), dim=WordCounter.dim))
    context = replace(desk(Web(), GOOD, SHARES, NOISE, DEAD, store=MemoryStore(), brand=BRAND), engine=lambda: encoders)
    context.store.commit(Changes(states=(FeedState(url=DEAD, gone=True),)))
    for n in reversed(range(days)):
        context.store.commit(Changes(items=tuple(of_day(n))))
        made = daily.run(context, NOW - n * DAY, fetch=False)
        if decide:
            decide_on(context, [card.id for card in made.items], n)
    return context


def decide_on(context: Context, listed: Iterable[str], n: int) -> None:
    items = {each.id: each for each in context.store.items()}
    good, shares = ([id_ for id_ in listed if items[id_].source.feed == feed] for feed in (GOOD, SHARES))
    at = NOW - n * DAY + timedelta(hours=1)
    if good:
        decisions.pick(context, good, at, at=at + timedelta(hours=2), networks=["x"], kind="education")
    if shares:
        decisions.skip(context, shares, at)
