"""What a person decides on an item: pick, skip, tag, note, and undo. Every decision is kept; what is learned is learned from them.

A decision changes the item's marks and its posts at once. Taking one back restores both, and calendars hear of it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from curator.core.brand import Brand
from curator.core.context import Context
from curator.core.errors import CuratorError, UsageError
from curator.core.item import Item
from curator.core.post import Decision, ItemState, Post, Verdict
from curator.core.protocols import Changes, Store
from curator.core.text.plain import line

KINDS = ("education", "quote", "soft-selling", "hard-selling")


class Decided(Struct, frozen=True, kw_only=True):
    """An item as it is now with all its posts, cancelled ones too; `changed` is False where everything was so before."""

    item: Item
    posts: tuple[Post, ...]
    changed: bool = True

    @property
    def standing(self) -> tuple[Post, ...]:
        return tuple(post for post in self.posts if not post.cancelled)


class PickOptions(Struct, frozen=True, kw_only=True):
    """Where a pick goes: no network means where it stands already, else the brand's first; no time leaves the time it has."""

    networks: tuple[str, ...] = ()
    at: datetime | None = None
    kind: str = ""


def pick(
    context: Context,
    prefixes: Sequence[str],
    now: datetime,
    *,
    at: datetime | None = None,
    networks: Sequence[str] = (),
    kind: str = "",
    note: str = "",
    tags: Sequence[str] = (),
) -> list[Decided]:
    """Takes items into the calendar.

    Raises CuratorError for an id that names none or several, UsageError for a kind or network the brand does not have.
    """
    placing = PickOptions(networks=tuple(map(str.lower, networks)), at=at, kind=kind)
    _check(context.brand, placing)

    def picked(item: Item, posts: Sequence[Post]) -> tuple[Item, Sequence[Post]]:
        marked = replace(item, status="picked", kind=kind or item.kind, note=note or item.note, tags=joined(item.tags, tags))
        return marked, _placed(marked, posts, placing, context.brand, now)

    return change(context, prefixes, now, "pick", picked)


def skip(context: Context, prefixes: Sequence[str], now: datetime) -> list[Decided]:
    """Puts items aside for good; what was planned of them is cancelled."""
    return change(
        context, prefixes, now, "skip", lambda item, posts: (replace(item, status="skipped"), [_called_off(p, now) for p in posts])
    )


def tag(context: Context, prefixes: Sequence[str], tags: Sequence[str], now: datetime, *, remove: bool = False) -> list[Decided]:
    """Adds tags to items, or takes them away."""

    def tagged(item: Item, posts: Sequence[Post]) -> tuple[Item, Sequence[Post]]:
        kept = tuple(t for t in item.tags if t not in _clean(tags)) if remove else joined(item.tags, tags)
        return replace(item, tags=kept), posts

    return change(context, prefixes, now, "tag", tagged)


def note(context: Context, prefix: str, text: str, now: datetime) -> list[Decided]:
    """Writes a note to an item; an empty one takes it away."""
    return change(context, [prefix], now, "note", lambda item, posts: (replace(item, note=line(text, 2000)), posts))


def kind(context: Context, prefixes: Sequence[str], kind: str, now: datetime) -> list[Decided]:
    """Says what kind of content items are, whatever was proposed."""
    _check(context.brand, PickOptions(kind=kind))
    return change(context, prefixes, now, "kind", lambda item, posts: (replace(item, kind=kind), [moved(p, now, kind=kind) for p in posts]))


def undo(context: Context, now: datetime) -> list[Decided]:
    """Takes back all that the last command decided; typed again, the one before it. Raises CuratorError when nothing is left."""
    with context.store.writing():
        decisions = context.store.decisions()
        if not decisions:
            raise CuratorError("nothing was decided yet: there is nothing to undo", hint="curator pick ID")
        last = [d for d in reversed(decisions) if d.command == decisions[-1].command]
        undone = [_undone(context.store, decision, now) for decision in last]
        items = tuple(item for found, _ in undone for item in found)
        posts = tuple(post for _, found in undone for post in found)
        context.store.commit(Changes(items=items, posts=posts, undone=tuple(d.number for d in last)))
        return [Decided(item=item, posts=tuple(p for p in posts if p.item == item.id)) for item in items]


