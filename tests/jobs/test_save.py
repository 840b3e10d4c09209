"""What a person keeps stays, comes with its text and its reasons, and is known again; the rest goes when its time is over."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace
from support.command import Day, curator
from support.parts import BRAND, NOW, Web, desk, page, rss

from curator.cli.commands.daily import STATUSES
from curator.core.brand import LibraryRules
from curator.core.context import Context
from curator.core.errors import CuratorError, UsageError
from curator.core.feed import Failure
from curator.core.item import Item, Source, Status
from curator.core.post import Post
from curator.core.protocols import Changes
from curator.core.text.urls import item_id
from curator.jobs import daily, explain, fetch, save
from curator.library import Library
from curator.planning import decisions
from curator.storage import retention
from curator.storage.memory import MemoryStore
from curator.storage.tinydb_store import TinyStore

STORY = "https://warung.example/panen-kopi"
HARVEST = (
    "Petani kopi di Gayo menyeduh dan menyangrai sendiri hasil panen mereka tahun ini.",
    "Kopi mereka dijual ke kedai kopi di Bandung dengan harga sangrai yang lebih baik bagi petani.",
)
DAY = timedelta(days=1)


@pytest.fixture
def web() -> Web:
    made = Web()
    made.serve(STORY, page("Petani kopi menyangrai sendiri", *HARVEST))
    return made


# --- save -------------------------------------------------------------------------------------------------------


def test_a_saved_page_is_kept_with_its_text_its_reasons_and_what_the_person_says_of_it(web: Web) -> None:
    of = desk(web)
    card, text = save.save(of, STORY, NOW, note="untuk Senin", tags=["#panen", "panen", " Jawa Barat "])
    (item,) = of.store.items()
    assert (card.id, card.title, card.status, card.tags) == (
        item_id(STORY),
        "Petani kopi menyangrai sendiri",
        "saved",
        ("panen", "Jawa Barat"),
    )
    assert (item.note, item.lang, item.depth, item.words, item.found) == ("untuk Senin", "id", "article", card.words, NOW)
    assert "Kopi mereka dijual" in text
    assert of.store.texts([card.id]) == {card.id: text}
    assert card.fits[0].topic == "Kopi"
    assert card.why
    assert card.evidence.text


def test_no_feed_is_said_to_have_brought_it(web: Web) -> None:
    card, _ = save.save(desk(web), STORY, NOW)
    assert card.source == Source(title="warung.example", feed="")


@pytest.mark.parametrize("typed", ["warung.example/panen-kopi", STORY + "?utm_source=x#top", "http://www.warung.example/panen-kopi/"])
def test_an_address_is_known_however_it_is_written(web: Web, typed: str) -> None:
    of = desk(web)
    save.save(of, STORY, NOW)
    web.asked.clear()
    card, text = save.save(of, typed, NOW + DAY, tags=["lagi"])
    assert (len(of.store.items()), card.tags, web.asked) == (1, ("lagi",), [])
    assert "Kopi mereka dijual" in text


def test_a_page_that_is_reached_by_another_address_is_kept_under_its_own(web: Web) -> None:
    of = desk(web)
    web.pages["https://pendek.example/x"] = replace(web.pages[STORY], url="https://pendek.example/x", final_url=STORY)
    first, _ = save.save(of, "https://pendek.example/x", NOW)
    again, _ = save.save(of, STORY, NOW)
    assert first.id == again.id == item_id(STORY)
    assert len(of.store.items()) == 1


def test_a_page_is_saved_under_the_address_that_it_gives_itself(web: Web) -> None:
    of, body = desk(web), page("Petani kopi menyangrai sendiri", *HARVEST)
    for address in (f"{STORY}?id=1", f"{STORY}?id=2"):
        web.serve(address, body.replace("<head>", f'<head><link rel="canonical" href="{STORY}">'))
    cards = [save.save(of, address, NOW)[0] for address in (f"{STORY}?id=1", f"{STORY}?id=2", STORY)]
    assert {(card.id, card.url) for card in cards} == {(item_id(STORY), STORY)}
    assert len(of.store.items()) == 1


def test_what_a_feed_brought_is_marked_and_not_doubled(web: Web) -> None:
    of, feed = desk(web, "https://warung.example/feed"), "https://warung.example/feed"
    web.serve(feed, rss("Warung", [{"title": "Panen kopi", "link": STORY}]), "application/rss+xml")
    fetch.fetch(of, NOW)
    card, text = save.save(of, STORY, NOW + DAY)
    (item,) = of.store.items()
    assert (card.title, card.status, card.source.feed, item.depth, item.found) == ("Panen kopi", "saved", feed, "article", NOW)
    assert "Kopi mereka dijual" in text


def test_what_a_feed_brought_is_saved_even_where_its_page_cannot_be_had(web: Web) -> None:
    feed, gone = "https://warung.example/feed", "https://warung.example/hilang"
    web.serve(feed, rss("Warung", [{"title": "Hilang", "link": gone, "description": "Kopi yang hilang."}]), "application/rss+xml")
    of = desk(web, feed)
    fetch.fetch(of, NOW)
    card, text = save.save(of, gone, NOW + DAY)
    assert (card.status, text, of.store.items()[0].depth) == ("saved", "Kopi yang hilang.", "failed")


def test_a_pick_that_is_saved_stays_a_pick(web: Web) -> None:
    of = desk(web)
    save.save(of, STORY, NOW)
    decisions.pick(of, [item_id(STORY)], NOW)
    card, _ = save.save(of, STORY, NOW, note="penting")
    assert (card.status, of.store.items()[0].note) == ("picked", "penting")


def test_saving_can_be_undone_and_saving_twice_is_one_decision(web: Web) -> None:
    of = desk(web)
    for _ in range(2):
        save.save(of, STORY, NOW, tags=["panen"])
    assert [(d.verdict, d.before.status) for d in of.store.decisions()] == [("save", "new")]
    (undone,) = decisions.undo(of, NOW)
    assert (undone.item.status, undone.item.tags, of.store.decisions()) == ("new", (), [])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "answered 404"),
        (Failure(url=STORY, stage="fetch", reason="may not be contacted: a private address", hint="[fetch] allow"), "may not be contacted"),
        ("<html><body><p>Login.</p></body></html>", "no text to read"),
    ],
)
def test_a_page_that_fails_is_told_with_its_reason_and_nothing_is_kept(answer: object, reason: str) -> None:
    web = Web()
    if isinstance(answer, str):
        web.serve(STORY, answer)
    elif isinstance(answer, Failure):
        web.pages[STORY] = answer
    of = desk(web)
    with pytest.raises(CuratorError, match=reason) as told:
        save.save(of, STORY, NOW)
    problem = told.value.problems[0]
    assert (told.value.code, problem.where, bool(problem.hint)) == (1, STORY, True)
    assert of.store.items() == []
    assert of.store.decisions() == []


@pytest.mark.parametrize("typed", ["", "ftp://x.example/a", "javascript:alert(1)", "file:///etc/passwd", "https://"])
def test_what_is_no_web_address_is_a_wrong_argument(typed: str) -> None:
    with pytest.raises(UsageError, match="not a web address"):
        save.save(desk(Web()), typed, NOW)


@pytest.mark.parametrize("title", ["القهوة عند الغروب في باندونغ", "กาแฟยามเย็นที่บันดุง", "夕暮れのコーヒー", "☕🌅 kopi \x1b[31m senja"])
def test_pages_of_every_script_are_kept_as_clean_text(title: str) -> None:
    web = Web()
    web.serve(STORY, page(title, *HARVEST))
    card, _ = save.save(desk(web), STORY, NOW, note="catatan \x07 ☕\nbaris", tags=["\u202emerah"])
    assert card.title.isprintable()
    assert card.title[:2] == title[:2]
    assert card.tags == ("merah",)


def test_an_item_of_the_list_is_shown_as_it_was_saved(web: Web) -> None:
    feed = "https://warung.example/feed"
    web.serve(feed, rss("Warung", [{"title": "Petani kopi menyangrai sendiri", "link": STORY}]), "application/rss+xml")
    of = desk(web, feed)
    assert [card.status for card in daily.run(of, NOW).items] == ["listed"]
    save.save(of, STORY, NOW, tags=["panen"])
    card, _ = explain.show(of, item_id(STORY), NOW)
    assert (card.status, card.tags) == ("saved", ("panen",))


# --- list -------------------------------------------------------------------------------------------------------


def test_the_items_of_a_status_come_last_found_first(web: Web) -> None:
    of = desk(web)
    for n in range(3):
        web.serve(f"{STORY}-{n}", page(f"Panen {n}", *HARVEST))
        save.save(of, f"{STORY}-{n}", NOW + n * DAY)
    decisions.skip(of, [item_id(f"{STORY}-1")], NOW)
    assert [card.title for card in save.items(of, "saved", NOW + 9 * DAY)] == ["Panen 2", "Panen 0"]
    assert [card.title for card in save.items(of, "skipped", NOW + 9 * DAY)] == ["Panen 1"]
    assert save.items(of, "picked", NOW) == ()


def test_every_status_can_be_asked_for() -> None:
    assert get_args(Status) == STATUSES


# --- ageing -----------------------------------------------------------------------------------------------------

OLD = NOW - timedelta(days=200)


def old(n: int, **changes: object) -> Item:
    source, url = Source(title="Warung", feed="https://warung.example/feed"), f"https://warung.example/{n}"
    plain = Item(id=item_id(url), url=url, title=f"Kabar {n}", source=source, published=OLD, found=OLD, guid=f"tag:{n}")
    return replace(plain, **changes)  # type: ignore[arg-type]


def aged(*items: Item, brand: object = BRAND, **more: object) -> Context:
    """A desk whose last list was yesterday's."""
    of = desk(Web(), store=MemoryStore(), brand=brand)  # type: ignore[arg-type]
    of.store.commit(Changes(items=items, texts={item.id: "teks" for item in items}, **more))  # type: ignore[arg-type]
    daily.run(of, NOW - DAY, fetch=False)
    return of


