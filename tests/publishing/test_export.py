"""An export lies where it is expected, holds what was asked for, and leaves nothing behind that would be posted again."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import pytest
from msgspec.structs import replace
from support.command import curator
from support.parts import NOW
from support.posts import PLANNING, item, one, placed, planned, table

from curator.core.brand import CalendarRules
from curator.core.context import Context
from curator.core.errors import CuratorError, UsageError
from curator.core.protocols import Changes
from curator.core.review import PostAnswer
from curator.library import Library
from curator.planning.answers import answer, sheet
from curator.planning.drafts import write
from curator.publishing.export import export_posts, subscription
from curator.publishing.formats import CALENDAR_FORMATS
from curator.publishing.posts import ready_posts
from curator.publishing.types import ExportFiles, ExportRequest
from curator.publishing.write import write_files
from curator.storage import open_store

ITEMS = tuple(item(n) for n in range(1, 4))


def exported(format_: str, desk=None, **request) -> ExportFiles:
    return export_posts(desk or one(), ExportRequest(format=format_, **request), NOW)


# --- the words ------------------------------------------------------------------------------------------------------


def test_a_post_goes_out_in_the_words_of_its_draft_with_the_sentence_of_its_list():
    (ready,) = ready_posts(one(), ExportRequest(format="csv"), NOW)
    assert "Harga yang lebih adil, kata mereka." in ready.text
    assert ready.url in ready.text
    assert 0 < ready.length <= ready.limit == 280


def test_a_persons_own_words_go_out_as_they_are():
    desk = planned([item()], [placed(item(), text="Kata saya sendiri.\n\nDua baris.")])
    assert table(exported("buffer", desk).single())[1][0] == "Kata saya sendiri.\n\nDua baris."


def test_an_item_that_was_on_no_list_gets_its_sentence_from_its_text():
    saved = item(listed=None, summary="x")
    desk = planned([saved], [placed(saved, "linkedin")])
    desk.store.commit(Changes(texts={saved.id: "Petani kopi menyeduh dan menyangrai sendiri hasil panen espresso mereka tahun ini."}))
    (ready,) = ready_posts(desk, ExportRequest(format="csv"), NOW)
    assert "menyangrai sendiri" in ready.text


def test_where_every_post_has_its_words_the_model_is_not_asked():
    desk = planned([item()], [placed(item())])

    def never() -> None:
        raise AssertionError("the model was asked")

    assert exported("ics", replace(desk, engine=never)).single()


# --- which posts ----------------------------------------------------------------------------------------------------


def test_cancelled_posts_and_those_without_a_time_are_in_no_table():
    posts = [placed(ITEMS[0]), placed(ITEMS[1], cancelled=True), placed(ITEMS[2], at=None)]
    desk = planned(ITEMS, posts)
    for format_ in ("csv", "buffer", "md", "xlsx", "google-calendar"):
        assert sum(exported(format_, desk).posts.values()) == 1


def test_a_network_and_days_can_be_asked_for():
    desk = planned(ITEMS, [placed(ITEMS[0]), placed(ITEMS[1], "linkedin"), placed(ITEMS[2], days=9)])
    assert list(exported("buffer", desk, network="linkedin").files) == ["buffer-linkedin.csv"]
    assert exported("buffer", desk, since=date(2026, 12, 1)).posts == {"buffer-x.csv": 1}
    assert exported("csv", desk, until=date(2026, 11, 24)).posts == {"calendar.csv": 2}


def test_a_network_that_the_brand_does_not_have_is_an_error_with_the_one_that_was_meant():
    with pytest.raises(UsageError) as error:
        exported("buffer", network="linkdin")
    assert error.value.problems[0].hint == "--network linkedin"


# --- approval -------------------------------------------------------------------------------------------------------


def asking(rule: Literal["none", "warn", "require"]) -> Context:
    """Three posts ahead, of which the first is approved, and one that has gone out."""
    posts = [placed(ITEMS[0]), placed(ITEMS[1]), placed(ITEMS[2]), placed(ITEMS[2], "linkedin", days=-2)]
    desk = planned(ITEMS, posts)
    desk = replace(desk, brand=replace(desk.brand, calendar=replace(desk.brand.calendar, approval=rule)))
    (first, *_) = sheet(desk, posts, NOW)
    answer(desk, [first.post], "Rina", [PostAnswer(post=first.post, verdict="approve", text=first.fingerprint)], NOW)
    return desk


def test_an_export_asks_for_no_approval_unless_the_brand_wants_it():
    made = exported("csv", asking("none"))
    assert (sum(made.posts.values()), made.unapproved, made.left_out) == (4, "", ())


def test_an_export_warns_of_what_nobody_approved():
    made = exported("csv", asking("warn"))
    assert (sum(made.posts.values()), made.unapproved) == (4, "2 of 3 posts not approved")


@pytest.mark.parametrize("format_", ["csv", "ics", "vdir", "md", "xlsx", "buffer"])
def test_an_export_refuses_what_nobody_approved_or_leaves_it_out(format_: str):
    desk = asking("require")
    with pytest.raises(CuratorError) as error:
        exported(format_, desk, network="x")
    assert error.value.problems[0].what == "2 of 3 posts not approved"
    assert [each.where.partition(" ")[0] for each in error.value.problems[1:]] == [f"{each.id}-x" for each in ITEMS[1:]]
    made = exported(format_, desk, network="x", skip_bad=True)
    assert (sum(made.posts.values()), len(made.left_out)) == (1, 2)


def test_an_approval_counts_for_an_export_until_the_text_is_changed():
    desk = asking("require")
    assert exported("csv", desk, network="x", until=date(2026, 11, 23), skip_bad=True)
    write(desk, ITEMS[0].id, "Lain.", NOW, network="x")
    with pytest.raises(CuratorError, match="3 of 3 posts not approved"):
        exported("csv", desk)


def test_the_calendar_to_subscribe_to_shows_what_is_planned_approved_or_not():
    assert subscription(asking("require"), NOW).count(b"BEGIN:VEVENT") == 4


def test_an_unknown_format_is_an_error():
    with pytest.raises(UsageError, match="unknown format"):
        exported("myspace")


def test_a_brand_without_networks_exports_too():
    bare = replace(PLANNING, calendar=CalendarRules())
    assert list(exported("buffer", planned([item()], [placed(item(), "any")], bare)).files) == ["buffer-any.csv"]
    assert list(exported("buffer", planned([item()], [placed(item(), "../../etc")], bare)).files) == ["buffer--etc.csv"]


@pytest.mark.parametrize("format_", CALENDAR_FORMATS)
def test_nothing_planned_makes_a_header_and_no_error(format_: str):
    parcel = exported(format_, planned([], []))
    assert sum(parcel.posts.values()) == 0
    assert parcel.folder or isinstance(parcel.single(), bytes)


@pytest.mark.parametrize("format_", CALENDAR_FORMATS)
def test_the_same_calendar_makes_the_same_bytes_at_any_hour(format_: str):
    desk = planned(ITEMS, [placed(i, network, days=2) for i in ITEMS for network in ("x", "linkedin", "instagram")])
    first, later = (
        export_posts(desk, ExportRequest(format=format_, skip_bad=True), NOW + hours) for hours in (timedelta(0), timedelta(hours=7))
    )
    assert first.files == later.files


def test_a_plan_reads_day_by_day_and_its_words_stay_words():
    desk = planned(
        [item(1, title="*Kopi* [gratis](http://evil.example)"), item(2)],
        [placed(item(1), text="```\n# bukan judul"), placed(item(2), days=2)],
    )
    text = exported("md", desk).single().decode()
    assert text.startswith("# Kopi Senja · kalender\n\n2 kiriman · waktu ")
    assert text.index("## Selasa, 24 November 2026") < text.index("## Rabu, 25 November 2026")
    assert "### 08:00 · X" in text
    assert r"\*Kopi\* \[gratis\](http\://evil.example)" in text
    assert "````text\n```\n# bukan judul\n````" in text


# --- the disk -------------------------------------------------------------------------------------------------------


def test_files_lie_in_the_calendar_folder_and_are_not_written_again_when_nothing_changed(tmp_path: Path):
    parcel = exported("ics")
    (path,) = write_files(parcel, tmp_path / "calendar").files
    before = path.stat()
    write_files(parcel, tmp_path / "calendar")
    assert path == tmp_path / "calendar" / "calendar.ics"
    assert path.stat().st_ino == before.st_ino


def test_one_file_can_be_given_a_name_and_several_a_folder(tmp_path: Path):
    two = exported("buffer", planned(ITEMS, [placed(ITEMS[0]), placed(ITEMS[1], "linkedin")]))
    assert write_files(exported("buffer"), tmp_path, tmp_path / "mine.csv").files == (tmp_path / "mine.csv",)
    assert sorted(p.name for p in write_files(two, tmp_path, tmp_path / "out").files) == ["buffer-linkedin.csv", "buffer-x.csv"]
    with pytest.raises(UsageError):
        write_files(two, tmp_path, tmp_path / "both.csv")
    with pytest.raises(UsageError):
        two.single()


def test_what_is_no_longer_planned_does_not_lie_there_to_be_posted_again(tmp_path: Path):
    both = planned(ITEMS, [placed(ITEMS[0]), placed(ITEMS[1], "linkedin")])
    write_files(exported("buffer", both), tmp_path)
    (tmp_path / "buffer-template.csv").write_text("hers")
    both.store.commit(Changes(posts=(placed(ITEMS[1], "linkedin", cancelled=True),)))
    done = write_files(exported("buffer", both), tmp_path)
    assert done.removed == (tmp_path / "buffer-linkedin.csv",)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["buffer-template.csv", "buffer-x.csv"]


def test_an_export_of_one_network_leaves_the_others_alone(tmp_path: Path):
    both = planned(ITEMS, [placed(ITEMS[0]), placed(ITEMS[1], "linkedin")])
    write_files(exported("buffer", both), tmp_path)
    assert write_files(exported("buffer", both, network="x"), tmp_path).removed == ()


def test_a_folder_that_is_not_ours_loses_nothing(tmp_path: Path):
    (tmp_path / "buffer-linkedin.csv").write_text("hers")
    assert write_files(exported("buffer"), tmp_path / "calendar", tmp_path).removed == ()


def test_a_vdir_loses_exactly_the_event_that_was_taken_out(tmp_path: Path):
    desk = planned(ITEMS, [placed(ITEMS[0]), placed(ITEMS[1])])
    kept = write_files(exported("vdir", desk), tmp_path).files
    (tmp_path / "vdir" / "birthday.ics").write_text("hers")
    desk.store.commit(Changes(posts=(placed(ITEMS[1], cancelled=True),)))
    done = write_files(exported("vdir", desk), tmp_path)
    assert len(done.files) == len(done.removed) == 1
    assert set(done.files) | set(done.removed) == set(kept)
    assert (tmp_path / "vdir" / "birthday.ics").exists()


# --- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "senja"
    home.mkdir()
    (home / "brand.toml").write_text(
        '[brand]\nname = "Kopi Senja"\ntimezone = "Asia/Jakarta"\n'
        '[[topics]]\nname = "Kopi"\nabout = "kopi"\n[calendar]\nnetworks = ["x", "linkedin"]\n'
    )
    (home / "feeds.opml").write_text(
        '<opml version="2.0"><body><outline type="rss" text="w" xmlUrl="https://warta.example/feed"/></body></opml>'
    )
    worded = (placed(ITEMS[0], text="Satu"), placed(ITEMS[1], "linkedin", text="Dua"))
    open_store("tinydb", home / "library").commit(Changes(items=ITEMS, posts=worded))
    return home


def test_the_command_writes_a_file_a_network_and_says_where(home: Path):
    done = curator("export", "buffer", "--home", home, "--now", NOW.isoformat())
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in (home / "calendar").iterdir()) == ["buffer-linkedin.csv", "buffer-x.csv"]
    assert done.stdout.count("1 post") == 2
    assert "note: " in done.stderr


def test_one_file_is_printed_and_nothing_else(home: Path):
    done = curator("export", "buffer", "--network", "x", "-o", "-", "--home", home, "--now", NOW.isoformat())
    assert done.stdout.lstrip("\ufeff").splitlines() == ['"Text","Image URL","Tags","Posting Time"', '"Satu","","","2026-11-24 08:00"']
    assert not (home / "calendar").exists()
    several = curator("export", "buffer", "-o", "-", "--home", home, "--now", NOW.isoformat())
    assert several.returncode == 2
    assert "--network" in several.stderr


def test_what_would_be_refused_is_told_and_nothing_is_written(home: Path):
    done = curator("export", "buffer", "--home", home, "--now", "2027-01-01T00:00:00Z")
    assert done.returncode == 1
    assert done.stderr.count("its time is past") == 2
    assert "buffer-x.csv, row 2: 00000001" in done.stderr
    assert not (home / "calendar").exists()
    skipped = curator("export", "buffer", "--skip-bad", "--home", home, "--now", "2027-01-01T00:00:00Z")
    assert skipped.returncode == 0
    assert skipped.stderr.count("left out: ") == 2


def test_the_command_tells_its_files_as_data(home: Path):
    done = curator("export", "vdir", "--json", "--home", home)
    told = json.loads(done.stdout)
    assert [file["posts"] for file in told["files"]] == [1, 1]
    assert told["removed"] == told["left_out"] == []


@pytest.mark.parametrize("arguments", [["csv", "--from", "tomorrow"], ["csv", "--json", "-o", "-"], ["vdir", "-o", "-"], ["fax"]])
def test_what_makes_no_sense_is_a_usage_error(home: Path, arguments: list[str]):
    assert curator("export", *arguments, "--home", home).returncode == 2


def test_the_library_and_the_subscriptions_are_exported_too(home: Path):
    with Library.open(home) as desk:
        whole = json.loads(desk.publishing.export("json").single())
        assert {record["record"] for record in whole} >= {"library", "item", "post", "end"}
        assert b"https://warta.example/feed" in desk.publishing.export("opml").single()
        assert [p.name for p in desk.publishing.write(desk.publishing.export("json")).files] == ["library.json"]


def test_a_template_that_is_damaged_is_told_in_one_line(home: Path, tmp_path: Path):
    (tmp_path / "empty.csv").write_bytes(b"")
    with Library.open(home) as desk, pytest.raises(CuratorError, match="no column for the text"):
        desk.publishing.export("buffer", like=tmp_path / "empty.csv", now=NOW)
