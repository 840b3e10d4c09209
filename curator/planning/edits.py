"""Edits of the posts in the calendar: move, lock and drop."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from curator.core.context import Context
from curator.core.errors import CuratorError, UsageError
from curator.core.item import Item
from curator.core.post import Post
from curator.core.text.plain import line
from curator.planning import decisions, slots, times
from curator.planning.plan import standing_posts
from curator.planning.slots import ANYWHERE
from curator.planning.times import PostTime


def when(context: Context, words: str, now: datetime, *, networks: Sequence[str] = (), post: str = "") -> PostTime:
    """Return the time that words mean for a post. A day without a time takes the next slot of it that is open on the networks.

    `networks`: default the brand's first. `post`: name of posts that are to be moved, whose networks count instead. Raises
    UsageError for a time that is unknown, ambiguous or past, and CuratorError for a name that means no post.
    """
    brand = context.brand

    def open_on(day: date) -> list[datetime]:
        posts = standing_posts(context)
        moved = _named(post, posts) if post else []
        wanted = [one.network for one in moved] or [network.lower() for network in networks] or brand.calendar.networks[:1] or (ANYWHERE,)
        return slots.open_on(day, brand.calendar, [one for one in posts if one not in moved], wanted, brand.timezone)

    return times.when(words, now, brand.timezone, open_on)


def move(context: Context, name: str, at: datetime | str, now: datetime) -> list[Post]:
    """Give posts another time; words are read by `when`. Raises CuratorError for a post that is locked."""
    at = when(context, at, now, post=name).at if isinstance(at, str) else at
    return _edit(context, name, now, lambda post: decisions.updated(_unlocked(post), now, at=at))


def shift(context: Context, name: str, days: int, now: datetime) -> list[Post]:
    """Move posts by so many days, to the same time on the clocks of the brand's time zone.

    Raises CuratorError for a post that is locked or has no time, and UsageError where the new time is past.
    """
    return _edit(
        context, name, now, lambda post: decisions.updated(_unlocked(post), now, at=_shifted(post, days, context.brand.timezone, now))
    )


def lock(context: Context, name: str, now: datetime, *, locked: bool = True) -> list[Post]:
    """Lock posts, so that they cannot be moved or dropped, or unlock them."""
    return _edit(context, name, now, lambda post: replace(post, locked=locked))


def drop(context: Context, name: str, now: datetime) -> list[Post]:
    """Cancel posts. Their item stays picked, so that it is not proposed again. Raises CuratorError for a post that is locked."""
    return _edit(context, name, now, lambda post: decisions.updated(_unlocked(post), now, cancelled=True))


def _shifted(post: Post, days: int, timezone: str, now: datetime) -> datetime:
    if post.at is None:
        raise CuratorError(f"{post.id} has no time yet", hint=f'curator plan --move {post.id} "tue 09:00"')
    local = post.at.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    moved = slots.utc(local + timedelta(days=days), timezone)
    if moved <= now:
        raise UsageError("that time is past", hint=f'curator plan --move {post.id} "tue 09:00"')
    return moved


def _unlocked(post: Post) -> Post:
    """Return the post. Raises CuratorError where it is locked."""
    if post.locked:
        raise CuratorError(f"{post.id} is locked", hint=f"curator plan --unlock {post.id}")
    return post


def _edit(context: Context, name: str, now: datetime, change: Callable[[Post], Post]) -> list[Post]:
    """Change the posts that a name means, as one command that can be undone."""
    found = _named(name, standing_posts(context))
    ids = {post.id for post in found}

    def edit(item: Item, posts: Sequence[Post]) -> tuple[Item, Sequence[Post]]:
        return item, [change(post) if post.id in ids else post for post in posts]

    done = decisions.change(context, [found[0].item], now, "place", edit)
    return [post for each in done for post in each.posts if post.id in ids]


def _named(name: str, posts: Sequence[Post]) -> list[Post]:
    """Return the posts of one item that a name means: the beginning of an item's id, and of a network after a dash.

    Raises CuratorError where it means no post, or posts of several items.
    """
    id_, _, network = name.strip().lower().partition("-")
    found = [post for post in posts if id_ and post.item.startswith(id_) and post.network.startswith(network)]
    if not found:
        raise CuratorError(f"the calendar has no post {line(name, 60)!r}", hint="curator plan shows the posts")
    if len(items := sorted({post.item for post in found})) > 1:
        raise CuratorError(f"{line(name, 60)!r} may be any of {', '.join(items[:4])}", hint="type one more character")
    return found
