"""What is to be told: notices of mentions, of a day's list, and of feeds that fail or are back.

Each function returns the notices that are new or changed. A notice has the same id whenever its subject is found again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from msgspec.structs import replace

from curator.core.brand import Brand, Watch
from curator.core.feed import FeedState
from curator.core.item import Item
from curator.core.notice import Notice
from curator.core.report import RunReport
from curator.core.story import Mention
from curator.core.text import urls
from curator.core.text.plain import fold, line
from curator.publishing.notify import timing
from curator.ranking.publishers import family

# A feed is lost after so many failures in a row, when its last answer is as long ago.
LOST_FAILURES, LOST_AFTER = 5, timedelta(days=2)
# For so long two items of one title, which has so many words, are one story: agencies' reports go through many outlets.
SAME_TITLE, TITLE_WORDS = timedelta(days=3), 4
# Notices that were told are kept as long, so that nothing is told twice.
KEPT = timedelta(days=120)


def mentions(brand: Brand, known: Iterable[Notice], found: Iterable[Notice], now: datetime) -> tuple[Notice, ...]:
    """Return a notice on every channel for each story that was found, unless its watch term has told of it there.

    `found`: what `of_mention` and `of_item` return. A story that was found before gains publishers, and is due once the
    condition of its watch term holds.
    """
    known = tuple(known)
    here = {(each.channel, each.watch, name): each for each in known for name in _names(each, now)}
    days = {(each.channel, each.about) for each in known if each.kind == "list"}
    watches = {watch.name: watch for watch in brand.watch}
    changed: dict[str, Notice] = {}
    for channel in brand.notify.urls:
        told = (channel, now.astimezone(timing.zone(brand)).date().isoformat()) in days
        for each in found:
            earlier = next((here[key] for name in _names(each, now) if (key := (channel, each.watch, name)) in here), None)
            if earlier and earlier.state != "held":
                continue
            made = _joined(earlier, each) if earlier else replace(each, id=identifier(channel, "mention", each.watch, each.about))
            made = _judged(replace(made, channel=channel), watches[each.watch], brand, now, told=told)
            here |= {(channel, made.watch, name): made for name in _names(made, now)}
            changed[made.id] = made
    return tuple(changed.values())


def of_mention(mention: Mention, now: datetime) -> Notice:
    """Return the notice of a mention, still without a channel."""
    card = mention.item
    return Notice(
        id="",
        channel="",
        kind="mention",
        about=card.story.id,
        made=now,
        due=None,
        watch=mention.watch,
        title=line(card.title) or card.url,
        url=card.url,
        source=card.source.title,
        sentence=line(mention.sentence, 500),
        certain=mention.certain,
        members=tuple(dict.fromkeys((card.story.id, card.id, *(other.id for other in card.story.others)))),
        publishers=tuple(dict.fromkeys((family(card), *map(family, card.story.others)))),
    )


def of_item(watch: Watch, item: Item, sentence: str, now: datetime) -> Notice:
    """Return the notice of an item that a watch term was found in, without a channel. No model was asked what is meant."""
    return Notice(
        id="",
        channel="",
        kind="mention",
        about=item.id,
        made=now,
        due=None,
        watch=watch.name,
        title=line(item.title) or item.url,
        url=item.url,
        source=item.source.title,
        sentence=line(sentence, 500),
        certain=not watch.unlike,
        members=(item.id,),
        publishers=(family(item),),
    )


def reading_list(brand: Brand, known: Iterable[Notice], report: RunReport, now: datetime) -> tuple[Notice, ...]:
    """Return a notice of the day's list on every channel that was not told of it. An empty list is not told."""
    day, here = report.date.isoformat(), {each.id for each in known}
    made = (
        Notice(id=identifier(channel, "list", day), channel=channel, kind="list", about=day, made=now, due=now)
        for channel in (brand.notify.urls if report.items else ())
    )
    return tuple(each for each in made if each.id not in here)


def feeds(
    brand: Brand, known: Sequence[Notice], states: Iterable[FeedState], titles: Mapping[str, str], now: datetime
) -> tuple[Notice, ...]:
    """Return a notice once for each feed that no longer answers, and once when it is back."""
    here = {each.id for each in known}
    made = []
    for state in states:
        for channel in brand.notify.urls:
            name = line(titles.get(state.url) or state.title or state.url)
            if is_lost(state, now):
                since = state.last_success.isoformat() if state.last_success else ""
                id_ = identifier(channel, "lost", state.url, since)
                made.append(_of_feed(id_, channel, "lost", state, name, now))
            elif not state.failures:
                lost = [each for each in known if each.kind == "lost" and (each.channel, each.about) == (channel, state.url)]
                made += [_of_feed(identifier(channel, "back", each.id), channel, "back", state, name, now) for each in lost]
    return tuple(each for each in made if each.id not in here)


def is_lost(state: FeedState, now: datetime) -> bool:
    """Return whether a feed has to be told as lost: it is gone for good, or has failed often and for long."""
    return state.gone or (state.failures >= LOST_FAILURES and (state.last_success is None or now - state.last_success >= LOST_AFTER))


def expired(known: Iterable[Notice], now: datetime, keep: timedelta) -> tuple[str, ...]:
    """Return the ids of notices that are no longer needed: told, or held without effect, long ago."""
    before = now - max(keep, KEPT)
    return tuple(each.id for each in known if each.state in ("sent", "held") and each.made < before)


def identifier(*parts: str) -> str:
    """Return 16 hexadecimal digits that name a notice by its channel and subject."""
    return blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _names(notice: Notice, now: datetime) -> tuple[str, ...]:
    """Return what a story is known by: the ids of its items and, for some days, its title."""
    title = fold(notice.title)
    tells = now - notice.made <= SAME_TITLE and len(title.split()) >= TITLE_WORDS
    return (*notice.members, title) if tells else notice.members


def _joined(earlier: Notice, later: Notice) -> Notice:
    return replace(
        earlier,
        members=tuple(dict.fromkeys((*earlier.members, *later.members))),
        publishers=tuple(dict.fromkeys((*earlier.publishers, *later.publishers))),
        certain=earlier.certain or later.certain,
    )


def _judged(made: Notice, watch: Watch, brand: Brand, now: datetime, *, told: bool) -> Notice:
    """Return the notice as due, or as held while the condition of its watch term does not hold."""
    if not holds(watch.when, len(made.publishers), certain=made.certain):
        return replace(made, state="held", due=None)
    return replace(made, state="due", due=timing.first(watch.notify, brand, now, told=told))


def holds(condition: str, publishers: int, *, certain: bool) -> bool:
    """Return whether a condition of `[[watch]] when` holds, such as "2 publishers and certain"."""
    parts = [part for part in condition.split(" and ") if part]
    return all(certain if part == "certain" else publishers >= int(part.split()[0]) for part in parts)


def _of_feed(id_: str, channel: str, kind: str, state: FeedState, name: str, now: datetime) -> Notice:
    lost = kind == "lost"
    return Notice(
        id=id_,
        channel=channel,
        kind="lost" if lost else "back",
        about=state.url,
        made=now,
        due=now,
        title=name,
        source=urls.site(state.url),
        sentence=line(state.reason, 200) if lost else "",
    )
