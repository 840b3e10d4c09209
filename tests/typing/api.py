"""The public API as a user's type checker sees it. Checked by mypy with the package, never run."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import assert_type

import curator
from curator import Library

NOW = datetime(2026, 11, 23, tzinfo=UTC)

with Library.open("kopi-senja") as desk:
    assert_type(desk, Library)
    assert_type(desk.brand, curator.Brand)
    assert_type(desk.home, Path)
    assert_type(desk.store, curator.Store)

    assert_type(desk.run(), curator.RunReport)
    assert_type(desk.run(fetch=False, limit=10, now=NOW).items, tuple[curator.Card, ...])
    assert_type(desk.fetch(all_=True).failures, tuple[curator.Failure, ...])
    assert_type(desk.list(), curator.RunReport)
    assert_type(desk.list(date(2026, 11, 23)).mentions, tuple[curator.Mention, ...])
    assert_type(desk.rank(), tuple[curator.Card, ...])
    assert_type(desk.mentions(since=timedelta(days=30), watch="Our brand"), tuple[curator.Mention, ...])
    assert_type(desk.item("2kpf"), curator.Item)
    assert_type(desk.show("2kpf"), tuple[curator.Card, str])
    assert_type(desk.why("https://example.org/page").changes, tuple[curator.Change, ...])
    assert_type(desk.saving_key.renew(), str)
    assert_type(desk.items("picked"), tuple[curator.Card, ...])
    assert_type(desk.save("https://example.org/page", tags=["next-month"]), tuple[curator.Card, str])
    assert_type(desk.replay(Path("new.toml")), curator.Replay)
    assert_type(desk.trends().trends, tuple[curator.Trend, ...])
    assert_type(desk.report(), curator.DeskReport)
    assert_type(desk.write_report(desk.report(), html=Path("report.html")), Sequence[Path])
    assert_type(desk.read_results(Path("buffer.csv"), network="x"), curator.ResultsRead)
    assert_type(desk.apply_proposal(desk.report(), "k3fz"), curator.Proposal)
    assert_type(desk.doctor(fix=True), tuple[curator.HealthCheck, ...])
    assert_type(desk.move("tinydb", switch=True), curator.Moved)
    assert_type(desk.page(desk.list()), Path | None)
    assert_type(desk.front_page(), str | None)

    assert_type(desk.search("cold brew"), curator.SearchResults)
    assert_type(desk.search(like="2kpf", mode="meaning", langs=["id"]).hits, tuple[curator.SearchHit, ...])
    assert_type(desk.search.reindex(), int)

    assert_type(desk.notifications, curator.Notifications)
    assert_type(desk.notifications.pending(), tuple[curator.Notice, ...])
    assert_type(desk.notifications.send(now=NOW), tuple[curator.Notice, ...])
    assert_type(desk.notifications.retry(), tuple[curator.Notice, ...])
    assert_type(desk.notifications.test(), tuple[curator.ChannelTest, ...])

    assert_type(desk.feeds, curator.Feeds)
    assert_type(list(desk.feeds), list[curator.Feed])
    assert_type(len(desk.feeds), int)
    assert_type(desk.feeds.health(), tuple[curator.Subscription, ...])
    assert_type(desk.feeds.add("https://example.org/feed.xml"), curator.Feed | None)
    assert_type(desk.feeds.remove("example.org"), curator.Feed)
    assert_type(desk.feeds.import_opml(Path("more.opml")), tuple[tuple[curator.Feed, ...], tuple[curator.Problem, ...]])
    assert_type(desk.feeds.export_opml(), bytes)

    assert_type(desk.watches, curator.Watches)
    assert_type(desk.watches.test('"kopi senja"').near_misses, tuple[curator.NearMiss, ...])
    assert_type(desk.watches.test('"kopi senja"').false_friends, tuple[curator.FalseFriend, ...])
    assert_type(desk.watches.test('"kopi senja"').changes, curator.Difference | None)
    assert_type(desk.watches.add("Our brand", '"kopi senja"'), curator.Watch)

    assert_type(desk.decisions, curator.Decisions)
    assert_type(desk.decisions.pick("2kpf", at="besok 9.00", networks=["x"]), Sequence[curator.Decided])
    assert_type(desk.decisions.pick("2kpf", at=NOW)[0].item, curator.Item)
    assert_type(desk.decisions.skip("2kpf", "f1zk"), Sequence[curator.Decided])
    assert_type(desk.decisions.us("2kpf"), Sequence[curator.Decided])
    assert_type(desk.decisions.not_us("2kpf", watch="Our brand"), Sequence[curator.Decided])
    assert_type(desk.decisions.tag("2kpf", tags=["next-month"]), Sequence[curator.Decided])
    assert_type(desk.decisions.note("2kpf", "ask for a photo"), Sequence[curator.Decided])
    assert_type(desk.decisions.set_kind("2kpf", kind="quote"), Sequence[curator.Decided])
    assert_type(desk.decisions.undo(), Sequence[curator.Decided])
    assert_type(desk.decisions.standing("2kpf1abc"), Mapping[str, curator.Decided])
    with desk.decisions.unless_changed({"2kpf1abc": desk.decisions.standing("2kpf1abc")["2kpf1abc"].stamp}):
        assert_type(desk.decisions.undo(seen="7-1764000000.000000"), Sequence[curator.Decided])
    assert_type(desk.decisions.last(), curator.Decision | None)

    week = date(2026, 11, 23), date(2026, 11, 29)
    assert_type(desk.reviews.link(*week, timedelta(days=7)), tuple[curator.Review, str])
    assert_type(desk.reviews.file(*week, timedelta(days=7), now=NOW), tuple[curator.Review, str])
    assert_type(desk.reviews.all(), Sequence[curator.Review])
    review = desk.reviews.opened("token") or desk.reviews.all()[0]
    assert_type(desk.reviews.posts(review)[0].approval, curator.Approval | None)
    answer = curator.PostAnswer(post="2kpf1abc-x", verdict="approve", text="fingerprint")
    assert_type(desk.reviews.answer(review, "Rina", [answer]), curator.Answered)
    assert_type(desk.reviews.take_in(b"{}").kept[0].answer, curator.Answer | None)

    assert_type(desk.calendar, curator.Calendar)
    assert_type(desk.calendar.plan(weeks=4), curator.Plan)
    assert_type(desk.calendar.plan().slots, tuple[curator.CalendarEntry, ...])
    assert_type(desk.calendar.days(date(2026, 11, 23), date(2026, 11, 29)), curator.Plan)
    assert_type(desk.calendar.shift("2kpf-x", 7), Sequence[curator.Post])
    assert_type(desk.calendar.propose(), curator.PlanProposal)
    assert_type(desk.calendar.keep(desk.calendar.propose()), Sequence[curator.Post])
    assert_type(desk.calendar.when("besok pagi", networks=["x"]), curator.PostTime)
    assert_type(desk.calendar.move("2kpf", "tue 09:00"), Sequence[curator.Post])
    assert_type(desk.calendar.lock("2kpf"), Sequence[curator.Post])
    assert_type(desk.calendar.drop("2kpf-x"), Sequence[curator.Post])

    assert_type(desk.brief, curator.Brief)
    assert_type(desk.brief.preview([curator.Edit(table="mute", values={"words": ["giveaway"]})]), curator.Replay)
    assert_type(desk.brief.write([curator.Edit(table="topics", entry=2, values=None)], seen=desk.brief.document()[1]), curator.Brand)

    assert_type(desk.drafts, curator.Drafts)
    assert_type(desk.drafts.get("2kpf", "x"), curator.PostDraft)
    assert_type(desk.drafts.all("2kpf"), tuple[curator.PostDraft, ...])
    assert_type(desk.drafts.measure("2kpf", "Selamat pagi", "x"), curator.PostDraft)
    assert_type(desk.drafts.write("2kpf", "Selamat pagi", "x"), curator.PostDraft)

    assert_type(desk.publishing, curator.Publishing)
    assert_type(desk.publishing.export("buffer", network="x"), curator.ExportFiles)
    assert_type(desk.publishing.refused(desk.drafts.get("2kpf", "x")), Mapping[str, Sequence[curator.Problem]])
    assert_type(desk.publishing.write(desk.publishing.export("ics")), curator.WrittenExport)
    assert_type(desk.publishing.calendar(), bytes)
    assert_type(desk.publishing.push(dry_run=True), curator.PushResult)

assert_type(curator.extract(["page.html"]), Sequence[curator.Article | curator.Failure])
assert_type(curator.check_feeds(["https://example.org/feed.xml"]), Sequence[curator.FeedCheck | curator.Failure])
assert_type(curator.discover_feeds("example.org"), tuple[curator.DiscoveredFeed, ...])
assert_type(curator.doctor(), tuple[curator.HealthCheck, ...])
assert_type(curator.demo(Path("demo")), tuple[Library, curator.RunReport])
assert_type(curator.import_library(Path("library.json"), merge=True), tuple[Path, curator.ImportResult])

progress: curator.Progress = curator.SilentProgress()
error: type[Exception] = curator.CuratorError

assert_type(curator.Fleet.open("brands").run(now=NOW), curator.FleetReport)
assert_type(curator.Fleet.open("brands").status().brands, Sequence[curator.BrandStatus])
