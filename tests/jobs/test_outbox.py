"""What fetches and runs put into the outbox: in the same commit as what it is about, once, and not at all without channels."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from support.parts import BRAND, NOW, Web, desk, page, rss

from curator.core.brand import Brand, NotifyRules
from curator.core.context import Context
from curator.core.feed import Failure
from curator.core.protocols import Changes
from curator.jobs import daily, fetch
from curator.storage.memory import MemoryStore

FEED, OTHER = "https://warta.example/feed.xml", "https://lain.example/feed.xml"


def told(watch: str = "now", **changes: object) -> Brand:
    asked = replace(BRAND.watch[0], notify=watch, **changes)  # type: ignore[arg-type]
    return replace(BRAND, watch=(asked,), notify=NotifyRules(urls=("env:CHAT",)))


def web(*titles: str, body: str = "kopi petani sangrai") -> Web:
    made = Web()
    rows = [{"title": title, "link": f"https://warta.example/{n}", "description": body} for n, title in enumerate(titles)]
    made.serve(FEED, rss("warta.example", rows), "application/rss+xml")
    made.serve(OTHER, rss("lain.example", []), "application/rss+xml")
    for n, title in enumerate(titles):
        made.serve(f"https://warta.example/{n}", page(title, f"{title}. {body} " * 30))
    return made


def notices(context: Context) -> list[tuple[str, str]]:
    return [(each.kind, each.title or each.about) for each in context.store.notices()]


def test_a_fetch_tells_the_mentions_of_a_watch_that_is_told_at_once() -> None:
    here = desk(web("Kopi Senja buka", "Kopi lain"), FEED, brand=told())
    fetch.fetch(here, NOW)
    assert notices(here) == [("mention", "Kopi Senja buka")]
    fetch.fetch(here, NOW + timedelta(days=1))
    assert len(notices(here)) == 1


def test_a_fetch_leaves_the_mentions_of_other_watches_to_the_daily_run() -> None:
    here = desk(web("Kopi Senja buka"), FEED, brand=told("daily"))
    fetch.fetch(here, NOW)
    assert notices(here) == []
    daily.run(here, NOW + timedelta(hours=1), fetch=False)
    assert notices(here) == [("list", "2026-11-23"), ("mention", "Kopi Senja buka")]


def test_what_a_fetch_told_is_not_told_by_the_run_after_it() -> None:
    here = desk(web("Kopi Senja buka"), FEED, brand=told())
    fetch.fetch(here, NOW)
    for hour in (1, 2):
        daily.run(here, NOW + timedelta(hours=hour), fetch=False)
    assert sorted(notices(here)) == [("list", "2026-11-23"), ("mention", "Kopi Senja buka")]


def test_without_channels_the_outbox_stays_empty() -> None:
    here = desk(web("Kopi Senja buka"), FEED)
    fetch.fetch(here, NOW)
    daily.run(here, NOW, fetch=False)
    assert here.store.notices() == []


def test_a_feed_that_dies_is_told_once_and_once_when_it_is_back() -> None:
    site = web("Kopi lain")
    here = desk(site, FEED, OTHER, brand=told())
    fetch.fetch(here, NOW)
    good = site.pages[FEED]
    site.pages[FEED] = Failure(url=FEED, stage="fetch", reason="answered 500", status=500)
    for day in range(1, 8):
        fetch.fetch(here, NOW + timedelta(days=day), all_=True)
    assert notices(here) == [("lost", "warta.example")]
    assert here.store.notices()[0].sentence == "answered 500"
    site.pages[FEED] = good
    for day in (8, 9):
        fetch.fetch(here, NOW + timedelta(days=day), all_=True)
    assert [kind for kind, _ in notices(here)] == ["lost", "back"]


class Refusing(MemoryStore):
    """A store on a full disk."""

    full = True

    def commit(self, changes: Changes) -> None:
        if self.full:
            raise OSError
        super().commit(changes)


def test_what_a_refused_commit_did_not_keep_is_found_and_told_by_the_next_fetch() -> None:
    store = Refusing()
    here = desk(web("Kopi Senja buka"), FEED, brand=told(), store=store)
    with pytest.raises(OSError):
        fetch.fetch(here, NOW)
    store.full = False
    fetch.fetch(here, NOW + timedelta(hours=1))
    assert notices(here) == [("mention", "Kopi Senja buka")]


def test_a_condition_holds_a_mention_back_and_a_false_friend_makes_it_uncertain_at_first() -> None:
    held = desk(web("Kopi Senja buka"), FEED, brand=told(when="2 publishers"))
    fetch.fetch(held, NOW)
    assert [each.state for each in held.store.notices()] == ["held"]
    unsure = desk(web("Kopi Senja buka"), FEED, brand=told(unlike=("menikmati kopi saat senja",)))
    fetch.fetch(unsure, NOW)
    assert [(each.state, each.certain) for each in unsure.store.notices()] == [("due", False)]
