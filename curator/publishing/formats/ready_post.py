"""A post with its time, item and text: what every calendar format is made of."""

from datetime import datetime

from msgspec import Struct

from curator.core.item import Item
from curator.core.post import Post


class ReadyPost(Struct, frozen=True, kw_only=True):
    """A post as it goes out. `at` is in UTC; `text` may have several lines, and contains `url` where the network shows links.

    `network` is the network's display name; `needs_media` says that it posts a picture where others show the link's card. `board`
    is what the post is pinned to. `length` and `limit` count as the network does. `problems`: why the network would refuse it.
    """

    post: Post
    item: Item
    at: datetime
    text: str
    network: str
    needs_media: bool = False
    board: str = ""
    url: str = ""
    topic: str = ""
    length: int = 0
    limit: int = 0
    problems: tuple[str, ...] = ()
