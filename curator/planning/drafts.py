"""Drafts: the text of an item's post on each network, generated or in the user's own words."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from curator.core.context import Context
from curator.core.errors import UsageError
from curator.core.item import Item
from curator.core.post import Post
from curator.core.protocols import Changes
from curator.core.story import Evidence
from curator.core.text.plain import clean
from curator.core.text.suggest import closest
from curator.planning import post
from curator.planning.decisions import decision
from curator.planning.evidence import NO_EVIDENCE, find_evidence
from curator.planning.post import PostDraft


def drafts(context: Context, prefix: str, now: datetime, *, network: str | None = None) -> tuple[PostDraft, ...]:
    """Return the item's post on `network`, else on each network it is planned for, else on each of the brand's.

    Raises CuratorError for an id that matches no item or several, UsageError for an unknown network.
    """
    _check_network(network)
    item = context.find_item(prefix)
    posts = _posts(context, item)
    evidence = find_evidence(context, [item], now)[item.id]
    planned = (posts.get(name) or _unplanned(item, name, now) for name in _networks(context, posts, network))
    return tuple(_composed(context, each, item, evidence, now) for each in planned)


def composed(context: Context, posts: Sequence[Post], items: Mapping[str, Item], now: datetime) -> dict[str, tuple[PostDraft, Evidence]]:
    """Return by name the drafts of planned posts and the evidence that they quote. `items`: those of the posts, by id.

    No evidence is looked for where every text is the user's own, or the post is cancelled.
    """
    without_text = {post.item: items[post.item] for post in posts if not (post.text or post.cancelled)}
    evidence = find_evidence(context, list(without_text.values()), now)
    return {p.id: (_composed(context, p, items[p.item], found, now), found) for p in posts for found in [evidence.get(p.item, NO_EVIDENCE)]}


def measure(context: Context, prefix: str, text: str, network: str) -> PostDraft:
    """Return a text as the post of an item, with its length and what the network would say of it. Nothing is kept."""
    _check_network(network)
    item = context.find_item(prefix)
    problems = post.violations(text, network, has_media=bool(item.image))
    return PostDraft(
        id=item.id, network=network, text=text, length=post.length(text, network), limit=post.limit(network), url="", problems=problems
    )


def write(context: Context, prefix: str, text: str, now: datetime, *, network: str | None = None) -> PostDraft:
    """Keep the user's own text of the item's post, and return the draft. An empty text brings the generated one back.

    Raises as `drafts` does. The status of the item stays as it is.
    """
    _check_network(network)
    own = clean(text).strip()
    with context.store.writing():
        item = context.find_item(prefix)
        posts = _posts(context, item, cancelled=True)
        name = _networks(context, _posts(context, item), network)[0]
        old = posts.get(name) or _unplanned(item, name, now)
        if old.text != own:
            new = replace(old, text=own, changed=now, sequence=old.sequence + (name in posts))
            record = decision(item, tuple(posts.values()), "text", now, context.store.decisions())
            context.store.commit(Changes(posts=(new,), decisions=(record,)))
    return drafts(context, item.id, now, network=name)[0]


def _composed(context: Context, p: Post, item: Item, evidence: Evidence, now: datetime) -> PostDraft:
    return post.compose(item, evidence.text, evidence.topic, context.brand, p.network, p.at or now, p.kind, own=p.text)


def _posts(context: Context, item: Item, *, cancelled: bool = False) -> dict[str, Post]:
    """Return the item's posts by network; `cancelled`: with those that are cancelled."""
    return {p.network: p for p in context.store.posts() if p.item == item.id and (cancelled or not p.cancelled)}


def _unplanned(item: Item, network: str, now: datetime) -> Post:
    return Post(item=item.id, network=network, kind=item.kind, changed=now)


def _networks(context: Context, posts: dict[str, Post], network: str | None) -> Sequence[str]:
    return (network,) if network else tuple(posts) or context.brand.calendar.networks or ("any",)


def _check_network(network: str | None) -> None:
    known = post.networks.networks()
    if network and network not in known:
        close = closest(network, known)
        raise UsageError(f"unknown network {network!r}: there are {', '.join(known)}", hint=f"--network {close or 'x'}")
