"""What every store promises. A new store is proven by inheriting `StoreContract` and saying how it is opened."""

import threading
from abc import ABC, abstractmethod
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from curator.core.errors import Locked
from curator.core.feed import Failure, FeedState
from curator.core.item import Item, Source, Tombstone
from curator.core.notice import Notice
from curator.core.post import Decision, ItemState, Post
from curator.core.protocols import Changes, Store
from curator.core.report import Counts, RunReport, Seconds
from curator.core.result import PostResult
from curator.core.scouting import ScoutedSite
from curator.core.story import Card, Evidence, Fit, Mention, Reason, RelatedItem, StoryRef
from curator.core.text.urls import item_id

NOW = datetime(2026, 11, 23, 1, 5, 30, 123456, tzinfo=UTC)
SCRIPTS = {
    "id": "Kedai “Senja” & teman-teman — buka lagi, 25% lebih murah",
    "ar": "القهوة عند الغروب",
    "th": "กาแฟยามเย็น",
    "ja": "夕暮れのコーヒー、おいしい",
    "hi": "शाम की कॉफ़ी",
    "jv": "ꦏꦺꦴꦥꦶ ꦱꦺꦤ꧀ꦗ",
    "emoji": "☕🌅 👩🏽‍🌾 🇮🇩 kopi",
    "math": '𝕶𝖔𝖕𝖎 \u2028 \\u0000 \0\x01 "quoted" \\ / {}\'',
    "old": "𒀀𓂀𐎠 é é ﬁ",
}


