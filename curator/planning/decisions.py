"""Decisions of the user on items: pick, skip, tag, note, content type, and undo.

A decision changes the item and its posts at once, and is kept: the preference model learns from the decisions. Undo restores
the item and its posts; calendars that were told of them are told of that too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import blake2b
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from curator.core.brand import Brand
from curator.core.context import Context
from curator.core.errors import CuratorError, DecidedElsewhere, UsageError
from curator.core.item import Item
from curator.core.post import Decision, ItemState, Post, Verdict
from curator.core.protocols import Changes, Store
from curator.core.text.plain import line
from curator.core.text.suggest import closest

# The content types of a brand whose [mix] names none.
KINDS = ("education", "quote", "soft-selling", "hard-selling")

Edit = Callable[[Item, Sequence[Post]], tuple[Item, Sequence[Post]]]


class Decided(Struct, frozen=True, kw_only=True):
    """An item after a decision, with all its posts, cancelled ones too. `changed` is False where the decision changed nothing."""

    item: Item
    posts: tuple[Post, ...]
    changed: bool = True

    @property
    def standing(self) -> tuple[Post, ...]:
        """The posts that are not cancelled."""
        return tuple(post for post in self.posts if not post.cancelled)

    @property
    def stamp(self) -> str:
        """Short text that differs wherever what the user decided about the item differs. Being listed is no decision."""
        item = self.item
        status = "" if item.status in ("new", "listed") else item.status
        decided = (status, item.kind if status else "", item.tags, item.note, sorted(self.posts, key=lambda post: post.id))
        return blake2b(msgspec.json.encode(decided), digest_size=6).hexdigest()


class Heard(Struct, frozen=True, kw_only=True):
    """A mention in an item: the name of the watch term, and the sentence that says it, "" for an unnamed one."""

    item: Item
    watch: str
    sentence: str = ""


class PickOptions(Struct, frozen=True, kw_only=True):
    """Where and when a pick is posted.

    Without `networks` it keeps those it has, or gets the brand's first. Without `at` it keeps its time.
    """

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
    """Take items into the calendar.

    Raises CuratorError for an id that matches no item or several, UsageError for a kind or network that the brand does not have.
    """
    options = PickOptions(networks=tuple(map(str.lower, networks)), at=at, kind=kind)
    _check(context.brand, options)

    def edit(item: Item, posts: Sequence[Post]) -> tuple[Item, Sequence[Post]]:
        picked = replace(item, status="picked", kind=kind or item.kind, note=note or item.note, tags=joined(item.tags, tags))
        return picked, _with_pick(picked, posts, options, context.brand, now)

    return change(context, prefixes, now, "pick", edit)


def skip(context: Context, prefixes: Sequence[str], now: datetime) -> list[Decided]:
    """Dismiss items for good, and cancel their posts."""
    return change(
        context, prefixes, now, "skip", lambda item, posts: (replace(item, status="skipped"), [_cancelled(p, now) for p in posts])
    )


def tag(context: Context, prefixes: Sequence[str], tags: Sequence[str], now: datetime, *, remove: bool = False) -> list[Decided]:
    """Add tags to items, or remove them."""

    def edit(item: Item, posts: Sequence[Post]) -> tuple[Item, Sequence[Post]]:
        left = tuple(t for t in item.tags if t not in _clean(tags)) if remove else joined(item.tags, tags)
        return replace(item, tags=left), posts

    return change(context, prefixes, now, "tag", edit)


def note(context: Context, prefix: str, text: str, now: datetime) -> list[Decided]:
    """Write a note to an item; an empty text removes it."""
    return change(context, [prefix], now, "note", lambda item, posts: (replace(item, note=line(text, 2000)), posts))


def kind(context: Context, prefixes: Sequence[str], kind: str, now: datetime) -> list[Decided]:
    """Set the content type of items and of their posts."""
    _check(context.brand, PickOptions(kind=kind))
    return change(
        context, prefixes, now, "kind", lambda item, posts: (replace(item, kind=kind), [updated(p, now, kind=kind) for p in posts])
    )


def teach(store: Store, heard: Sequence[Heard], verdict: Literal["us", "not-us"], now: datetime) -> list[Decided]:
    """Record of mentions whether they are meant, all of them as one command; what was said so last is not said again."""
    with store.writing():
        earlier = store.decisions()
        last = {(each.watch, each.item): each.verdict for each in earlier if each.verdict in {"us", "not-us"}}
        new = [each for each in heard if last.get((each.watch, each.item.id)) != verdict]
        posts = {each.item.id: [post for post in store.posts() if post.item == each.item.id] for each in new}
        records = [decision(each.item, posts[each.item.id], verdict, now, earlier) for each in new]
        made = [replace(record, watch=each.watch, sentence=each.sentence) for record, each in zip(records, new, strict=True)]
        store.commit(Changes(decisions=tuple(replace(each, number=each.number + n) for n, each in enumerate(made))))
    fresh = {each.item.id for each in new}
    return [Decided(item=item, posts=(), changed=item.id in fresh) for item in {each.item.id: each.item for each in heard}.values()]


def undo(context: Context, now: datetime, seen: str = "") -> list[Decided]:
    """Undo everything that the last command decided; repeated, the command before it.

    `seen`: signature of the decision that is to be undone, for a user who saw it a while ago. Raises CuratorError when none is
    left, and DecidedElsewhere where the last decision is another one.
    """
    with context.store.writing():
        decisions = context.store.decisions()
        if not decisions:
            raise CuratorError("nothing was decided yet: there is nothing to undo", hint="curator pick ID")
        if seen and seen != signature(decisions[-1]):
            raise DecidedElsewhere("something else was decided meanwhile: look at it before you undo it")
        last = [d for d in reversed(decisions) if d.command == decisions[-1].command]
        undone = [_undone(context.store, decision, now) for decision in last]
        items = tuple(item for found, _ in undone for item in found)
        posts = tuple(post for _, found in undone for post in found)
        context.store.commit(Changes(items=items, posts=posts, undone=tuple(d.number for d in last)))
        return [Decided(item=item, posts=tuple(p for p in posts if p.item == item.id)) for item in items]


def standing(store: Store, ids: Iterable[str]) -> dict[str, Decided]:
    """Return the items of these ids with their posts as they are now, by id; ids that are not in the library are left out."""
    wanted, posts = set(ids), store.posts()
    items = {item.id: item for month in store.months() for item in store.month_items(month, wanted)}
    return {id_: Decided(item=item, posts=tuple(post for post in posts if post.item == id_)) for id_, item in items.items()}


@contextmanager
def unless_changed(store: Store, seen: Mapping[str, str]) -> Iterator[None]:
    """Hold the library for a decision on items. Raises DecidedElsewhere where one differs from its stamp, by id in `seen`."""
    with store.writing():
        now = standing(store, seen)
        for id_, stamp in seen.items():
            if id_ in now and now[id_].stamp != stamp:
                raise DecidedElsewhere(f"decided elsewhere meanwhile, and now {now[id_].item.status}: {line(now[id_].item.title, 80)}")
        yield


def signature(decision: Decision) -> str:
    """Return a short text that tells a decision from every other, for a number is given again after an undo."""
    return f"{decision.number}-{decision.at.timestamp():.6f}"


def decision(item: Item, posts: Sequence[Post], verdict: Verdict, now: datetime, earlier: Sequence[Decision]) -> Decision:
    """Return the record of a decision, numbered after `earlier` as a command of its own. `item`, `posts`: as they were before it."""
    last = earlier[-1] if earlier else None
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


def change(context: Context, prefixes: Sequence[str], now: datetime, verdict: Verdict, edit: Edit) -> list[Decided]:
    """Edit each item and its posts, all of them or none, as one command that can be undone."""
    with context.store.writing():
        items = {item.id: item for item in map(context.find_item, prefixes)}.values()
        posts, decisions = context.store.posts(), context.store.decisions()
        done = [_decided(item, [p for p in posts if p.item == item.id], edit) for item in items]
        fresh = [(item, old, new) for item, old, new in done if new.changed]
        command = decisions[-1].command + 1 if decisions else 1
        for item, old, _ in fresh:
            decisions.append(replace(decision(item, old, verdict, now, decisions), command=command))
        context.store.commit(
            Changes(
                items=tuple(new.item for *_, new in fresh),
                posts=tuple(post for *_, new in fresh for post in new.posts),
                decisions=tuple(decisions[len(decisions) - len(fresh) :]),
            )
        )
        return [new for *_, new in done]


def updated(post: Post, now: datetime, **changes: object) -> Post:
    """Return the post with these changes and the next sequence number; the same post where nothing differs."""
    changed = replace(post, **changes)
    return post if changed == post else replace(changed, changed=now, sequence=post.sequence + 1)


def joined(tags: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    """Return the tags followed by `more`, cleaned and without repetitions."""
    return tuple(dict.fromkeys([*tags, *_clean(more)]))


def _decided(item: Item, posts: Sequence[Post], edit: Edit) -> tuple[Item, Sequence[Post], Decided]:
    new_item, new_posts = edit(item, posts)
    changed = new_item != item or list(new_posts) != list(posts)
    return item, posts, Decided(item=new_item, posts=tuple(new_posts), changed=changed)


def _undone(store: Store, decision: Decision, now: datetime) -> tuple[list[Item], list[Post]]:
    was = decision.before
    items = [replace(item, status=was.status, kind=was.kind, tags=was.tags, note=was.note) for item in store.find(decision.item)]
    before = {post.id: post for post in decision.posts}
    posts = [post for post in store.posts() if post.item == decision.item]
    return items, [
        replace(before[p.id], sequence=p.sequence + 1, changed=now) if p.id in before else _cancelled(p, now)
        for p in posts
        if before.get(p.id) != p
    ]


def _with_pick(item: Item, posts: Sequence[Post], options: PickOptions, brand: Brand, now: datetime) -> list[Post]:
    standing = [post.network for post in posts if not post.cancelled]
    networks = dict.fromkeys(options.networks or standing or brand.calendar.networks[:1] or ("any",))
    by_network = {post.network: post for post in posts}
    kind = options.kind or item.kind
    for network in networks:
        fresh = Post(item=item.id, network=network, at=options.at, kind=kind, changed=now)
        old = by_network.get(network)
        by_network[network] = updated(old, now, at=options.at or old.at, kind=kind, cancelled=False) if old else fresh
    return list(by_network.values())


def _cancelled(post: Post, now: datetime) -> Post:
    return updated(post, now, cancelled=True)


def _clean(tags: Iterable[str]) -> list[str]:
    return [tag for tag in (line(tag, 60).lstrip("#").strip() for tag in tags) if tag]


def _check(brand: Brand, options: PickOptions) -> None:
    if options.kind:
        _check_known("kind", options.kind, tuple(brand.mix) or KINDS)
    for network in options.networks if brand.calendar.networks else ():
        _check_known("network", network, brand.calendar.networks)


def _check_known(what: Literal["kind", "network"], name: str, known: Sequence[str]) -> None:
    if name not in known:
        close = closest(name, known)
        where = "[mix]" if what == "kind" else "[calendar] networks"
        hint = f"--{what} {close or known[0]}"
        raise UsageError(f"unknown {what} {name!r}: {where} has {', '.join(known)}", hint=hint)
