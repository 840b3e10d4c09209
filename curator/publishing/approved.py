"""Exports and approval: what nobody has approved is warned about or refused, as the brand wants."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from curator.core.context import Context
from curator.core.errors import CuratorError, Problem
from curator.core.text.plain import line
from curator.planning import approval
from curator.publishing.formats.ready_post import ReadyPost
from curator.publishing.types import ExportRequest

_HINT = "curator serve: Calendar, Approval"


class Checked(Struct, frozen=True, kw_only=True):
    """The posts of an export. `missing`: how many are not approved, in words, or "". `left_out`: those that are refused for it."""

    posts: Sequence[ReadyPost]
    missing: str = ""
    left_out: tuple[Problem, ...] = ()


def checked(context: Context, posts: Sequence[ReadyPost], request: ExportRequest, now: datetime) -> Checked:
    """Return the posts that may go out. What is past or cancelled needs no approval.

    Raises CuratorError with every post that is not approved where the brand requires it, unless the request skips those.
    """
    rule = context.brand.calendar.approval
    ahead = [ready for ready in posts if ready.at > now and not ready.post.cancelled]
    lacking = {post.id for post in approval.unapproved([ready.post for ready in ahead], context.store.decisions())}
    if rule == "none" or not lacking:
        return Checked(posts=posts)
    missing = f"{len(lacking)} of {len(ahead)} posts not approved"
    if rule == "warn":
        return Checked(posts=posts, missing=missing)
    left_out = tuple(_problem(ready) for ready in ahead if ready.post.id in lacking)
    if not request.skip_bad:
        raise CuratorError(problems=(Problem(what=missing, where="brand.toml: calendar.approval", hint=_HINT), *left_out))
    return Checked(posts=[ready for ready in posts if ready.post.id not in lacking], left_out=left_out)


def _problem(ready: ReadyPost) -> Problem:
    return Problem(what="not approved", where=f"{ready.post.id} {line(ready.item.title, 60)}")
