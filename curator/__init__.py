"""Curation desk of a social media specialist: from thousands of feed items to the few that fit the brand, with reasons.

    from curator import Library

    with Library.open("kopi-senja") as desk:
        report = desk.run()
        results = desk.search("cold brew")

`__all__` is the public API: `Library`, the functions that need no brand directory, and the types they take and return.
Names are imported when they are first used, so that `curator --help` pays for none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curator.config.edit import Edit
    from curator.core.brand import Brand, Topic, Watch
    from curator.core.desk_report import (
        Coverage,
        DeskReport,
        FeedYield,
        KindShare,
        ListDay,
        Proposal,
        Saved,
        Steps,
        TopicYield,
        Voice,
        Worked,
        WorkedGroup,
    )
    from curator.core.errors import (
        ConfigError,
        CuratorError,
        DecidedElsewhere,
        Locked,
        NoModel,
        NothingFetched,
        Problem,
        StoreError,
        UsageError,
    )
    from curator.core.explanation import Change, Explanation
    from curator.core.feed import Article, Failure, Feed
    from curator.core.fleet import BrandRun, BrandStatus, FleetReport, FleetStatus, HarvestCounts
    from curator.core.item import Item, Source
    from curator.core.notice import ChannelTest, Notice
    from curator.core.post import Answer, Decision, Post
    from curator.core.protocols import Progress, Store
    from curator.core.report import (
        CheckedEntry,
        Counts,
        DiscoveredFeed,
        FeedCheck,
        HealthCheck,
        Hop,
        RunReport,
        SearchHit,
        SearchResults,
        Seconds,
        Subscription,
    )
    from curator.core.result import PostResult
    from curator.core.review import PostAnswer, Review
    from curator.core.scouting import ScoutedSite
    from curator.core.story import Card, Evidence, Fit, Mention, Momentum, Reason, RelatedItem, StoryRef
    from curator.core.trend import LanguageStart, Trend, TrendItem, Trends
    from curator.jobs.replay import RankChange, Replay, Side, Suggestion
    from curator.jobs.results import ResultsRead
    from curator.jobs.watching import Difference, WatchTrial
    from curator.library import Library, SilentProgress, check_feeds, demo, discover_feeds, doctor, extract, import_library
    from curator.library.brief import Brief
    from curator.library.calendar import Calendar
    from curator.library.decisions import Decisions
    from curator.library.drafts import Drafts
    from curator.library.feeds import Feeds
    from curator.library.fleet import Fleet
    from curator.library.notifications import Notifications
    from curator.library.publishing import Publishing
    from curator.library.reviews import Reviews
    from curator.library.saving_key import SavingKey
    from curator.library.search import Search
    from curator.library.watches import Watches
    from curator.planning.answers import Answered, ReviewPost
    from curator.planning.approval import Approval
    from curator.planning.decisions import Decided
    from curator.planning.plan import CalendarEntry, Plan, Share
    from curator.planning.post import PostDraft
    from curator.planning.proposals import PlanProposal
    from curator.planning.times import PostTime
    from curator.publishing.caldav import PushResult
    from curator.publishing.results.join import Unjoined
    from curator.publishing.results.table import ResultRow
    from curator.publishing.types import ExportFiles, WrittenExport
    from curator.ranking.watch_trial import FalseFriend, NearMiss
    from curator.storage.move import Moved
    from curator.storage.transfer import ImportResult

__all__ = [
    "Answer",
    "Answered",
    "Approval",
    "Article",
    "Brand",
    "BrandRun",
    "BrandStatus",
    "Brief",
    "Calendar",
    "CalendarEntry",
    "Card",
    "Change",
    "ChannelTest",
    "CheckedEntry",
    "ConfigError",
    "Counts",
    "Coverage",
    "CuratorError",
    "Decided",
    "DecidedElsewhere",
    "Decision",
    "Decisions",
    "DeskReport",
    "Difference",
    "DiscoveredFeed",
    "Drafts",
    "Edit",
    "Evidence",
    "Explanation",
    "ExportFiles",
    "Failure",
    "FalseFriend",
    "Feed",
    "FeedCheck",
    "FeedYield",
    "Feeds",
    "Fit",
    "Fleet",
    "FleetReport",
    "FleetStatus",
    "HarvestCounts",
    "HealthCheck",
    "Hop",
    "ImportResult",
    "Item",
    "KindShare",
    "LanguageStart",
    "Library",
    "ListDay",
    "Locked",
    "Mention",
    "Momentum",
    "Moved",
    "NearMiss",
    "NoModel",
    "NothingFetched",
    "Notice",
    "Notifications",
    "Plan",
    "PlanProposal",
    "Post",
    "PostAnswer",
    "PostDraft",
    "PostResult",
    "PostTime",
    "Problem",
    "Progress",
    "Proposal",
    "Publishing",
    "PushResult",
    "RankChange",
    "Reason",
    "RelatedItem",
    "Replay",
    "ResultRow",
    "ResultsRead",
    "Review",
    "ReviewPost",
    "Reviews",
    "RunReport",
    "Saved",
    "SavingKey",
    "ScoutedSite",
    "Search",
    "SearchHit",
    "SearchResults",
    "Seconds",
    "Share",
    "Side",
    "SilentProgress",
    "Source",
    "Steps",
    "Store",
    "StoreError",
    "StoryRef",
    "Subscription",
    "Suggestion",
    "Topic",
    "TopicYield",
    "Trend",
    "TrendItem",
    "Trends",
    "Unjoined",
    "UsageError",
    "Voice",
    "Watch",
    "WatchTrial",
    "Watches",
    "Worked",
    "WorkedGroup",
    "WrittenExport",
    "check_feeds",
    "demo",
    "discover_feeds",
    "doctor",
    "extract",
    "import_library",
]

_MODULES = {
    "curator.config.edit": ("Edit",),
    "curator.core.brand": ("Brand", "Topic", "Watch"),
    "curator.core.desk_report": (
        "Coverage",
        "DeskReport",
        "FeedYield",
        "KindShare",
        "ListDay",
        "Proposal",
        "Saved",
        "Steps",
        "TopicYield",
        "Voice",
        "Worked",
        "WorkedGroup",
    ),
    "curator.core.errors": (
        "ConfigError",
        "CuratorError",
        "DecidedElsewhere",
        "Locked",
        "NoModel",
        "NothingFetched",
        "Problem",
        "StoreError",
        "UsageError",
    ),
    "curator.core.explanation": ("Change", "Explanation"),
    "curator.core.feed": ("Article", "Failure", "Feed"),
    "curator.core.fleet": ("BrandRun", "BrandStatus", "FleetReport", "FleetStatus", "HarvestCounts"),
    "curator.core.item": ("Item", "Source"),
    "curator.core.notice": ("ChannelTest", "Notice"),
    "curator.core.post": ("Answer", "Decision", "Post"),
    "curator.core.protocols": ("Progress", "Store"),
    "curator.core.report": (
        "CheckedEntry",
        "Counts",
        "DiscoveredFeed",
        "FeedCheck",
        "HealthCheck",
        "Hop",
        "RunReport",
        "SearchHit",
        "SearchResults",
        "Seconds",
        "Subscription",
    ),
    "curator.core.review": ("PostAnswer", "Review"),
    "curator.core.story": ("Card", "Evidence", "Fit", "Mention", "Momentum", "Reason", "RelatedItem", "StoryRef"),
    "curator.core.result": ("PostResult",),
    "curator.core.scouting": ("ScoutedSite",),
    "curator.core.trend": ("LanguageStart", "Trend", "TrendItem", "Trends"),
    "curator.jobs.replay": ("RankChange", "Replay", "Side", "Suggestion"),
    "curator.jobs.results": ("ResultsRead",),
    "curator.jobs.watching": ("Difference", "WatchTrial"),
    "curator.library": ("Library", "SilentProgress", "check_feeds", "demo", "discover_feeds", "doctor", "extract", "import_library"),
    "curator.library.brief": ("Brief",),
    "curator.library.calendar": ("Calendar",),
    "curator.library.decisions": ("Decisions",),
    "curator.library.drafts": ("Drafts",),
    "curator.library.feeds": ("Feeds",),
    "curator.library.fleet": ("Fleet",),
    "curator.library.notifications": ("Notifications",),
    "curator.library.publishing": ("Publishing",),
    "curator.library.reviews": ("Reviews",),
    "curator.library.saving_key": ("SavingKey",),
    "curator.library.search": ("Search",),
    "curator.library.watches": ("Watches",),
    "curator.planning.answers": ("Answered", "ReviewPost"),
    "curator.planning.approval": ("Approval",),
    "curator.planning.decisions": ("Decided",),
    "curator.planning.plan": ("CalendarEntry", "Plan", "Share"),
    "curator.planning.post": ("PostDraft",),
    "curator.planning.proposals": ("PlanProposal",),
    "curator.publishing.results.join": ("Unjoined",),
    "curator.publishing.results.table": ("ResultRow",),
    "curator.planning.times": ("PostTime",),
    "curator.publishing.caldav": ("PushResult",),
    "curator.publishing.types": ("ExportFiles", "WrittenExport"),
    "curator.ranking.watch_trial": ("FalseFriend", "NearMiss"),
    "curator.storage.move": ("Moved",),
    "curator.storage.transfer": ("ImportResult",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value
