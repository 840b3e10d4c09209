"""Results: what a post got on its network, as an analytics export tells it."""

from datetime import datetime

from msgspec import Struct


class PostResult(Struct, frozen=True, kw_only=True):
    """The latest known counts of one post.

    - `post`: id of the post. `at`: when it went out, None where the export does not say. `measured`: when the export was read.
    - `url`: address of the post on its network, "" where the export has none. `tool`: the program that wrote the export.
    - A count is None where the export has no such column. `impressions`: how often it was seen. `reach`: by how many.
    - `engagements`: as the tool counts them, or the sum of likes, comments, shares, saves and clicks.
    """

    post: str
    measured: datetime
    at: datetime | None = None
    url: str = ""
    tool: str = ""
    impressions: int | None = None
    reach: int | None = None
    engagements: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    clicks: int | None = None
