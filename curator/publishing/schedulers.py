"""What schedulers would refuse in a post, while its text is being written."""

from collections.abc import Iterator
from datetime import datetime

from curator.core.context import Context
from curator.core.errors import Problem
from curator.core.post import Post
from curator.planning.post import PostDraft, networks
from curator.publishing.formats import TABLES, checks, table_layout
from curator.publishing.formats.ready_post import ReadyPost


def refused(context: Context, draft: PostDraft, now: datetime) -> dict[str, tuple[Problem, ...]]:
    """Return by the name of each scheduler what it would refuse in a post, beyond what the network itself does.

    The posts before it on the network count as accepted. A post without a time is in no export, and nothing is refused.
    """
    ready = list(_ready(context, draft))
    if not any(each.post.item == draft.id for each in ready):
        return {}
    found = {}
    for layout in map(table_layout.load, TABLES):
        *_, mine = checks.refusals(ready, layout, context.brand.timezone, now)
        if mine:
            found[layout.name] = tuple(mine)
    return found


def _ready(context: Context, draft: PostDraft) -> Iterator[ReadyPost]:
    """Yield the posts of the network up to that of the draft, by time."""
    standing = [post for post in context.store.posts() if post.network == draft.network and post.at and not post.cancelled]
    mine = next((post for post in standing if post.item == draft.id), None)
    for post in standing if mine else ():
        yield from _as_ready(context, post)
        if post is mine:
            return


def _as_ready(context: Context, post: Post) -> Iterator[ReadyPost]:
    """Yield a post with its item as exports have them; nothing where the item is no longer in the library."""
    rules, board = networks.rules(post.network), context.brand.boards.get(post.network, "")
    for item in context.store.find(post.item):
        if post.at:
            yield ReadyPost(
                post=post, item=item, at=post.at, text=post.text, network=rules.title, needs_media=rules.needs_media, board=board
            )
