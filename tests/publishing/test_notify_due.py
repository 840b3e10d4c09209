"""What is to be told: each story once for a watch term, each list once, each dead feed once."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from support.samples import BRAND as SAMPLE
from support.samples import CARDS, EMPTY, MENTIONS, NOW, REPORT

from curator.core.brand import NotifyRules, Watch
from curator.core.feed import FeedState
from curator.core.notice import Notice
from curator.core.story import Mention, RelatedItem, StoryRef
from curator.publishing.notify import due, timing

BRAND = replace(SAMPLE, notify=NotifyRules(urls=("env:MAIL", "env:CHAT")))
ONE = replace(SAMPLE, notify=NotifyRules(urls=("env:MAIL",)))
FEED = "https://warta.example/feed.xml"


def brand(**watch: str):
    return replace(ONE, watch=(replace(SAMPLE.watch[0], **watch),))


def mentions(brand_, *found: Mention, known: tuple[Notice, ...] = (), now: datetime = NOW) -> tuple[Notice, ...]:
    return due.mentions(brand_, known, [due.of_mention(each, now) for each in found], now)


def retold(mention: Mention, *others: str) -> Mention:
    """The same mention whose story others tell as well."""
    card = mention.item
    related = tuple(RelatedItem(id=f"{n:08}", url=url, title=card.title, source=card.source) for n, url in enumerate(others))
    return replace(mention, item=replace(card, story=StoryRef(id=card.id, size=1 + len(others), others=related)))


def test_a_mention_is_a_notice_on_every_channel_with_what_a_reader_needs() -> None:
    made = mentions(BRAND, MENTIONS[0])
    assert [each.channel for each in made] == ["env:MAIL", "env:CHAT"]
    card = MENTIONS[0].item
    first = made[0]
    assert (first.watch, first.title, first.url, first.sentence) == ("Our brand", card.title, card.url, MENTIONS[0].sentence)
    assert (first.state, first.due) == ("due", NOW)


def test_a_story_is_told_once_for_a_watch_term_however_often_and_by_whom_it_is_found() -> None:
    known = mentions(ONE, MENTIONS[0])
    again = retold(MENTIONS[0], "https://lain.example/1")
    copy = replace(again, item=replace(CARDS[0], story=StoryRef(id=MENTIONS[0].item.id, size=2)))
    assert mentions(ONE, MENTIONS[0], again, copy, known=known) == ()
    assert len(mentions(ONE, replace(MENTIONS[0], watch="Rival"), known=known)) == 1


def test_without_channels_there_is_nothing_to_tell() -> None:
    assert mentions(SAMPLE, MENTIONS[0]) == ()
    assert due.reading_list(SAMPLE, (), REPORT, NOW) == ()
    assert due.feeds(SAMPLE, (), [FeedState(url=FEED, gone=True)], {}, NOW) == ()


def test_a_story_is_held_until_enough_publishers_tell_it_and_then_told() -> None:
    asked = brand(when="2 publishers")
    (held,) = mentions(asked, MENTIONS[0])
    assert (held.state, held.due) == ("held", None)
    same_house = retold(MENTIONS[0], "https://www.harianpriangan.example/kedua")
    (still,) = mentions(asked, same_house, known=(held,))
    assert still.state == "held"
    (told,) = mentions(asked, retold(MENTIONS[0], "https://lain.example/kopi"), known=(still,))
    assert (told.id, told.state, told.due) == (held.id, "due", NOW)
    assert len(told.publishers) == 2


def test_sites_of_one_owner_are_one_publisher_and_two_ports_of_a_host_are_two() -> None:
    def of(*addresses: str) -> int:
        card = replace(MENTIONS[0].item, url=addresses[0])
        return len(due.of_mention(retold(replace(MENTIONS[0], item=card), *addresses[1:]), NOW).publishers)

    assert of("https://www.kompas.com/a", "https://jabar.tribunnews.com/b", "https://kontan.co.id/c") == 1
    assert of("https://www.kompas.com/a", "https://news.detik.com/b") == 2
    assert of("http://127.0.0.1:8601/a", "http://127.0.0.1:8602/b") == 2


def copied(mention: Mention, url: str, title: str) -> Mention:
    """What another outlet wrote, found without a model that would see one story."""
    return replace(mention, item=replace(mention.item, id=url[-8:], url=url, title=title, story=StoryRef(id=url[-8:])))


def test_a_report_that_goes_through_many_outlets_under_one_title_is_one_story() -> None:
    one = copied(MENTIONS[0], "https://a.example/00000001", "Kopi Senja buka di Bogor")
    two = copied(MENTIONS[0], "https://b.example/00000002", "KOPI SENJA buka di Bogor")
    (told,) = mentions(brand(), one, two)
    assert told.due == NOW
    (both,) = mentions(brand(when="2 publishers"), one, two)
    assert (both.state, both.publishers) == ("due", ("a.example", "b.example"))
    later = NOW + timedelta(days=7)
    assert len(mentions(brand(), two, known=(told,), now=later)) == 1, "a title that comes back every week is news every week"
    assert len(mentions(brand(), *(copied(each, each.item.url, "Kopi hari ini") for each in (one, two)))) == 2, "few words say little"


@pytest.mark.parametrize(
    ("condition", "publishers", "certain", "holds"),
    [
        ("", 1, False, True),
        ("2 publishers", 1, True, False),
        ("2 publishers", 2, False, True),
        ("certain", 1, False, False),
        ("3 publishers and certain", 3, True, True),
        ("3 publishers and certain", 3, False, False),
    ],
)
def test_a_condition_says_what_must_hold(condition: str, publishers: int, certain: bool, holds: bool) -> None:
    assert due.holds(condition, publishers, certain=certain) is holds


def test_now_is_now_daily_comes_with_the_list_and_weekly_on_monday() -> None:
    sunday = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # Monday 03:00 in Jakarta
    zone = timing.zone(ONE)
    (now,) = mentions(brand(notify="now"), MENTIONS[0], now=sunday)
    (daily,) = mentions(brand(notify="daily"), MENTIONS[0], now=sunday)
    (weekly,) = mentions(brand(notify="weekly"), MENTIONS[0], now=sunday)
    assert (now.due, daily.due) == (sunday, sunday)
    assert weekly.due == datetime(2026, 11, 30, tzinfo=zone)


def test_what_is_found_after_the_list_of_the_day_was_told_comes_with_the_next() -> None:
    (listed,) = due.reading_list(ONE, (), REPORT, NOW)
    (late,) = mentions(ONE, MENTIONS[0], known=(listed,))
    assert late.due == datetime(2026, 11, 24, tzinfo=timing.zone(ONE))


def test_a_list_is_told_once_a_day_and_an_empty_one_never() -> None:
    known = due.reading_list(BRAND, (), REPORT, NOW)
    assert [(each.channel, each.about) for each in known] == [("env:MAIL", "2026-11-23"), ("env:CHAT", "2026-11-23")]
    assert due.reading_list(BRAND, known, REPORT, NOW + timedelta(hours=3)) == ()
    assert due.reading_list(BRAND, (), EMPTY, NOW) == ()


def state(**changes: object) -> FeedState:
    plain = FeedState(url=FEED, title="Warta", last_success=NOW - timedelta(days=3), failures=6, reason="answered 500")
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_a_feed_that_dies_is_told_once_and_once_when_it_is_back_and_so_each_time() -> None:
    (lost,) = due.feeds(ONE, (), [state()], {}, NOW)
    assert (lost.kind, lost.title, lost.sentence) == ("lost", "Warta", "answered 500")
    assert due.feeds(ONE, (lost,), [state(failures=7)], {}, NOW) == ()
    well = state(failures=0, reason="", last_success=NOW)
    (back,) = due.feeds(ONE, (lost,), [well], {FEED: "Warta Kopi"}, NOW)
    assert (back.kind, back.title) == ("back", "Warta Kopi")
    assert due.feeds(ONE, (lost, back), [well], {}, NOW) == ()
    (again,) = due.feeds(ONE, (lost, back), [state(last_success=NOW)], {}, NOW + timedelta(days=3))
    assert again.kind == "lost"
    assert again.id != lost.id


def test_a_feed_that_stumbles_is_no_news_and_one_that_is_gone_is_at_once() -> None:
    for stumbling in (state(failures=2), state(last_success=NOW - timedelta(hours=20))):
        assert due.feeds(ONE, (), [stumbling], {}, NOW) == ()
    assert len(due.feeds(ONE, (), [state(failures=1, gone=True)], {}, NOW)) == 1


def test_what_was_told_long_ago_is_forgotten_and_what_waits_never() -> None:
    (old,) = mentions(ONE, MENTIONS[0], now=NOW - timedelta(days=400))
    sent = replace(old, id="sent", state="sent")
    assert due.expired((old, sent), NOW, timedelta(days=90)) == ("sent",)
    assert due.expired((sent,), NOW, timedelta(days=1000)) == ()


def test_quiet_hours_may_go_over_midnight_and_are_on_the_brands_clock() -> None:
    night = replace(ONE, notify=NotifyRules(urls=("env:MAIL",), quiet="22:00-07:00"))
    at = {hour: timing.is_quiet(night, datetime(2026, 11, 23, hour - 7, tzinfo=UTC)) for hour in (7, 12, 21, 22, 23)}
    assert at == {7: False, 12: False, 21: False, 22: True, 23: True}
    assert timing.is_quiet(night, datetime(2026, 11, 22, 23, 59, tzinfo=UTC))  # 06:59
    evening = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # 23:30
    assert timing.opens(night, evening) == timing.opens(night, datetime(2026, 11, 23, 23, tzinfo=UTC)) == datetime(2026, 11, 24, tzinfo=UTC)
    assert timing.opens(night, datetime(2026, 11, 24, tzinfo=UTC)) == datetime(2026, 11, 24, tzinfo=UTC)
    noon = replace(ONE, notify=NotifyRules(urls=("env:MAIL",), quiet="12:00-13:00"))
    assert [timing.is_quiet(noon, datetime(2026, 11, 23, hour, 30, tzinfo=UTC)) for hour in (4, 5, 6)] == [False, True, False]


def test_the_wait_after_a_failure_doubles_from_minutes_to_hours() -> None:
    waits = [timing.next_try(NOW, tries) - NOW for tries in (1, 2, 3, 9, 400)]
    assert waits == [timedelta(minutes=n) for n in (5, 10, 20, 360, 360)]


def test_a_watch_that_knows_false_friends_is_not_certain_before_a_model_was_asked() -> None:
    item_watch = Watch(name="Kami", query="kopi", unlike=("kopi saat senja",))
    from support.store_contract import item

    assert due.of_item(item_watch, item(1), "Kopi.", NOW).certain is False
    assert due.of_item(replace(item_watch, unlike=()), item(1), "Kopi.", NOW).certain is True
