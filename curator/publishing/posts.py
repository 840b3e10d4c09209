"""Select the posts of an export and compose their texts."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from curator.core.brand import Brand
from curator.core.context import Context
from curator.core.errors import UsageError
from curator.core.item import Item
from curator.core.post import Post
from curator.core.story import Evidence
from curator.core.text.suggest import closest
from curator.planning import drafts
from curator.planning import post as planning_post
from curator.planning.post import PostDraft
from curator.publishing.formats.ready_post import ReadyPost
from curator.publishing.types import ExportRequest


def ready_posts(context: Context, request: ExportRequest, now: datetime) -> list[ReadyPost]:
    """Return the posts that have a time, cancelled ones too, with their texts, by time. Raises UsageError for an unknown network."""
    zone, posts = ZoneInfo(context.brand.timezone), context.store.posts()
    _check_network(context.brand, posts, request.network)
    wanted = [(p, p.at) for p in posts if p.at and _is_wanted(p, p.at.astimezone(zone).date(), request)]
    items = {item.id: item for item in context.store.items()} if wanted else {}
    placed = [(p, at, items[p.item]) for p, at in wanted if p.item in items]
    composed = drafts.composed(context, [p for p, *_ in placed], items, now)
    ready = (_ready(context.brand, p, at, item, *composed[p.id]) for p, at, item in placed)
    return sorted(ready, key=lambda r: (r.at, r.post.id))


def _check_network(brand: Brand, posts: Sequence[Post], network: str) -> None:
    known = dict.fromkeys([*(brand.calendar.networks or planning_post.networks.networks()), *(p.network for p in posts)])
    if network and network not in known:
        close = closest(network, known)
        hint = f"--network {close or next(iter(known))}"
        raise UsageError(f"unknown network {network!r}: this brand has {', '.join(known)}", hint=hint)


def _is_wanted(post: Post, day: date, request: ExportRequest) -> bool:
    network_matches = not request.network or post.network == request.network
    return network_matches and (request.since or day) <= day <= (request.until or day)


def _ready(brand: Brand, post: Post, at: datetime, item: Item, draft: PostDraft, evidence: Evidence) -> ReadyPost:
    rules = planning_post.networks.rules(post.network)
    return ReadyPost(
        post=post,
        item=item,
        at=at,
        text=draft.text,
        network=rules.title,
        needs_media=rules.needs_media,
        board=brand.boards.get(post.network, ""),
        url=draft.url,
        topic=evidence.topic,
        length=draft.length,
        limit=draft.limit,
        problems=tuple(problem.text for problem in draft.problems if problem.blocking),
    )
