"""`Library.drafts`: the texts of posts."""

from __future__ import annotations

from datetime import datetime

from curator.library._workspace import Workspace, moment
from curator.planning import drafts
from curator.planning.post import PostDraft


class Drafts:
    """Drafts of posts, within the limits of their networks.

    Every method raises CuratorError for an id that names no item, or several, and UsageError for an unknown network.
    """

    def __init__(self, workspace: Workspace) -> None:
        """Draft posts of this workspace's items."""
        self._workspace = workspace

    def get(self, id: str, network: str | None = None, *, now: datetime | None = None) -> PostDraft:  # noqa: A002 - as the command calls it
        """Return the item's post on `network`, else on the first it is planned for, else on the brand's first."""
        return self.all(id, network, now=now)[0]

    def all(self, id: str, network: str | None = None, *, now: datetime | None = None) -> tuple[PostDraft, ...]:  # noqa: A002
        """Return the item's post on `network`, else on each it is planned for, else on each of the brand's."""
        return drafts.drafts(self._workspace.context(), id, moment(now), network=network)

    def measure(self, id: str, text: str, network: str) -> PostDraft:  # noqa: A002
        """Return a text as the item's post on a network, with its length and its problems, keeping nothing."""
        return drafts.measure(self._workspace.context(), id, text, network)

    def write(self, id: str, text: str, network: str | None = None, *, now: datetime | None = None) -> PostDraft:  # noqa: A002
        """Keep the user's own text of a post, and return it as a draft; an empty text brings the generated one back."""
        return drafts.write(self._workspace.context(), id, text, moment(now), network=network)
