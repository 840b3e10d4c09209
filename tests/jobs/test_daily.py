import asyncio
import logging
from datetime import timedelta

import pytest
from msgspec.structs import replace
from support.parts import BRAND, NOW, Quiet, Web, desk, page, rss

from curator.core.brand import Mute
from curator.core.errors import CuratorError, NothingFetched
from curator.core.feed import Failure
from curator.jobs import daily, explain, fetch
from curator.ranking import pipeline
from curator.ranking.pipeline import Ranker
from curator.storage.memory import MemoryStore

FEED, OTHER = "https://kabar.example/feed", "https://bean.example/feed"
GAYO = (
    "Petani kopi di Gayo menyeduh dan menyangrai sendiri hasil panen mereka tahun ini.",
    "Kopi mereka dijual ke kedai kopi di Bandung dengan harga sangrai yang lebih baik bagi petani.",
)
REFILL = (
    "Warga membawa gelas pakai ulang untuk isi ulang kopi dan mengurangi sampah plastik.",
    "Program isi ulang itu memangkas sampah gelas plastik sampai separuh di kota ini.",
)


def dated(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).strftime("%a, %d %b %Y %H:%M:%S +0000")


def entry(slug: str, title: str, text: str, hours: float = 3) -> dict[str, str]:
    link = f"https://kabar.example/{slug}"
    return {"title": title, "link": link, "guid": link, "pubDate": dated(hours), "description": text[:90]}


@pytest.fixture
def web() -> Web:
    made = Web()
    entries = [
        entry("gayo", "Petani kopi Gayo sangrai sendiri", GAYO[0]),
        entry("isi-ulang", "Isi ulang gelas memangkas sampah plastik", REFILL[0]),
        entry("bola", "Timnas menang tiga gol tanpa balas", "Pertandingan sepak bola berakhir larut malam di stadion.", hours=100),
    ]
    made.serve(FEED, rss("kabar.example", entries), "application/rss+xml", etag='"v1"')
    made.serve("https://kabar.example/gayo", page("Petani kopi Gayo sangrai sendiri", *GAYO))
    made.serve("https://kabar.example/isi-ulang", page("Isi ulang gelas memangkas sampah plastik", *REFILL))
    made.serve("https://kabar.example/bola", page("Timnas menang", "Pertandingan sepak bola berakhir larut malam di stadion."))
    return made


def test_a_run_lists_what_fits_with_its_evidence_and_keeps_everything(web: Web):
    store = MemoryStore()
    report = daily.run(desk(web, FEED, store=store), NOW)
    assert {c.title for c in report.items} >= {"Petani kopi Gayo sangrai sendiri", "Isi ulang gelas memangkas sampah plastik"}
    assert all(card.evidence.text and card.why and card.status == "listed" for card in report.items)
    assert (report.counts.entries, report.counts.new, report.counts.articles) == (3, 3, 3)
    assert len(store.items()) == 3
    assert "Program isi ulang" in "".join(store.texts(i.id for i in store.items()).values())
    assert store.report() == report


def test_the_same_run_again_asks_with_validators_and_changes_nothing(web: Web):
    store = MemoryStore()
    first = daily.run(desk(web, FEED, store=store), NOW)
    before = store.items()
    web.asked.clear()
    again = daily.run(desk(web, FEED, store=store), NOW + timedelta(minutes=5))
    assert [(a.url, a.etag) for a in web.asked] == [(FEED, '"v1"')], "one question, and no page read twice"
    assert again.counts.feeds_unchanged == 1
    assert again.counts.new == 0
    assert [c.id for c in again.items] == [c.id for c in first.items]
    assert store.items() == before


def test_a_feed_that_said_when_to_come_back_is_left_alone_by_a_second_run_and_the_person_is_told(web: Web):
    told: list[str] = []
    web.serve(OTHER, rss("bean.example", []), "application/rss+xml", **{"cache-control": "max-age=3600"})
    progress = Quiet()
    progress.note = told.append  # type: ignore[method-assign]
    asked = replace(desk(web, FEED, OTHER), progress=progress)
    daily.run(asked, NOW)
    assert not told
    web.asked.clear()
    daily.run(asked, NOW + timedelta(minutes=10))
    assert [a.url for a in web.asked] == [FEED]
    assert told == ["1 of 2 feeds were not asked: they said when to come back (curator feeds list)"]
    web.asked.clear()
    fetch.fetch(asked, NOW + timedelta(minutes=10), all_=True)
    assert {a.url for a in web.asked} == {FEED, OTHER}