def test_what_nobody_decided_on_leaves_and_what_somebody_did_stays() -> None:
    kept = [
        old(1, status="picked"),
        old(2, status="saved"),
        old(3, tags=("panen",)),
        old(4, note="nanti"),
        old(5),
        old(6, found=NOW - 80 * DAY),
    ]
    post = Post(item=old(5).id, network="x", changed=OLD)
    of = aged(*kept, old(7), old(8, status="skipped"), old(9, status="listed"), posts=(post,))
    daily.run(of, NOW, fetch=False)
    assert {item.id for item in of.store.items()} == {item.id for item in kept}
    assert of.store.texts([old(5).id, old(7).id]) == {old(5).id: "teks"}
    assert of.store.known(old(n).id for n in range(1, 10)) == {old(n).id for n in range(1, 10)}


def test_what_was_decided_on_lately_can_still_be_undone() -> None:
    of = aged(old(1), old(2))
    decisions.skip(of, [old(1).id], NOW - 3 * DAY)
    daily.run(of, NOW, fetch=False)
    assert [item.id for item in of.store.items()] == [old(1).id]
    assert decisions.undo(of, NOW)[0].item.status == "new"


def test_a_topics_example_stays() -> None:
    topic = replace(BRAND.topics[0], examples=(old(1).url, old(2).id[:6]))
    of = aged(old(1), old(2), old(3), brand=replace(BRAND, topics=(topic, *BRAND.topics[1:])))
    daily.run(of, NOW, fetch=False)
    assert {item.id for item in of.store.items()} == {old(1).id, old(2).id}


