"""What a scheduler would refuse, found before it is asked: all of it, post by post."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from curator.core.errors import Problem
from curator.publishing.formats.ready import ReadyPost
from curator.publishing.formats.rows import Layout, picture


def refusals(posts: Sequence[ReadyPost], layout: Layout, timezone: str, now: datetime) -> list[list[Problem]]:
    """What is wrong with each of the posts, which come in the order of their times; nothing where the layout asks for nothing."""
    if not layout.lead:
        return [[] for _ in posts]
    found: list[list[Problem]] = []
    last: dict[str, datetime] = {}
    for ready in posts:
        before = last.get(ready.post.network)
        when = (*_untimely(ready, layout, now), *_crowded(ready, layout, before), *_uneven(ready, layout, timezone))
        found.append([*when, *_unfit(ready, layout), *_homeless(ready, layout)])
        if not found[-1]:
            last[ready.post.network] = ready.at
    return found


def _untimely(ready: ReadyPost, layout: Layout, now: datetime) -> Iterator[Problem]:
    hint = f'curator pick {ready.item.id} --network {ready.post.network} --at "…"; --skip-bad leaves it out'
    if ready.at <= now:
        yield Problem(what="its time is past", hint=hint)
    elif ready.at < now + timedelta(minutes=layout.lead):
        yield Problem(what=f"its time is less than {layout.lead} minutes ahead", hint=hint)


def _crowded(ready: ReadyPost, layout: Layout, before: datetime | None) -> Iterator[Problem]:
    if before and ready.at - before < timedelta(minutes=layout.apart):
        what = f"it comes less than {layout.apart} minutes after the post before it"
        yield Problem(what=what, hint=f'curator pick {ready.item.id} --network {ready.post.network} --at "…"')


def _uneven(ready: ReadyPost, layout: Layout, timezone: str) -> Iterator[Problem]:
    at = ready.at.astimezone(ZoneInfo(timezone))
    if layout.grid and at.minute % layout.grid:
        next_ = at + timedelta(minutes=-at.minute % layout.grid)
        what = f"{layout.name} takes a time on every {layout.grid}th minute only, not {at:%H:%M}"
        yield Problem(what=what, hint=f'curator plan --move {ready.post.id} "{next_:%Y-%m-%d %H:%M}"')


def _homeless(ready: ReadyPost, layout: Layout) -> Iterator[Problem]:
    """Where the rows of a network have a place for a board, it must be said."""
    columns = layout.when.get(ready.post.network, {}).values()
    if not ready.board and any("{board}" in pattern for pattern in columns):
        hint = f'[boards] in brand.toml, with {ready.post.network} = "Our coffee" below it'
        yield Problem(what=f"no board is named for {ready.network}", hint=hint)


def _unfit(ready: ReadyPost, layout: Layout) -> Iterator[Problem]:
    post = ready.post
    if layout.networks and post.network not in layout.networks:
        yield Problem(what=f"{layout.name} has no {ready.network}", hint=f"curator pick {post.item} --network {layout.networks[0]}")
    for what in ready.problems:
        yield Problem(what=what, hint=f"curator draft {post.item} --network {post.network}")
    if ready.pictured and ready.item.image and not picture(ready, layout):
        what = f"{layout.name} takes no picture but {', '.join(layout.pictures)}"
        yield Problem(what=what, hint="--skip-bad leaves it out: post it by hand")