def test_what_was_listed_yesterday_is_not_listed_today(web: Web):
    store = MemoryStore()
    daily.run(desk(web, FEED, store=store), NOW)
    tomorrow = daily.run(desk(web, FEED, store=store), NOW + timedelta(days=1))
    assert not tomorrow.items
    assert {item.status for item in store.items() if item.listed} == {"listed"}


def test_a_dead_feed_is_reported_and_the_run_goes_on(web: Web):
    report = daily.run(desk(web, FEED, OTHER), NOW)
    assert report.items
    assert [(f.url, f.reason) for f in report.failures] == [(OTHER, "answered 404: not found")]
    assert report.counts.feeds_failed == 1


def test_a_page_that_cannot_be_had_leaves_its_item_as_the_feed_brought_it_and_is_not_asked_again(web: Web):
    store = MemoryStore()
    del web.pages["https://kabar.example/gayo"]
    report = daily.run(desk(web, FEED, store=store), NOW)
    assert "Petani kopi Gayo sangrai sendiri" in {c.title for c in report.items}
    web.asked.clear()
    daily.run(desk(web, FEED, store=store), NOW + timedelta(hours=1))
    assert [a.url for a in web.asked] == [FEED]


def test_no_network_at_all_is_said_and_nothing_is_kept_or_blamed(web: Web):
    store = MemoryStore()
    web.pages = {url: Failure(url=url, stage="fetch", reason="no such host") for url in (FEED, OTHER)}
    with pytest.raises(NothingFetched) as error:
        daily.run(desk(web, FEED, OTHER, store=store), NOW)
    assert error.value.code == 3
    assert "none of 2 feeds" in str(error.value)
    assert not store.states()


def test_a_run_that_is_stopped_keeps_what_was_whole(web: Web):
    store = MemoryStore()
    web.pages["https://kabar.example/gayo"] = SystemExit(143)
    with pytest.raises((SystemExit, BaseExceptionGroup)):
        daily.run(desk(web, FEED, store=store), NOW)
    assert len(store.items()) == 3
    assert store.states()[FEED].etag == '"v1"'
    assert store.report() is None


def test_an_hourly_fetch_keeps_entries_and_the_next_run_reads_them_without_asking_twice(web: Web):
    store = MemoryStore()
    fetched = fetch.fetch(desk(web, FEED, store=store), NOW)
    assert (fetched.counts.new, fetched.counts.articles, fetched.items) == (3, 0, ())
    assert {item.depth for item in store.items()} == {"entry"}
    report = daily.run(desk(web, FEED, store=store), NOW + timedelta(minutes=1))
    assert report.counts.articles == 3
    assert report.items


def test_no_fetch_contacts_nobody(web: Web):
    store = MemoryStore()
    fetch.fetch(desk(web, FEED, store=store), NOW)
    web.asked.clear()
    assert daily.run(desk(web, FEED, store=store), NOW, fetch=False).items
    assert not web.asked


def test_one_story_in_two_outlets_is_one_card(web: Web):
    twin = {
        "title": "Petani kopi Gayo sangrai sendiri hasilnya",
        "link": "https://bean.example/gayo",
        "pubDate": dated(2),
        "description": GAYO[0],
    }
    web.serve(OTHER, rss("bean.example", [twin]), "application/rss+xml")
    web.serve("https://bean.example/gayo", page(twin["title"], *GAYO))
    report = daily.run(desk(web, FEED, OTHER), NOW)
    [card] = [c for c in report.items if c.story.size == 2]
    assert {card.source.feed, card.story.others[0].source.feed} == {FEED, OTHER}


