"""What worked: the engagement of posts by topic, kind, slot and source.

The engagement of a post is set against the median of its network, so that networks of different size can be compared. A group
is said to get more or less only where a Mann-Whitney U test against the other posts speaks for it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from curator.core.brand import Brand
from curator.core.context import Context
from curator.core.desk_report import Worked, WorkedBy, WorkedGroup
from curator.core.item import Item
from curator.core.post import Post
from curator.core.result import PostResult
from curator.core.text.plain import line
from curator.ranking.pipeline import Ranker

SPAN: Final = timedelta(days=90)  # of posts, at least
ENOUGH: Final = 5  # posts of a group, and of the others, from which a comparison says something
SURE: Final = 0.05  # probability of a chance difference, shared by the groups that are compared (Bonferroni)


class _Post(Struct, frozen=True, kw_only=True):
    """A post with its engagements, and these against the median of its network."""

    by: Mapping[WorkedBy, str]
    engagements: int
    ratio: float


def worked(context: Context, now: datetime, span: timedelta) -> Worked | None:
    """Return what the results that are kept say of the posts of the `span` before `now`; None where there are none."""
    span = max(span, SPAN)
    results = {result.post: result for result in context.store.results() if result.engagements is not None}
    posts = [post for post in context.store.posts() if post.id in results and post.at and now - span <= post.at <= now] if results else []
    if not posts:
        return None
    measured = _measured(context, posts, results, now)
    return Worked(
        posts=len(posts),
        engagements=sum(each.engagements for each in measured),
        measured=max(results[post.id].measured for post in posts),
        groups=tuple(group for by in ("topic", "kind", "slot", "source") for group in groups(measured, by)),
    )


def groups(posts: Sequence[_Post], by: WorkedBy) -> list[WorkedGroup]:
    """Compare the posts of each topic, kind, slot or source with the others, the best first."""
    found = defaultdict[str, list[_Post]](list)
    for post in posts:
        if name := post.by[by]:
            found[name].append(post)
    compared = sum(_comparable(some, posts) for some in found.values())
    made = [_group(by, name, some, [p for p in posts if p.by[by] != name], compared) for name, some in found.items()]
    return sorted(made, key=lambda group: (-group.ratio, -group.posts, group.name))


def _group(by: WorkedBy, name: str, some: Sequence[_Post], others: Sequence[_Post], compared: int) -> WorkedGroup:
    ratio = round(median(each.ratio for each in some), 2)
    plain = WorkedGroup(by=by, name=name, posts=len(some), engagements=sum(each.engagements for each in some), ratio=ratio)
    if min(len(some), len(others)) < ENOUGH:
        return replace(plain, state="few")
    if _chance(some, others) * compared >= SURE:
        return plain
    return replace(plain, state="more" if ratio > median(each.ratio for each in others) else "less")


def _comparable(some: Sequence[_Post], posts: Sequence[_Post]) -> bool:
    return min(len(some), len(posts) - len(some)) >= ENOUGH


def _chance(some: Iterable[_Post], others: Iterable[_Post]) -> float:
    """Return the probability that two groups without any difference come out as far apart (Mann and Whitney, 1947)."""
    from scipy.stats import mannwhitneyu  # half a second to import

    return float(mannwhitneyu([each.ratio for each in some], [each.ratio for each in others]).pvalue)


def _measured(context: Context, posts: Sequence[Post], results: Mapping[str, PostResult], now: datetime) -> list[_Post]:
    wanted = {post.item for post in posts}
    items = {item.id: item for item in context.store.items() if item.id in wanted}
    topics = _topics(context, list(items.values()), now)
    got = {post.id: results[post.id].engagements or 0 for post in posts}
    usual = {network: max(median(got[p.id] for p in posts if p.network == network), 1) for network in {p.network for p in posts}}
    return [
        _Post(
            by=_groups_of(post, items.get(post.item), topics, context.brand),
            engagements=got[post.id],
            ratio=got[post.id] / usual[post.network],
        )
        for post in posts
    ]


def _topics(context: Context, items: Sequence[Item], now: datetime) -> Mapping[str, str]:
    """Return the topic of each item that a run has scored."""
    ranker = Ranker(context.brand, context.engine(), context.progress)
    scored = ranker.recall(items, context.store.texts([item.id for item in items]), now)
    return {s.item.id: s.score.topic for s in scored.ranked}


def _groups_of(post: Post, item: Item | None, topics: Mapping[str, str], brand: Brand) -> Mapping[WorkedBy, str]:
    local = post.at.astimezone(ZoneInfo(brand.timezone)) if post.at else None
    return {
        "topic": topics.get(post.item, ""),
        "kind": post.kind or (item.kind if item else ""),
        "slot": f"{local:%a %H:00}" if local else "",
        "source": line(item.source.title, 60) if item else "",
    }