def decision(item: Item, posts: Sequence[Post], verdict: Verdict, now: datetime, after: Sequence[Decision]) -> Decision:
    """The record of a decision on an item as it was, the first of a new command after those."""
    last = after[-1] if after else None
    before = ItemState(status=item.status, kind=item.kind, tags=item.tags, note=item.note)
    return Decision(
        number=last.number + 1 if last else 1,
        command=last.command + 1 if last else 1,
        at=now,
        item=item.id,
        verdict=verdict,
        before=before,
        posts=tuple(posts),
    )


Change = Callable[[Item, Sequence[Post]], tuple[Item, Sequence[Post]]]


def change(context: Context, prefixes: Sequence[str], now: datetime, verdict: Verdict, made: Change) -> list[Decided]:
    """Changes each item and its posts once, all of them or none, as one command that undo takes back."""
    with context.store.writing():
        items = {item.id: item for item in map(context.one, prefixes)}.values()
        posts, decisions = context.store.posts(), context.store.decisions()
        done = [_decided(item, [p for p in posts if p.item == item.id], made) for item in items]
        fresh = [(item, old, new) for item, old, new in done if new.changed]
        first = decisions[-1].command + 1 if decisions else 1
        for item, old, _ in fresh:
            decisions.append(replace(decision(item, old, verdict, now, decisions), command=first))
        context.store.commit(
            Changes(
                items=tuple(new.item for *_, new in fresh),
                posts=tuple(post for *_, new in fresh for post in new.posts),
                decisions=tuple(decisions[len(decisions) - len(fresh) :]),
            )
        )
        return [new for *_, new in done]


def _decided(item: Item, posts: Sequence[Post], made: Change) -> tuple[Item, Sequence[Post], Decided]:
    marked, placed = made(item, posts)
    return item, posts, Decided(item=marked, posts=tuple(placed), changed=marked != item or list(placed) != list(posts))


def _undone(store: Store, taken_back: Decision, now: datetime) -> tuple[list[Item], list[Post]]:
    was = taken_back.before
    items = [replace(item, status=was.status, kind=was.kind, tags=was.tags, note=was.note) for item in store.find(taken_back.item)]
    before = {post.id: post for post in taken_back.posts}
    posts = [post for post in store.posts() if post.item == taken_back.item]
    return items, [
        replace(before[p.id], sequence=p.sequence + 1, changed=now) if p.id in before else _called_off(p, now)
        for p in posts
        if before.get(p.id) != p
    ]


def _placed(item: Item, posts: Sequence[Post], placing: PickOptions, brand: Brand, now: datetime) -> list[Post]:
    standing = [post.network for post in posts if not post.cancelled]
    wanted = dict.fromkeys(placing.networks or standing or brand.calendar.networks[:1] or ("any",))
    by_network = {post.network: post for post in posts}
    kind = placing.kind or item.kind
    for network in wanted:
        fresh = Post(item=item.id, network=network, at=placing.at, kind=kind, changed=now)
        old = by_network.get(network)
        by_network[network] = moved(old, now, at=placing.at or old.at, kind=kind, cancelled=False) if old else fresh
    return list(by_network.values())


def moved(post: Post, now: datetime, **changes: object) -> Post:
    """The post with these changes, of which calendars hear; the same where nothing differs."""
    changed = replace(post, **changes)
    return post if changed == post else replace(changed, changed=now, sequence=post.sequence + 1)


def _called_off(post: Post, now: datetime) -> Post:
    return moved(post, now, cancelled=True)


def joined(tags: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    """The tags with more behind them, clean and each once."""
    return tuple(dict.fromkeys([*tags, *_clean(more)]))


def _clean(tags: Iterable[str]) -> list[str]:
    return [tag for tag in (line(tag, 60).lstrip("#").strip() for tag in tags) if tag]


def _check(brand: Brand, placing: PickOptions) -> None:
    if placing.kind:
        _known("kind", placing.kind, tuple(brand.mix) or KINDS)
    for network in placing.networks if brand.calendar.networks else ():
        _known("network", network, brand.calendar.networks)


def _known(what: Literal["kind", "network"], said: str, known: Sequence[str]) -> None:
    if said not in known:
        meant = get_close_matches(said, known, 1)
        where = "[mix]" if what == "kind" else "[calendar] networks"
        hint = f"--{what} {meant[0] if meant else known[0]}"
        raise UsageError(f"{said!r} is no {what} of this brand ({where} has {', '.join(known)})", hint=hint)