def test_a_mention_is_told_whatever_its_fit_and_only_once(web: Web):
    store = MemoryStore()
    said = "Antrean di Kopi Senja Dago mengular sejak pagi."
    web.serve(
        OTHER, rss("bean.example", [{"title": "Libur panjang", "link": "https://bean.example/l", "pubDate": dated(1), "description": said}])
    )
    web.serve("https://bean.example/l", page("Libur panjang", "Jalanan padat.", said))
    report = daily.run(desk(web, FEED, OTHER, store=store), NOW)
    assert [(m.watch, m.sentence, m.certain) for m in report.mentions] == [("Kami", said, True)]
    assert not daily.run(desk(web, FEED, OTHER, store=store), NOW + timedelta(days=1)).mentions


def test_muted_words_and_unread_languages_stay_off_the_list_but_in_the_ledger(web: Web):
    brand = replace(BRAND, mute=Mute(words=("gayo",)))
    made = desk(web, FEED, brand=brand)
    report = daily.run(made, NOW)
    assert "Petani kopi Gayo sangrai sendiri" not in {c.title for c in report.items}
    [muted] = [c for c in daily.rank(made, NOW, all_=True) if "Gayo" in c.title]
    assert muted.score == 0
    assert [reason.text for reason in muted.why] == ["muted word gayo", "a rule of the brand keeps it out"]


def test_the_ledger_holds_every_item_with_a_fit_to_every_topic(web: Web):
    made = desk(web, FEED)
    fetch.fetch(made, NOW)
    cards = daily.rank(made, NOW, all_=True)
    assert len(cards) == 3
    assert all({fit.topic for fit in card.fits} == {"Kopi", "Isi ulang"} for card in cards)
    assert list(cards) == sorted(cards, key=lambda c: -c.score)


def test_an_item_is_shown_by_any_beginning_of_its_id_that_is_its_own(web: Web):
    made = desk(web, FEED)
    listed = daily.run(made, NOW).items[0]
    card, text = explain.show(made, listed.id[:5], NOW)
    assert card == listed
    assert text
    with pytest.raises(CuratorError, match="no item"):
        explain.show(made, "zzzzzzzz", NOW)
    with pytest.raises(CuratorError, match="3 items"):
        explain.show(made, "", NOW)


def test_a_limit_shortens_the_list(web: Web):
    assert len(daily.run(desk(web, FEED), NOW, limit=1).items) == 1


def test_an_entry_whose_feed_changed_its_address_is_not_new(web: Web):
    store = MemoryStore()
    old = {"title": "Kopi", "link": "https://kabar.example/lama", "guid": "tag:kabar,1", "pubDate": dated(2), "description": "Kopi."}
    web.serve(FEED, rss("kabar.example", [old]))
    fetch.fetch(desk(web, FEED, store=store), NOW)
    web.serve(FEED, rss("kabar.example", [old | {"link": "https://kabar.example/baru"}]))
    assert fetch.fetch(desk(web, FEED, store=store), NOW, all_=True).counts.new == 0


def test_the_work_list_is_shared_by_a_bounded_number_of_workers():
    from curator.feeds.collect import WIDTH, _each

    busy, most = 0, 0

    async def one(_: int) -> None:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0)
        busy -= 1

    asyncio.run(_each(range(5 * WIDTH), one))
    assert most <= WIDTH


def test_feeds_that_all_answer_with_errors_are_said_too_but_remembered(web: Web):
    store = MemoryStore()
    with pytest.raises(NothingFetched):
        daily.run(desk(web, OTHER, store=store), NOW)
    assert store.states()[OTHER].failures == 1


def again(web: Web, slug: str, title: str, text: str, hours: float) -> None:
    """Another feed brings a story."""
    link = f"https://bean.example/{slug}"
    told = {"title": title, "link": link, "pubDate": dated(hours), "description": text[:90]}
    web.serve(OTHER, rss("bean.example", [told]), "application/rss+xml")
    web.serve(link, page(title, text))


@pytest.mark.parametrize("days", [1, 12])
def test_a_story_that_was_handled_stays_so_when_another_feed_brings_it_later(web: Web, days: int):
    store = MemoryStore()
    daily.run(desk(web, FEED, store=store), NOW)
    later = NOW + timedelta(days=days)
    again(web, "gayo", "Petani kopi Gayo sangrai sendiri", " ".join(GAYO), -24.0 * days)
    made = desk(web, FEED, OTHER, store=store)
    assert not daily.run(made, later).items
    [returned] = [c for c in daily.rank(made, later, all_=True) if c.source.feed == OTHER]
    assert returned.why[-1].part == "left out"
    assert returned.why[-1].text == f"this was listed {days} day{'s' * (days > 1)} ago: Petani kopi Gayo sangrai sendiri"


