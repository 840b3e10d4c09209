"""A post of an item: as the item gives it, or in the wording a person has kept for it."""

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches

from msgspec.structs import replace

from curator.core.context import Context
from curator.core.errors import UsageError
from curator.core.item import Item
from curator.core.post import Post
from curator.core.protocols import Changes
from curator.core.story import Evidence
from curator.core.text.plain import clean
from curator.planning import post
from curator.planning.decisions import decision
from curator.planning.post import PostDraft


def drafts(context: Context, prefix: str, now: datetime, *, network: str | None = None) -> tuple[PostDraft, ...]:
    """The item's post on that network; on none: on each it is planned for, else on each of the brand's, the first first.

    Raises CuratorError for an id that names none or several, UsageError for a network nobody knows.
    """
    _check(network)
    item = context.one(prefix)
    posts = _posts(context, item)
    said = _evidence(context, item, now)
    return tuple(
        _draft(context, item, said, posts.get(name) or _unplanned(item, name, now), now) for name in _networks(context, posts, network)
    )


def write(context: Context, prefix: str, text: str, now: datetime, *, network: str | None = None) -> PostDraft:
    """Keeps a person's wording of the item's post, and shows it; an empty one brings the draft back. What the item is stays as it is."""
    _check(network)
    wording = clean(text).strip()
    with context.store.writing():
        item = context.one(prefix)
        posts = _posts(context, item, cancelled=True)
        name = _networks(context, _posts(context, item), network)[0]
        old = posts.get(name) or _unplanned(item, name, now)
        if old.text != wording:
            new = replace(old, text=wording, changed=now, sequence=old.sequence + (name in posts))
            kept = decision(item, tuple(posts.values()), "text", now, context.store.decisions())
            context.store.commit(Changes(posts=(new,), decisions=(kept,)))
    return drafts(context, item.id, now, network=name)[0]


def _draft(context: Context, item: Item, said: Evidence, plan: Post, now: datetime) -> PostDraft:
    return post.compose(item, said.text, said.topic, context.brand, plan.network, plan.at or now, plan.kind, own=plan.text)


def _posts(context: Context, item: Item, *, cancelled: bool = False) -> dict[str, Post]:
    """What is planned of the item, by network."""
    return {p.network: p for p in context.store.posts() if p.item == item.id and (cancelled or not p.cancelled)}


def _unplanned(item: Item, network: str, now: datetime) -> Post:
    return Post(item=item.id, network=network, kind=item.kind, changed=now)


def _networks(context: Context, posts: dict[str, Post], network: str | None) -> Sequence[str]:
    return (network,) if network else tuple(posts) or context.brand.calendar.networks or ("any",)


def _evidence(context: Context, item: Item, now: datetime) -> Evidence:
    """The sentence to quote: the one on the item's latest list, else sought in its text, which takes the model."""
    report = context.store.report(item.listed) if item.listed else None
    listed = next((card for card in report.items if card.id == item.id), None) if report else None
    if listed:
        return listed.evidence
    from curator.ranking import pipeline

    return pipeline.single(item, context.store.texts([item.id]).get(item.id, ""), context.brand, context.engine(), now).evidence


def _check(network: str | None) -> None:
    known = post.networks.networks()
    if network and network not in known:
        meant = get_close_matches(network, known, 1)
        raise UsageError(f"{network!r} is no network: there are {', '.join(known)}", hint=f"--network {meant[0] if meant else 'x'}")
