"""Edits of the posts in the calendar: move, lock and drop."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec.structs import replace

from curator.core.context import Context
from curator.core.errors import CuratorError
from curator.core.item import Item
from curator.core.post import Post
from curator.core.text.plain import line
from curator.planning import decisions, times
from curator.planning.plan import standing_posts


def move(context: Context, name: str, when: str, now: datetime) -> list[Post]:
    """Give posts another time. Raises UsageError for a time that is unknown or past, CuratorError for a post that is locked."""
    at = times.when(when, now, context.brand.timezone)
    return _edit(context, name, now, lambda post: decisions.updated(_unlocked(post), now, at=at))


def lock(context: Context, name: str, now: datetime, *, locked: bool = True) -> list[Post]:
    """Lock posts, so that they cannot be moved or dropped, or unlock them."""
    return _edit(context, name, now, lambda post: replace(post, locked=locked))


def drop(context: Context, name: str, now: datetime) -> list[Post]:
    """Cancel posts. Their item stays picked, so that it is not proposed again. Raises CuratorError for a post that is locked."""
    return _edit(context, name, now, lambda post: decisions.updated(_unlocked(post), now, cancelled=True))


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