def test_a_handled_story_that_moved_on_is_listed_with_its_news(web: Web):
    store = MemoryStore()
    daily.run(desk(web, FEED, store=store), NOW)
    told = " ".join(GAYO) + " Sudah 450 petani ikut, dari 12 desa, dan 75 kedai membeli."
    again(web, "gayo", "Petani kopi Gayo sangrai sendiri, 450 ikut", told, -24)
    [card] = daily.run(desk(web, FEED, OTHER, store=store), NOW + timedelta(days=1)).items
    assert next(r.text for r in card.why if r.part == "update").startswith("update: 450, 12, 75; this was listed 1 day ago: ")


def test_the_ledger_says_of_every_item_why_it_is_not_on_the_list(web: Web):
    made = desk(web, FEED)
    report = daily.run(made, NOW)
    ledger = {card.id: card for card in daily.rank(made, NOW, all_=True)}
    listed = {card.id for card in report.items}
    assert len(ledger) == 3
    for id_, card in ledger.items():
        assert [r.text for r in card.why if r.part == "left out"] == ([] if id_ in listed else ["fits no topic well enough"])


def test_an_item_that_is_on_no_list_says_why_when_it_is_shown(web: Web):
    store = MemoryStore()
    made = desk(web, FEED, store=store)
    fetch.fetch(made, NOW)
    football = next(item for item in store.items() if "Timnas" in item.title)

    def why(days: int = 0) -> str:
        return explain.show(made, football.id, NOW + timedelta(days=days))[0].why[-1].text

    assert why() == "no list was made since it was found"
    daily.run(made, NOW + timedelta(minutes=1))
    assert why() == "fits no topic well enough"
    assert why(days=9) == "older than what a list looks back on"


def test_what_is_listed_gets_a_kind_that_is_kept_and_shown(web: Web):
    store = MemoryStore()
    report = daily.run(desk(web, FEED, store=store, brand=replace(BRAND, mix={"education": 0.6, "quote": 0.4})), NOW)
    kept = {item.id: item.kind for item in store.items()}
    assert {card.kind for card in report.items} <= {"education", "quote"}
    assert all(kept[card.id] == card.kind for card in report.items)


def test_the_fewer_the_topics_the_more_pages_are_read_for_each(web: Web, monkeypatch: pytest.MonkeyPatch):
    made = desk(web, FEED)
    fetch.fetch(made, NOW)
    monkeypatch.setattr(pipeline, "PAGES", 2)
    monkeypatch.setattr(pipeline, "PAGES_PER_TOPIC", 1)
    items, engine = made.store.items(), made.engine()
    one = Ranker(replace(BRAND, topics=BRAND.topics[:1]), engine).worth_reading(items, NOW)
    assert len(one) == 2
    assert {item.title for item in Ranker(BRAND, engine).worth_reading(items, NOW)} == {
        "Petani kopi Gayo sangrai sendiri", "Isi ulang gelas memangkas sampah plastik"
    }  # fmt: skip


def test_a_run_logs_its_story(web: Web, caplog: pytest.LogCaptureFixture):
    made = desk(web, FEED, OTHER, brand=replace(BRAND, mute=Mute(words=("gayo",))))
    del web.pages["https://kabar.example/isi-ulang"]
    with caplog.at_level(logging.INFO, "curator"):
        report = daily.run(made, NOW)
        fetch.fetch(made, NOW)
    told = caplog.text
    for line in (
        "kabar.example: 3 entries, 3 of them new",
        "bean.example: failed (1 in a row): answered 404: not found",
        "page read: Timnas menang tiga gol tanpa balas: ",
        "page not read: Isi ulang gelas memangkas sampah plastik: answered 404: not found",
        f"listed: Isi ulang gelas memangkas sampah plastik ({report.items[0].id})",
        "left out: Petani kopi Gayo sangrai sendiri: a rule of the brand keeps it out",
        "committed the list of 2026-11-23: 3 items, 0 expired",
        "kabar.example: not asked: nothing new is expected before 2026-11-23 ",
    ):
        assert line in told, line
