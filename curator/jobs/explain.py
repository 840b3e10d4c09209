"""Explain why an item is, or is not, on the reading list, and which lines would change that. Nothing is fetched or decided."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from shlex import quote
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from curator.core.brand import Brand
from curator.core.context import Context
from curator.core.explanation import Cause, Change, Explanation
from curator.core.feed import Feed
from curator.core.item import Item
from curator.core.report import RunReport
from curator.core.story import Card, ScoredItem
from curator.core.text import urls
from curator.core.text.dates import full_hour
from curator.core.text.plain import line
from curator.jobs import daily, save, subscriptions
from curator.ranking import pipeline, relevance, remedies, score
from curator.ranking.passages import folded
from curator.ranking.pipeline import FLOOR, Fate, History, Ranker
from curator.ranking.remedies import Remedy
from curator.ranking.scored_items import ScoredItems

TRIES: Final = 3  # lines that are changed together before it is given up
UNRANKED: Final = "no list was made since it was found"
OLD: Final = "older than what a list looks back on"
NEXT: Final = "a list made now has it"


def why(context: Context, asked: str, now: datetime) -> Explanation:
    """Return why the item of an id or an address is, or is not, on the list.

    Raises CuratorError for an id that names no item, or several.
    """
    address = _address(asked)
    kept = save.kept(context.store, address) if address else [context.find_item(asked)]
    return _Case(context, kept[0], now).explanation(asked) if kept else _absent(context, asked, address)


def show(context: Context, prefix: str, now: datetime) -> tuple[Card, str]:
    """Return an item and its text: as the latest list had it, or scored anew with the reason why it is on no list.

    Raises CuratorError unless exactly one item's id begins with `prefix`.
    """
    item = context.find_item(prefix)
    text = context.store.texts([item.id]).get(item.id, "")
    latest = context.store.report()
    if listed := _on(latest, item):
        return _decided(listed, item), text
    alone = Ranker.of(context).cards([item], {item.id: text}, now)[0]
    if _is_unranked(latest, item):
        return pipeline.because(alone, UNRANKED), text
    if item.published < now - context.brand.shortlist.window:
        return pipeline.because(alone, OLD), text
    entry = next(card for card in daily.rank(context, now, all_=True) if card.id == item.id)
    return replace(entry, evidence=alone.evidence), text


def _address(asked: str) -> str:
    """Return the web address that is asked about, "" for an id."""
    typed = asked.strip()
    return urls.web(typed if "://" in typed else f"https://{typed}") if {".", "/"} & set(typed) else ""


def _on(latest: RunReport | None, item: Item) -> Card | None:
    return next((card for card in latest.items if card.id == item.id), None) if latest else None


def _is_unranked(latest: RunReport | None, item: Item) -> bool:
    return latest is None or item.found >= latest.generated_at + timedelta(seconds=1)


def _decided(card: Card, item: Item) -> Card:
    """Return the card with what the user has decided since it was listed."""
    return replace(card, status=item.status, tags=item.tags, kind=item.kind or card.kind)


def _absent(context: Context, asked: str, address: str) -> Explanation:
    """Explain a page that the library does not hold: it left, or no feed brought it."""
    store, site = context.store, urls.site(address)
    own = subscriptions.health(_of_site(context.feeds, address), store)
    keep = Change(line=f"curator save {quote(address)}")
    if store.known(urls.page_ids(address)):
        days = context.brand.library.keep.days
        text = f"it has left the library: what nobody decided on is kept for {days} days"
        return Explanation(asked=asked, cause="removed", text=text, feeds=own, changes=(keep,))
    text = "no feed has brought it; these are of its site" if own else f"no feed has brought it, and none is of {line(site, 200)}"
    find = () if own else (Change(line=f"curator feeds discover {quote(site)}"),)
    return Explanation(asked=asked, cause="unknown", text=text, feeds=own, changes=(*find, keep))


def _of_site(feeds: Sequence[Feed], address: str) -> list[Feed]:
    """Return the feeds of the host of an address, or else those of its registered domain."""

    def same(part: Callable[[str], str]) -> list[Feed]:
        return [feed for feed in feeds if part(address) in {part(url) for url in (feed.url, feed.site) if url}]

    return same(urls.host) or same(urls.site)


class _Ranking(Struct, frozen=True, kw_only=True):
    """What a list made now is chosen from under a brand, and what it does with each item."""

    brand: Brand
    scored: ScoredItems
    history: History
    fates: tuple[Fate, ...]


class _Verdict(Struct, frozen=True, kw_only=True):
    """What decides about an item under a brand, in words, and the line that takes it away, if there is one."""

    cause: Cause
    text: str
    remedy: Remedy | None = None


class _Case:
    """The question about one item of the library."""

    def __init__(self, context: Context, item: Item, now: datetime) -> None:
        self.context, self.item, self.now = context, item, now
        self.text = context.store.texts([item.id]).get(item.id, "")
        self.said = folded(item, self.text)
        self.latest = context.store.report()

    def explanation(self, asked: str) -> Explanation:
        """Return the whole answer."""
        ranking = self._ranking(self.context.brand)
        listed, fate = _on(self.latest, self.item), self._fate(ranking)
        verdict = self._listed() if listed else self._verdict(ranking)
        alone = pipeline.entry(fate) if fate else pipeline.ledger(self._scored(ranking.brand))[0]
        source = [feed for feed in self.context.feeds if feed.url == self.item.source.feed]
        return Explanation(
            asked=asked,
            cause=verdict.cause,
            text=verdict.text,
            item=_decided(listed or alone, self.item),
            feeds=subscriptions.health(source, self.context.store),
            changes=() if listed else self._changes(ranking, verdict),
        )

    # --- what decides ---

    def _listed(self) -> _Verdict:
        assert self.latest, "an item is listed by a list"
        place = [card.id for card in self.latest.items].index(self.item.id) + 1
        return _Verdict(cause="listed", text=f"number {place} of {len(self.latest.items)} on {self.latest.date}")

    def _verdict(self, ranking: _Ranking) -> _Verdict:
        """Return what decides about the item under a brand."""
        fate, brand = self._fate(ranking), ranking.brand
        if seen := next((seen for seen in ranking.history.handled if seen.item.id == self.item.id), None):
            return _Verdict(cause="handled", text=seen.describe(self.now))
        if broken := score.broken_rules(brand, self.item, self.said):
            first: Cause = "language" if broken[0].key == "brand.reads" else "mute"
            return _Verdict(cause=first, text="; ".join(rule.text for rule in broken), remedy=remedies.allowed(brand, broken[0]))
        if fate is None:
            return _Verdict(cause="old", text=OLD, remedy=remedies.within(brand, self.item.published, self.now))
        match fate.held_by:
            case None:
                return _Verdict(cause="unranked", text=UNRANKED if _is_unranked(self.latest, self.item) else NEXT)
            case "floor" | "rule":
                return self._unfit(brand, fate.scored)
            case cause:
                return _Verdict(cause=cause, text=self._held(ranking, fate), remedy=remedies.roomier(brand, fate, ranking.fates))

    def _unfit(self, brand: Brand, scored: ScoredItem) -> _Verdict:
        """Tell an item that an avoided phrase lowers, by scoring it without any, from one that fits nothing."""
        bare = self._scored(remedies.without_avoid(brand)).ranked[0].score
        phrases = next((score.avoided(topic, self.said) for topic in brand.topics if topic.name == bare.topic), ())
        if phrases and bare.total > FLOOR:
            text = f"not {line(bare.topic)}: says {line(', '.join(phrases), 200)}"
            return _Verdict(cause="avoid", text=text, remedy=remedies.unavoided(brand, bare.topic, self.said))
        topic = scored.score.topic
        text = f"scores {max(scored.score.total, 0.0):.2f}, best for {line(topic)}; a list begins above {FLOOR:g}"
        return _Verdict(cause="floor", text=text, remedy=remedies.exemplified(brand, topic, self.item))

    def _held(self, ranking: _Ranking, fate: Fate) -> str:
        """Return in words what holds the item back; where another item tells its story, what becomes of that one too."""
        if fate.held_by != "folded":
            return fate.why
        teller = next(each for each in ranking.fates if each.scored.item.id == fate.story.lead.item.id)
        return f"{fate.why} ({teller.scored.item.id}): {teller.why or NEXT}"

    # --- what would change it ---

    def _changes(self, ranking: _Ranking, verdict: _Verdict) -> tuple[Change, ...]:
        """Return the lines with which a list made now has the item; else the command that takes it without a list."""
        lines: list[Change] = []
        while verdict.remedy and len(lines) < TRIES:
            lines.append(verdict.remedy.change)
            ranking = self._ranking(verdict.remedy.brand, ranking)
            verdict = self._verdict(ranking)
        if verdict.cause == "unranked":
            return tuple(lines) or (Change(line="curator run"),)
        return () if self.item.status == "picked" else (Change(line=f"curator pick {self.item.id}"),)

    # --- ranking ---

    def _ranking(self, brand: Brand, before: _Ranking | None = None) -> _Ranking:
        """Rank under a brand. The scores of `before` stay where only the caps of the list differ."""
        context = replace(self.context, brand=relevance.with_examples(brand, self.context.store, self.context.progress))
        if before and _but_for_caps(before.brand, brand) == brand:
            scored, history = before.scored, before.history
        else:
            scored, history = daily.judged(context, self.now), daily.followed(context, self.now)
        return _Ranking(brand=brand, scored=scored, history=history, fates=Ranker.of(context).fates(scored, history))

    def _scored(self, brand: Brand) -> ScoredItems:
        ranker = Ranker(brand, self.context.engine(), self.context.progress)
        return ranker.score([self.item], {self.item.id: self.text}, full_hour(self.now))

    def _fate(self, ranking: _Ranking) -> Fate | None:
        return next((fate for fate in ranking.fates if fate.scored.item.id == self.item.id), None)


def _but_for_caps(brand: Brand, other: Brand) -> Brand:
    caps = other.shortlist
    return replace(brand, shortlist=replace(brand.shortlist, size=caps.size, per_feed=caps.per_feed))