def test_an_item_that_has_left_is_not_new_again_under_its_address_or_its_name() -> None:
    of = aged(old(1), old(2))
    daily.run(of, NOW, fetch=False)
    assert of.store.items() == []
    feed, web = old(1).source.feed, Web()
    shown = [
        {"title": "Kabar 1", "link": old(1).url, "guid": "tag:1"},
        {"title": "Kabar 2, alamat baru", "link": "https://warung.example/baru", "guid": "tag:2"},
        {"title": "Kabar 3", "link": "https://warung.example/3", "guid": "tag:3"},
    ]
    web.serve(feed, rss("Warung", shown), "application/rss+xml")
    report = fetch.fetch(desk(web, feed, store=of.store), NOW)
    assert (report.counts.entries, report.counts.new) == (3, 1)
    assert [item.title for item in of.store.items()] == ["Kabar 3"]


def test_an_item_that_has_left_can_be_saved(web: Web) -> None:
    of = aged(old(1, id=item_id(STORY), url=STORY))
    daily.run(of, NOW, fetch=False)
    assert of.store.items() == []
    assert save.save(desk(web, store=of.store), STORY, NOW)[0].status == "saved"
    assert len(of.store.items()) == 1


def test_whole_months_leave_so_that_old_files_are_rewritten_rarely() -> None:
    brand = replace(BRAND, library=LibraryRules(keep=timedelta(days=30)))
    horizons = {retention.horizon(brand, NOW + n * DAY) for n in range(60)}
    assert len(horizons) <= 3
    assert all(NOW + n * DAY - retention.horizon(brand, NOW + n * DAY) >= timedelta(days=30) for n in range(60))


