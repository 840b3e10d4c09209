"""Check posts for what a scheduler would refuse, before they are imported there."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from curator.core.errors import Problem
from curator.publishing.formats.ready_post import ReadyPost
from curator.publishing.formats.table_layout import TableLayout, picture


def refusals(posts: Sequence[ReadyPost], layout: TableLayout, timezone: str, now: datetime) -> list[list[Problem]]:
    """Return the problems of each post. `posts` are in order of time. A layout without a lead time refuses nothing."""
    if not layout.lead:
        return [[] for _ in posts]
    found: list[list[Problem]] = []
    last: dict[str, datetime] = {}
    for ready in posts:
        before = last.get(ready.post.network)
        time_problems = (*_check_lead(ready, layout, now), *_check_distance(ready, layout, before), *_check_minute(ready, layout, timezone))
        found.append([*time_problems, *_check_content(ready, layout), *_check_board(ready, layout)])
        if not found[-1]:
            last[ready.post.network] = ready.at
    return found


def _check_lead(ready: ReadyPost, layout: TableLayout, now: datetime) -> Iterator[Problem]:
    hint = f'curator pick {ready.item.id} --network {ready.post.network} --at "…"; --skip-bad leaves it out'
    if ready.at <= now:
        yield Problem(what="its time is past", hint=hint)
    elif ready.at < now + timedelta(minutes=layout.lead):
        yield Problem(what=f"its time is less than {layout.lead} minutes ahead", hint=hint)


def _check_distance(ready: ReadyPost, layout: TableLayout, before: datetime | None) -> Iterator[Problem]:
    if before and ready.at - before < timedelta(minutes=layout.apart):
        what = f"it comes less than {layout.apart} minutes after the post before it"
        yield Problem(what=what, hint=f'curator pick {ready.item.id} --network {ready.post.network} --at "…"')


def _check_minute(ready: ReadyPost, layout: TableLayout, timezone: str) -> Iterator[Problem]:
    at = ready.at.astimezone(ZoneInfo(timezone))
    if layout.minute_step and at.minute % layout.minute_step:
        next_ = at + timedelta(minutes=-at.minute % layout.minute_step)
        what = f"{layout.name} takes a time on every {layout.minute_step}th minute only, not {at:%H:%M}"
        yield Problem(what=what, hint=f'curator plan --move {ready.post.id} "{next_:%Y-%m-%d %H:%M}"')


def _check_board(ready: ReadyPost, layout: TableLayout) -> Iterator[Problem]:
    """Require a board where the rows of the network have a column for it."""
    columns = layout.overrides.get(ready.post.network, {}).values()
    if not ready.board and any("{board}" in pattern for pattern in columns):
        hint = f'[boards] in brand.toml, with {ready.post.network} = "Our coffee" below it'
        yield Problem(what=f"no board is named for {ready.network}", hint=hint)


def _check_content(ready: ReadyPost, layout: TableLayout) -> Iterator[Problem]:
    post = ready.post
    if layout.networks and post.network not in layout.networks:
        yield Problem(what=f"{layout.name} has no {ready.network}", hint=f"curator pick {post.item} --network {layout.networks[0]}")
    for what in ready.problems:
        yield Problem(what=what, hint=f"curator draft {post.item} --network {post.network}")
    if ready.needs_media and ready.item.image and not picture(ready, layout):
        what = f"{layout.name} takes no picture but {', '.join(layout.picture_types)}"
        yield Problem(what=what, hint="--skip-bad leaves it out: post it by hand")
