"""`Library.search`: finding what the library holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from curator.core.report import SearchResults
from curator.library._workspace import Workspace, moment
from curator.search import service, sync
from curator.search.index.request import Mode, SearchRequest, Sort


class Search:
    """Search over all items by words, by meaning, or by both. Call it with a query."""

    def __init__(self, workspace: Workspace) -> None:
        """Search the library of this workspace."""
        self._workspace = workspace

    def __call__(
        self,
        query: str = "",
        *,
        mode: Mode = "both",
        sort: Sort = "relevance",
        limit: int = 20,
        page: int = 1,
        whole: bool = False,
        like: str = "",
        topics: Sequence[str] = (),
        feeds: Sequence[str] = (),
        langs: Sequence[str] = (),
        statuses: Sequence[str] = (),
        tags: Sequence[str] = (),
        since: str = "",
        until: str = "",
        now: datetime | None = None,
    ) -> SearchResults:
        """Return the items that match a query, best first.

        A query may hold "phrases", -not, OR, NEAR/5, ( ), begin*, and title: feed: lang: tag: topic: status: since: until: before a word.
        `like` is the id of an item to find similar ones of. Of the values of one filter any will do. `since` and `until` are
        days ("2026-11-23") or spans before now ("7d", "48h", "2w"). Hits by meaning end where they stop being about the query;
        with `whole` they go on. An index that is out of date is updated first.
        Raises UsageError for a query or filter that cannot be read, and NoModel where only meaning was asked for and no
        model is there.
        """
        request = SearchRequest(
            query=query,
            mode=mode,
            sort=sort,
            limit=limit,
            page=page,
            whole=whole,
            like=like,
            topics=tuple(topics),
            feeds=tuple(feeds),
            langs=tuple(langs),
            statuses=tuple(statuses),
            tags=tuple(tags),
            since=since,
            until=until,
        )
        return service.search(self._workspace.search_context(), request, moment(now))

    def reindex(self) -> int:
        """Rebuild the search index from the library. Returns the number of items in it."""
        return sync.refresh(self._workspace.search_context(), rebuild=True)