def test_an_old_month_is_written_once_and_then_left_alone(tmp_path: Path) -> None:
    of, old_month = desk(Web(), store=TinyStore(tmp_path)), tmp_path / "items" / f"{OLD:%Y-%m}.json"
    of.store.commit(Changes(items=(old(1), old(2, status="picked")), texts={old(1).id: "teks", old(2).id: "teks"}))
    stamps = []
    for n in range(4):
        daily.run(of, NOW + n * DAY, fetch=False)
        stamps.append(old_month.stat().st_mtime_ns)
    assert stamps[0] < stamps[1] == stamps[2] == stamps[3]
    assert [item.id for item in of.store.items()] == [old(2).id]
    assert of.store.check() == []


def test_what_may_be_on_a_list_never_leaves() -> None:
    brand = replace(BRAND, library=LibraryRules(keep=DAY), shortlist=replace(BRAND.shortlist, window=timedelta(days=300)))
    of = aged(old(1), brand=brand)
    daily.run(of, NOW, fetch=False)
    assert len(of.store.items()) == 1


def test_a_clock_that_jumps_ahead_drops_nothing() -> None:
    of = aged(old(1, found=NOW - 9 * DAY))
    daily.run(of, NOW + 400 * DAY, fetch=False)
    daily.run(of, NOW, fetch=False)
    assert len(of.store.items()) == 1


def test_ageing_is_looked_at_once_a_day() -> None:
    of = aged()
    daily.run(of, NOW, fetch=False)
    of.store.commit(Changes(items=(old(1),)))
    daily.run(of, NOW + timedelta(hours=1), fetch=False)
    assert len(of.store.items()) == 1
    daily.run(of, NOW + DAY, fetch=False)
    assert of.store.items() == []


# --- as a person types it -----------------------------------------------------------------------------------------


def listed(day: Day) -> str:
    return str(day.report["items"][0]["url"])


def test_save_prints_the_item_and_its_text_and_list_finds_it_again(day: Day) -> None:
    done = curator("save", listed(day), "--note", "bagus", "--tag", "panen", "--json", "--home", day.home)
    assert done.returncode == 0, done.stderr
    saved = json.loads(done.stdout)
    assert (saved["status"], saved["tags"], saved["url"]) == ("saved", ["panen"], listed(day))
    assert saved["text"]
    assert saved["why"]
    assert set(saved) == {*day.report["items"][0], "text"}
    found = json.loads(curator("list", "--status", "saved", "--json", "--home", day.home).stdout)
    assert [item["id"] for item in found["items"]] == [saved["id"]]
    assert saved["id"] in curator("list", "--status", "saved", "--home", day.home).stdout
    assert curator("list", "--status", "picked", "--home", day.home).stdout == "no item is picked\n"


def test_a_page_that_cannot_be_had_is_one_error_with_a_hint(day: Day) -> None:
    done = curator("save", "http://127.0.0.1:1/tidak-ada", "--home", day.home)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: the page is not kept: ")
    assert "where: http://127.0.0.1:1/tidak-ada" in done.stderr
    assert "hint: " in done.stderr


def test_the_doctor_tells_how_long_things_stay(day: Day) -> None:
    checks = json.loads(curator("doctor", "--json", "--home", day.home).stdout)["checks"]
    (told,) = [check["text"] for check in checks if check["name"] == "ageing"]
    assert told == "what nobody decided on stays 90 days; 0 stories have left and are known when they come again"


def test_a_kill_at_any_moment_loses_nothing_that_was_decided(day: Day) -> None:
    """`pick`, `save` and `search` killed ten times; whatever they had told is there, and the library is whole."""
    dice, addresses = random.Random(19), [item["url"] for item in day.report["items"]]
    said: set[str] = set()
    for shot in range(10):
        id_ = day.report["items"][shot]["id"]
        command = (["pick", id_], ["save", addresses[shot]], ["search", "kopi"])[shot % 3]
        process = _started(command, day.home)
        time.sleep(dice.uniform(0.1, 1.6))
        os.killpg(process.pid, signal.SIGKILL)
        out, _ = process.communicate()
        said |= {id_} if id_.encode() in out and command[0] != "search" else set()
    with Library.open(day.home) as opened:
        kept = {item.id: item.status for item in opened.store.items()}
        decided = {decision.item for decision in opened.store.decisions()}
    assert said <= decided
    assert all(kept[id_] in {"picked", "saved"} for id_ in decided)
    mended = curator("doctor", "--fix", "--json", "--home", day.home)
    assert [check for check in json.loads(mended.stdout)["checks"] if check["name"] == "library" and not check["ok"]] == []
    assert curator("pick", day.report["items"][0]["id"], "--home", day.home).returncode == 0


def _started(command: list[str], home: Path) -> "subprocess.Popen[bytes]":
    line = [sys.executable, "-m", "curator", *command, "--home", str(home)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
