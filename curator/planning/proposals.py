"""Proposals: the best filling of the open slots, shown before it is kept."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from curator.core.context import Context
from curator.core.errors import ConfigError
from curator.core.item import Item
from curator.core.post import Post
from curator.planning import candidates, decisions, solver
from curator.planning.plan import Plan, draw, standing_posts
from curator.planning.slots import Slot
from curator.planning.solver import Assignment


class PlanProposal(Struct, frozen=True, kw_only=True):
    """A plan whose open slots are filled, but not kept yet.

    `items`: the assigned items by id, with their content types. `note` says where the filling may not be the best.
    """

    plan: Plan
    assignments: tuple[Assignment, ...] = ()
    items: Mapping[str, Item] = {}
    note: str = ""

    def kept(self, posts: Iterable[Post]) -> Plan:
        """Return the plan once these of its posts are in the calendar."""
        return self.plan.marked(posts, "kept")


def propose(context: Context, now: datetime, weeks: int) -> PlanProposal:
    """Return the best filling of the open slots, keeping nothing. Raises ConfigError where brand.toml names no slot."""
    if not context.brand.calendar.slots:
        raise ConfigError("there is no slot to fill", where="brand.toml: calendar.slots", hint='slots = ["Mon 09:00", "Fri 17:00"]')
    posts = standing_posts(context)
    gaps = [Slot(when=entry.when, network=entry.network) for entry in draw(context, now, weeks, posts).slots if not entry.item]
    problem = candidates.collect(context, now, gaps, posts)
    filling = solver.fill(problem.slots, problem.candidates, problem.scheduled, problem.rules)
    items = {a.item: problem.items[a.item] for a in filling.assignments}
    fresh = _posts(filling.assignments, items, now)
    ids = {post.id for post in fresh}
    drawn = draw(context, now, weeks, [*(p for p in posts if p.id not in ids), *fresh], items)
    return PlanProposal(plan=drawn.marked(fresh, "proposed"), assignments=filling.assignments, items=items, note=filling.note)


def keep(context: Context, proposal: PlanProposal, now: datetime) -> list[Post]:
    """Put a proposal into the calendar, as one command that can be undone."""
    by_item: dict[str, list[Post]] = {}
    for post in _posts(proposal.assignments, proposal.items, now):
        by_item.setdefault(post.item, []).append(post)

    def edit(item: Item, posts: Sequence[Post]) -> tuple[Item, Sequence[Post]]:
        before = {post.network: post for post in posts}
        scheduled = [_scheduled(post, before.get(post.network), now) for post in by_item[item.id]]
        return replace(item, status="picked", kind=item.kind or proposal.items[item.id].kind), scheduled

    return [post for done in decisions.change(context, list(by_item), now, "place", edit) for post in done.posts]


def _posts(assignments: Iterable[Assignment], items: Mapping[str, Item], now: datetime) -> list[Post]:
    """Return the assignments as posts, one for each network."""
    return [
        Post(item=a.item, network=network, at=a.when, kind=items[a.item].kind, changed=now) for a in assignments for network in a.networks
    ]


def _scheduled(post: Post, old: Post | None, now: datetime) -> Post:
    """Return the post as the successor of the one that the item has on that network, if any, so that calendars update it."""
    if old is None:
        return post
    if not old.cancelled:
        return decisions.updated(old, now, at=post.at)
    return replace(post, sequence=old.sequence + 1, text=old.text)
