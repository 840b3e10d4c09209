"""`Library.feeds`: the subscriptions of a brand."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from curator.config import opml
from curator.core.errors import ConfigError, Problem
from curator.core.feed import Failure, Feed
from curator.core.report import Subscription
from curator.core.text import urls
from curator.core.text.plain import line
from curator.jobs import subscriptions
from curator.library._network import online
from curator.library._workspace import Workspace, moment


def _feed_of(typed: str) -> str:
    """Return the address of the feed that is meant. Raises ConfigError for a page of a platform that has no feeds, and a bare @name."""
    from curator.feeds import platforms

    address = platforms.address(typed)
    if typed.startswith("@") and not urls.domain(address).count("."):
        hint = f"type the address of its page, or the name with its server: curator feeds add {typed}@mastodon.social"
        raise ConfigError(f"{line(typed, 60)} is a name, and not said where", hint=hint)
    account = platforms.account(address) if address else None
    if account and not account.platform.feed:
        missing = account.without_feed(address)
        raise ConfigError(missing.reason, where=address, hint=missing.hint)
    return (account and account.feed()) or address or typed


def _country(lang: str) -> str:
    from babel.core import get_global

    return str(get_global("likely_subtags").get(lang, "")).rpartition("_")[2] or "US"


class Feeds:
    """Feeds named in feeds.opml, in its order. Iterate over it, or ask for its length."""

    def __init__(self, workspace: Workspace) -> None:
        """Work on the feeds.opml of this workspace."""
        self._workspace = workspace

    def __iter__(self) -> Iterator[Feed]:
        """Iterate over the feeds. Raises ConfigError where feeds.opml cannot be read."""
        return iter(self._workspace.feeds)

    def __len__(self) -> int:
        """Return the number of feeds. Raises ConfigError where feeds.opml cannot be read."""
        return len(self._workspace.feeds)

    def health(self) -> tuple[Subscription, ...]:
        """Return every feed with its last success, its failures and its yield."""
        return subscriptions.health(self._workspace.feeds, self._workspace.store)

    def add(self, url: str, *, title: str = "", category: str = "", check: bool = True) -> Feed | None:
        """Subscribe to a feed. Returns None where feeds.opml names it already.

        `url`: the address of the feed, or of an account whose platform keeps its feed at a known place. `check` fetches the
        feed first: its own title is taken where none is given. Raises ConfigError where it is not a feed.
        """
        return self._add(Feed(url=_feed_of(url), title=title, category=category), check=check)

    def add_news(self, words: str, *, country: str = "", title: str = "", category: str = "", check: bool = True) -> Feed | None:
        """Subscribe to a news search. Returns None and raises ConfigError as `add` does.

        The search is asked in the brand's language, as seen from `country` (two letters), by default where most speak it. The
        news site promises nothing: the feed may break at any time.
        """
        from curator.feeds import platforms

        lang = self._workspace.brand.language
        found = platforms.news(words, lang, country or _country(lang))
        return self._add(replace(found, title=title or found.title, category=category), check=check)

    def _add(self, feed: Feed, *, check: bool) -> Feed | None:
        if check:
            feed = self._checked(feed)
        return feed if self._workspace.write_opml(opml.add(self._workspace.read_opml(), feed)) else None

    def remove(self, part: str) -> Feed:
        """Unsubscribe from the one feed whose address or title contains `part`. Raises ConfigError for none, or several."""
        feed = self._find(part)
        self._workspace.write_opml(opml.remove(self._workspace.read_opml(), feed.url))
        return feed

    def import_opml(self, file: Path, *, dry_run: bool = False) -> tuple[tuple[Feed, ...], tuple[Problem, ...]]:
        """Add the feeds of another OPML file. Returns the feeds that are new, and what was mended or left out.

        `dry_run` only returns them. Raises ConfigError where feeds.opml itself cannot be read whole: its feeds would be lost. It is
        left as it is.
        """
        theirs = opml.parse(file.read_bytes(), where=str(file))
        try:
            known = {urls.canonical(feed.url) for feed in self}
        except ConfigError as error:
            hint = f"mend it, or put it aside: mv {{0}} {{0}}.broken; curator init {shlex.quote(str(self._workspace.home))}"
            own = shlex.quote(str(self._workspace.opml_path))
            raise ConfigError(problems=[replace(problem, hint=hint.format(own)) for problem in error.problems]) from error
        added = tuple(feed for feed in theirs.feeds if urls.canonical(feed.url) not in known)
        if not dry_run:
            self._workspace.write_opml(opml.add(self._workspace.read_opml(), *added))
        return added, theirs.problems

    def export_opml(self) -> bytes:
        """Return the feeds as an OPML document."""
        return opml.build(self._workspace.feeds, title=self._workspace.brand.name)

    def _find(self, part: str) -> Feed:
        found = [feed for feed in self if feed.url == part] or [
            feed for feed in self if part.casefold() in f"{feed.url} {feed.title}".casefold()
        ]
        if len(found) != 1:
            what = f"{len(found)} feeds have {part!r} in address or title" if found else f"no feed has {part!r} in address or title"
            raise ConfigError(what, where=str(self._workspace.opml_path), hint="curator feeds list")
        return found[0]

    def _checked(self, feed: Feed) -> Feed:
        from curator.feeds import inspect

        brand, now = self._workspace.brand, moment(None)
        answer = online(brand.fetch, lambda fetcher, workers: inspect.feeds([feed.url], fetcher, workers, now, brand.timezone))[0]
        if isinstance(answer, Failure):
            hint = answer.hint or f"curator feeds add {feed.url} --unchecked adds it all the same"
            raise ConfigError(answer.reason, where=feed.url, hint=hint)
        return replace(feed, title=feed.title or answer.title, site=answer.site)