def item(n: int, **changes: object) -> Item:
    url = f"https://kedai-{n % 7}.example/berita/{n}"
    plain = Item(
        id=item_id(url),
        url=url,
        title=f"Panen kopi ke-{n}",
        source=Source(title="Warta Kopi", feed=f"https://kedai-{n % 7}.example/feed.xml"),
        published=NOW - timedelta(hours=n, minutes=9),
        found=NOW - timedelta(hours=n),
        summary="Petani di Garut memanen lebih awal.",
        guid=f"tag:kedai,{n}",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def items(*numbers: int) -> tuple[Item, ...]:
    return tuple(item(n) for n in numbers)


def rich(n: int) -> Item:
    """An item with nothing left at its default."""
    return item(
        n,
        author="Sri Wahyuni",
        lang="id",
        kind="education",
        excerpt="Panen lebih awal.",
        image="https://kedai.example/g.jpg",
        words=640,
        depth="article",
        status="picked",
        tags=("panen", "jawa barat"),
        note="untuk Senin",
        listed=date(2026, 11, 22),
    )


def state(n: int, **changes: object) -> FeedState:
    plain = FeedState(
        url=f"https://kedai-{n}.example/feed.xml?q=é&n={n}",
        title="Warta ☕",
        etag='W/"a\\"b"',
        last_modified="Mon, 23 Nov 2026 00:00:00 GMT",
        last_try=NOW,
        last_success=NOW,
        next_due=NOW + timedelta(hours=1),
        seen=n,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def report(day: date, listed: int = 1) -> RunReport:
    source = Source(title="Warta Kopi", feed="https://kedai.example/feed.xml")
    other = RelatedItem(id="0000000a", url="https://b.example/2", title="夕暮れ", source=source, lang="ja", published=NOW)
    card = Card(
        id="00000001",
        url="https://a.example/1",
        title="Harga kopi naik",
        source=source,
        author="",
        published=NOW,
        found=NOW,
        lang="id",
        kind="education",
        excerpt="Naik lagi.",
        image="",
        words=300,
        status="listed",
        tags=("harga",),
        score=0.8125,
        fits=(Fit(topic="Kopi", fit=0.7),),
        evidence=Evidence(text="Harga naik.", topic="Kopi"),
        why=(Reason(part="fit", value=0.7, text="fits Kopi"),),
        story=StoryRef(id="00000001", size=2, others=(other,)),
    )
    return RunReport(
        brand="Kopi Senja",
        date=day,
        generated_at=NOW,
        counts=Counts(feeds=3, listed=listed),
        seconds=Seconds(fetch=0.25, total=1.5),
        items=(card,) * listed,
        mentions=(Mention(watch="Our brand", item=card, sentence="Kopi Senja buka.", certain=False),),
        failures=(Failure(url="https://x.example", stage="fetch", reason="no answer", status=503, hold=timedelta(minutes=90)),),
    )


def post(n: int, **changes: object) -> Post:
    return replace(Post(item=item(n).id, network="x", changed=NOW, at=NOW + timedelta(days=n), kind="quote", text="☕\nkopi"), **changes)  # type: ignore[arg-type]


def notice(n: int, **changes: object) -> Notice:
    made = NOW + timedelta(minutes=n)
    plain = Notice(
        id=f"{n:016x}", channel="env:NOTIFY", kind="mention", about=item(n).id, made=made, due=made, watch="Kami", title="Kopi ☕"
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def result(n: int, **changes: object) -> PostResult:
    return replace(PostResult(post=post(n).id, measured=NOW, at=NOW, url="https://x.example/1", impressions=900, engagements=n), **changes)  # type: ignore[arg-type]


def scouted(n: int, **changes: object) -> ScoutedSite:
    plain = ScoutedSite(site=f"situs{n}.example", tried=NOW, url=f"https://situs{n}.example/a", links=(item(n).id,), examples=("Kopi ☕",))
    return replace(plain, **changes)  # type: ignore[arg-type]


def decided(number: int, at: datetime = NOW) -> Decision:
    before = ItemState(status="listed", kind="quote", tags=("panen",), note="夕暮れ")
    return Decision(number=number, command=number, at=at, item=item(number).id, verdict="pick", before=before, posts=(post(number),))


class StoreContract(ABC):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return self.open(tmp_path / "library")

    @abstractmethod
    def open(self, folder: Path) -> Store: ...

    def test_a_new_library_is_empty(self, store: Store) -> None:
        assert store.states() == {}
        assert store.known(["00000000", "zzzzzzzz"]) == set()
        assert store.find("") == []
        assert store.items() == []
        assert store.texts(["00000000"]) == {}
        assert store.report() is None
        assert store.report(NOW.date()) is None

    def test_what_is_committed_is_read_back_equal(self, store: Store) -> None:
        kept = (rich(1), item(2))
        store.commit(Changes(items=kept, texts={kept[0].id: "Satu.\nDua."}, states=(state(1),), report=report(NOW.date())))
        assert store.items() == [item(2), rich(1)]
        assert store.texts([kept[0].id, kept[1].id]) == {kept[0].id: "Satu.\nDua."}
        assert store.states() == {state(1).url: state(1)}
        assert store.report() == report(NOW.date())

    def test_an_empty_commit_changes_nothing(self, store: Store) -> None:
        store.commit(Changes())
        assert store.items() == []
        assert store.report() is None

    def test_committing_the_same_twice_keeps_it_once(self, store: Store) -> None:
        changes = Changes(items=items(1, 2), texts={item(1).id: "x"}, states=(state(1),), report=report(NOW.date()))
        store.commit(changes)
        store.commit(changes)
        assert store.items() == list(items(2, 1))
        assert len(store.states()) == 1

    def test_a_later_item_text_state_and_report_replace_the_earlier(self, store: Store) -> None:
        store.commit(Changes(items=items(1, 2), texts={item(1).id: "old", item(2).id: "stays"}, states=(state(1), state(2))))
        store.commit(Changes(items=(rich(1),), texts={item(1).id: "new"}, states=(state(1, failures=3),), report=report(NOW.date())))
        store.commit(Changes(report=report(NOW.date(), listed=4)))
        assert store.items() == [item(2), rich(1)]
        assert store.texts([item(1).id, item(2).id]) == {item(1).id: "new", item(2).id: "stays"}
        assert store.states() == {state(1).url: state(1, failures=3), state(2).url: state(2)}
        assert store.report() == report(NOW.date(), listed=4)

    def test_within_one_commit_the_last_of_the_same_id_counts(self, store: Store) -> None:
        store.commit(Changes(items=(item(1), item(1, found=NOW - timedelta(days=99)), rich(1))))
        assert store.items() == [rich(1)]

    def test_known_names_only_what_was_asked_and_is_there(self, store: Store) -> None:
        store.commit(Changes(items=(item(1), item(2, found=NOW - timedelta(days=400)))))
        assert store.known(item(n).id for n in (2, 3, 1, 1)) == {item(1).id, item(2).id}

    def test_ids_with_leading_zeros_keep_them(self, store: Store) -> None:
        odd = [item(1, id="00000000"), item(2, id="0000000z"), item(3, id="z0000000")]
        store.commit(Changes(items=tuple(odd)))
        assert store.known(["00000000", "0000000z", "z0000000", "0z000000"]) == {"00000000", "0000000z", "z0000000"}
        assert store.find("00") == odd[:2]

    def test_a_prefix_finds_every_item_it_begins_in_any_month(self, store: Store) -> None:
        kept = [
            item(n, id=id_, found=NOW - timedelta(days=40 * n)) for n, id_ in enumerate(("ab000000", "ab1zzzzz", "abzzzzzz", "ac000000"))
        ]
        store.commit(Changes(items=tuple(kept)))
        assert store.find("ab") == kept[:3]
        assert store.find("ab1zzzzz") == [kept[1]]
        assert store.find("") == kept

    @pytest.mark.parametrize("prefix", ["b", "ab0000000", "AB", "_1", " ab", "é", "+1", "../", "\0", "½"])
    def test_a_prefix_of_nothing_finds_nothing(self, store: Store, prefix: str) -> None:
        store.commit(Changes(items=(item(1, id="ab000000"),)))
        assert store.find(prefix) == []

    def test_items_come_oldest_first_and_from_a_moment_on(self, store: Store) -> None:
        hours = (700, 3, 5000, 0, 170)
        store.commit(Changes(items=items(*hours)))
        assert store.items() == list(items(5000, 700, 170, 3, 0))
        assert store.items(NOW - timedelta(days=7)) == list(items(3, 0))
        assert store.items(NOW - timedelta(hours=700)) == list(items(700, 170, 3, 0))
        assert store.items(NOW + timedelta(seconds=1)) == []

    def test_items_of_one_moment_are_in_the_order_of_their_ids(self, store: Store) -> None:
        store.commit(Changes(items=tuple(item(n, found=NOW, id=id_) for n, id_ in enumerate(("c0000000", "a0000000", "b0000000")))))
        assert [kept.id[0] for kept in store.items()] == ["a", "b", "c"]

    def test_since_may_be_in_any_time_zone(self, store: Store) -> None:
        from zoneinfo import ZoneInfo

        edge = datetime(2026, 11, 1, 0, 30, tzinfo=ZoneInfo("Asia/Jakarta"))  # still October in UTC
        store.commit(Changes(items=(item(1, found=edge.astimezone(UTC)), item(2, found=NOW))))
        assert [kept.id for kept in store.items(edge)] == [item(1).id, item(2).id]

    def test_an_item_that_moves_to_another_month_is_there_once(self, store: Store) -> None:
        store.commit(Changes(items=items(1, 2)))
        moved = item(1, found=NOW - timedelta(days=90))
        store.commit(Changes(items=(moved,)))
        assert store.items() == [moved, item(2)]
        store.commit(Changes(items=(item(1), item(2, found=NOW - timedelta(days=90)))))
        assert [kept.id for kept in store.items(NOW - timedelta(days=1))] == [item(1).id]
        assert len(store.items()) == 2

    def test_what_was_written_since_can_be_told_by_stamps_and_prints(self, store: Store) -> None:
        store.commit(Changes(items=(item(1), item(2, id="0000000z"))))
        (month,) = before = store.months()
        prints = store.fingerprints(month)
        assert [i.id for i in store.month_items(month, ["0000000z", "zzzzzzzz"])] == ["0000000z"]
        store.commit(Changes(items=(item(1, title="Lain"),)))
        assert store.months()[month] != before[month]
        changed = store.fingerprints(month)
        assert (changed["0000000z"], changed[item(1).id] != prints[item(1).id]) == (prints["0000000z"], True)

    def test_every_script_and_emoji_comes_back_as_it_was(self, store: Store) -> None:
        kept = tuple(item(n, title=text, tags=(text,), note=text) for n, text in enumerate(SCRIPTS.values()))
        texts = {one.id: one.title * 1000 for one in kept}
        store.commit(Changes(items=kept, texts=texts, states=tuple(state(n, title=one.title) for n, one in enumerate(kept))))
        assert sorted(store.items(), key=lambda one: one.title) == sorted(kept, key=lambda one: one.title)
        assert store.texts(texts) == texts
        assert {one.title for one in store.states().values()} == set(SCRIPTS.values())

    def test_texts_come_by_the_thousand_in_the_order_asked_for(self, store: Store) -> None:
        texts = {f"{n:08d}": f"teks {n}" for n in range(12_000)}
        store.commit(Changes(texts=texts))
        backwards = [*reversed(texts), "zzzzzzzz"]
        assert list(store.texts(backwards).items()) == list(reversed(texts.items()))

    def test_an_empty_text_is_a_text(self, store: Store) -> None:
        store.commit(Changes(texts={"0000000a": ""}))
        assert store.texts(["0000000a"]) == {"0000000a": ""}

    def test_a_forgotten_feed_is_gone_and_its_items_stay(self, store: Store) -> None:
        store.commit(Changes(items=items(1), states=(state(1), state(2))))
        store.commit(Changes(forget=(state(1).url, "https://never.example/")))
        assert list(store.states()) == [state(2).url]
        assert store.items() == list(items(1))

    def test_a_feed_that_is_forgotten_and_kept_at_once_starts_anew(self, store: Store) -> None:
        store.commit(Changes(states=(state(1),)))
        store.commit(Changes(states=(FeedState(url=state(1).url),), forget=(state(1).url,)))
        assert store.states() == {state(1).url: FeedState(url=state(1).url)}

    def test_the_latest_report_is_that_of_the_latest_day(self, store: Store) -> None:
        for day in (date(2026, 11, 30), date(2026, 12, 1), date(2025, 12, 31)):
            store.commit(Changes(report=report(day)))
        assert store.report() == report(date(2026, 12, 1))
        assert store.report(date(2025, 12, 31)) == report(date(2025, 12, 31))
        assert store.report(date(2026, 12, 2)) is None

    def test_the_days_with_a_list_come_in_their_order(self, store: Store) -> None:
        assert store.days() == []
        days = [date(2025, 12, 31), date(2026, 11, 30), date(2026, 12, 1)]
        for day in (days[1], days[2], days[0]):
            store.commit(Changes(report=report(day)))
        assert store.days() == days

    def test_items_come_up_to_a_moment_too(self, store: Store) -> None:
        store.commit(Changes(items=items(700, 3, 5000, 0, 170)))
        assert store.items(before=NOW - timedelta(hours=170)) == list(items(5000, 700))
        assert store.items(NOW - timedelta(hours=700), NOW) == list(items(700, 170, 3))
        month = NOW.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        store.commit(Changes(items=(item(1, found=month), item(2, found=month - timedelta.resolution))))
        assert store.items(before=month)[-1].id == item(2).id

    def test_what_has_left_is_gone_and_known_for_ever(self, store: Store) -> None:
        store.commit(Changes(items=items(1, 2, 3), texts={item(1).id: "satu", item(2).id: "dua"}))
        left = (Tombstone(id=item(1).id, entry_hash=77), Tombstone(id=item(3).id))
        store.commit(Changes(removed=left))
        assert store.items() == [item(2)]
        assert store.find(item(1).id) == []
        assert store.texts(item(n).id for n in (1, 2)) == {item(2).id: "dua"}
        assert store.known(item(n).id for n in (1, 2, 3, 4)) == {item(n).id for n in (1, 2, 3)}
        assert store.removed_entries([77, 78]) == {77}
        assert list(store.tombstones()) == sorted(left, key=lambda trace: trace.id)

    def test_what_has_left_can_come_back_and_leave_again(self, store: Store) -> None:
        store.commit(Changes(items=items(1), removed=(Tombstone(id=item(1).id, entry_hash=1),)))
        assert store.items() == []
        store.commit(Changes(items=items(1), texts={item(1).id: "lagi"}))
        assert store.items() == list(items(1))
        assert store.texts([item(1).id]) == {item(1).id: "lagi"}
        store.commit(Changes(removed=(Tombstone(id=item(1).id, entry_hash=2),)))
        assert list(store.tombstones()) == [Tombstone(id=item(1).id, entry_hash=2)]
        assert (store.items(), store.texts([item(1).id])) == ([], {})

    def test_traces_keep_any_id_and_any_name(self, store: Store) -> None:
        traces = [Tombstone(id="00000000", entry_hash=2**63 - 1), Tombstone(id="0000000z"), Tombstone(id="zzzzzzzz", entry_hash=1)]
        store.commit(Changes(removed=tuple(reversed(traces))))
        assert list(store.tombstones()) == traces
        assert store.known(["00000000", "0000000z", "0000000y", "zzzzzzzz"]) == {trace.id for trace in traces}

    def test_what_left_long_ago_is_asked_for_by_the_thousand(self, store: Store) -> None:
        store.commit(Changes(removed=tuple(Tombstone(id=f"{n:08d}", entry_hash=n) for n in range(1, 12_001))))
        assert len(store.known(f"{n:08d}" for n in range(20_000))) == 12_000
        assert store.removed_entries(range(1, 20_000)) == set(range(1, 12_001))

    def test_a_writer_keeps_other_threads_out_and_only_while_it_writes(self, store: Store) -> None:
        refused: list[Locked] = []

        def intrude() -> None:
            try:
                with store.writing(patience=0):
                    store.commit(Changes(items=items(1)))
            except Locked as error:
                refused.append(error)

        with store.writing():
            _in_a_thread(intrude)
            store.commit(Changes(items=items(2)))
        assert [error.code for error in refused] == [75]
        assert store.items() == list(items(2))
        _in_a_thread(intrude)
        assert len(refused) == 1
        assert len(store.items()) == 2

    def test_a_commit_waits_for_another_writer_to_finish(self, store: Store) -> None:
        writing, leave = threading.Event(), threading.Event()

        def write() -> None:
            with store.writing():
                writing.set()
                leave.wait(10)
                store.commit(Changes(items=items(1)))

        writer = threading.Thread(target=write)
        writer.start()
        assert writing.wait(10)
        threading.Timer(0.2, leave.set).start()
        store.commit(Changes(items=items(2)))
        writer.join(10)
        assert store.items() == list(items(2, 1))

    def test_a_run_keeps_other_runs_out_and_lets_writers_commit(self, store: Store) -> None:
        refused: list[Locked] = []

        def second_run() -> None:
            try:
                with store.running():
                    pass
            except Locked as error:
                refused.append(error)

        with store.running(), store.running():
            _in_a_thread(second_run)
            _in_a_thread(lambda: store.commit(Changes(items=items(1))))
            assert store.items() == list(items(1))
        assert [error.code for error in refused] == [75]
        _in_a_thread(second_run)
        assert len(refused) == 1

    def test_the_lock_is_let_go_when_the_writer_fails(self, store: Store) -> None:
        with pytest.raises(ZeroDivisionError), store.writing():
            raise ZeroDivisionError
        _in_a_thread(lambda: store.commit(Changes(items=items(1))))
        assert len(store.items()) == 1

    def test_reading_needs_no_lock(self, store: Store) -> None:
        store.commit(Changes(items=items(1), texts={item(1).id: "x"}))
        read: list[object] = []
        with store.writing():
            _in_a_thread(lambda: read.extend((store.items(), store.texts([item(1).id]), store.states(), store.report())))
        assert read == [list(items(1)), {item(1).id: "x"}, {}, None]

    def test_posts_come_back_in_the_order_of_the_calendar_and_replace_their_former_selves(self, store: Store) -> None:
        store.commit(Changes(posts=(post(2), post(1), post(3, at=None))))
        moved = post(2, at=NOW, sequence=1, cancelled=True)
        store.commit(Changes(posts=(moved,)))
        assert store.posts() == [moved, post(1), post(3, at=None)]

    def test_decisions_come_back_in_their_order_across_months_and_can_be_taken_back(self, store: Store) -> None:
        december = decided(3, NOW + timedelta(days=20))
        store.commit(Changes(decisions=(december, decided(1), decided(2))))
        assert store.decisions() == [decided(1), decided(2), december]
        store.commit(Changes(undone=(3, 1)))
        assert store.decisions() == [decided(2)]

    def test_notices_come_back_the_earliest_first_and_replace_their_former_selves(self, store: Store) -> None:
        assert store.notices() == []
        store.commit(Changes(notices=(notice(2), notice(1), notice(3))))
        told = notice(2, state="sent", due=None, sent=NOW, reached=("a",), unsure=("a", "b"), members=("x", "y"), reason="sunyi")
        store.commit(Changes(notices=(told,), dropped=(notice(3).id, notice(9).id)))
        assert store.notices() == [notice(1), told]

    def test_results_replace_those_of_the_same_post(self, store: Store) -> None:
        assert store.results() == []
        store.commit(Changes(results=(result(2), result(1))))
        later = result(2, measured=NOW + timedelta(days=7), impressions=None, reach=40, engagements=9, tool="Buffer")
        store.commit(Changes(results=(later,)))
        assert store.results() == [result(1), later]

    def test_sites_replace_their_former_selves_until_they_are_forgotten(self, store: Store) -> None:
        assert store.scouted() == []
        store.commit(Changes(scouted=(scouted(2), scouted(1), scouted(3))))
        found = scouted(2, feed="https://situs2.example/feed", title="夕暮れ", entries=30, fitting=4, latest=NOW)
        store.commit(Changes(scouted=(found,), unscouted=(scouted(3).site, "tak-dikenal.example")))
        assert store.scouted() == [scouted(1), found]

    def test_one_command_at_a_time_sends_and_others_write_meanwhile(self, store: Store) -> None:
        refused: list[Locked] = []

        def second() -> None:
            try:
                with store.sending():
                    pass
            except Locked as error:
                refused.append(error)

        with store.sending():
            _in_a_thread(second)
            _in_a_thread(lambda: store.commit(Changes(notices=(notice(1),))))
        _in_a_thread(second)
        assert [error.code for error in refused] == [75]
        assert store.notices() == [notice(1)]


def _in_a_thread(job: object) -> None:
    thread = threading.Thread(target=job)  # type: ignore[arg-type]
    thread.start()
    thread.join(10)
