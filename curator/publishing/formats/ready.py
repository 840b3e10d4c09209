"""A post as it goes out: its place in the calendar, its item and its words. What every format of the calendar is made of."""

from datetime import datetime

from msgspec import Struct

from curator.core.item import Item
from curator.core.post import Post


class ReadyPost(Struct, frozen=True, kw_only=True):
    """`at` is in UTC; `text` has several lines and, where the network makes it one, the link `url`.

    `network`: its name as it writes itself; `pictured`: it shows a picture where others show the link's own card.
    `board`: what it is pinned to, "" where the brand says none.
    `length` and `limit` count as the network does; `problems`: what it would refuse, in plain words.
    """

    post: Post
    item: Item
    at: datetime
    text: str
    network: str
    pictured: bool = False
    board: str = ""
    url: str = ""
    topic: str = ""
    length: int = 0
    limit: int = 0
    problems: tuple[str, ...] = ()
