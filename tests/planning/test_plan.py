"""The calendar: what stands in it, what could, and what a person changes; and how it looks."""

import io
import json
import tomllib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from rich.console import Console
from support.command import Day, curator
from support.parts import BRAND, NOW, Web, desk

from curator.cli.render import plan as render_plan
from curator.config import parse
from curator.core.brand import CalendarRules
from curator.core.context import Context
from curator.core.errors import ConfigError, CuratorError, UsageError
from curator.core.item import Item, Source
from curator.core.post import Post
from curator.core.protocols import Changes
from curator.planning import decisions, edits, holidays, plan, proposals
from curator.planning.holidays import Occasion

MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)  # 09:00 in Jakarta, an hour from NOW
WEDNESDAY = datetime(2026, 11, 25, 5, tzinfo=UTC)
MIX = {"education": 0.5, "quote": 0.5}
PLANNED = replace(BRAND, mix=MIX, calendar=CalendarRules(slots=("Mon 09:00", "Wed 12:00"), networks=("instagram", "x")))
SUBJECTS = {
    "aaaa1111": "kopi petani sangrai seduh lereng kabut gunung",
    "bbbb2222": "espresso seduh kopi coffee barista lomba juara piala",
    "cccc3333": "gelas pakai ulang isi ulang sampah plastik sungai",
    "dddd4444": "refill reuse cup waste kampus pasar minggu",
}


def item(id_: str, **more: object) -> Item:
    words = SUBJECTS.get(id_, "kopi petani sangrai seduh espresso")
    source = Source(title=f"Kabar {id_[:4]}", feed=f"https://{id_}.example/feed")
    known = {"id": id_, "url": f"https://{id_}.example/", "title": words.title(), "summary": words, "source": source, "lang": "id"}
    return Item(**known | {"published": NOW - timedelta(hours=5), "found": NOW - timedelta(hours=4)} | more)  # type: ignore[arg-type]


def home(*items: Item, **calendar: object) -> Context:
    made = desk(Web(), brand=replace(PLANNED, calendar=replace(PLANNED.calendar, **calendar)))
    made.store.commit(Changes(items=items, texts={i.id: i.summary for i in items}))
    return made


def post(id_: str, network: str = "instagram", at: datetime | None = MONDAY, **more: object) -> Post:
    return Post(item=id_, network=network, at=at, changed=NOW, **more)  # type: ignore[arg-type]


def spots(drawn: plan.Plan) -> list[tuple[str, str, str | None]]:
    return [(f"{s.when:%a %H:%M}", s.network, s.item) for s in drawn.slots]


# --- what stands --------------------------------------------------------------------------------------------------------


def test_an_empty_calendar_is_all_gaps() -> None:
    drawn = plan.plan(home(), NOW, 1)
    assert spots(drawn) == [
        ("Mon 02:00", "instagram", None),
        ("Mon 02:00", "x", None),
        ("Wed 05:00", "instagram", None),
        ("Wed 05:00", "x", None),
    ]
    assert drawn.mix == {kind: plan.Share(target=0.5, actual=0.0) for kind in MIX}
    assert drawn.warnings == ()


def test_a_post_stands_in_its_slot_beside_it_or_behind_another() -> None:
    desk = home(*map(item, SUBJECTS))
    aside = MONDAY + timedelta(hours=3)
    desk.store.commit(
        Changes(
            posts=(
                post("aaaa1111", kind="education"),
                post("bbbb2222", "x", aside),
                post("cccc3333"),
                post("dddd4444", "x", cancelled=True),
                post("dddd4444", at=None),
            )
        )
    )
    drawn = plan.plan(desk, NOW, 1)
    filled = {(s.item, s.network): s.note for s in drawn.slots if s.item}
    assert filled == {("aaaa1111", "instagram"): "", ("cccc3333", "instagram"): "second at this time", ("bbbb2222", "x"): "outside slots"}
    assert drawn.waiting == ("dddd4444-instagram",)
    assert any("two posts at one time: cccc3333-instagram" in warning for warning in drawn.warnings)
    assert {s.title for s in drawn.slots if s.item == "aaaa1111"} == {item("aaaa1111").title}


def test_the_mix_is_that_of_the_posts_and_what_is_far_off_is_told() -> None:
    desk = home(*map(item, SUBJECTS))
    desk.store.commit(Changes(posts=tuple(post(id_, at=MONDAY + timedelta(days=n), kind="quote") for n, id_ in enumerate(SUBJECTS))))
    drawn = plan.plan(desk, NOW, 2)
    assert drawn.mix == {"education": plan.Share(target=0.5, actual=0.0), "quote": plan.Share(target=0.5, actual=1.0)}
    assert drawn.warnings[:2] == ("little education: 0% of the posts, 50% are wanted", "much quote: 100% of the posts, 50% are wanted")


def test_too_much_of_one_source_in_a_week_is_told() -> None:
    source = Source(title="Kabar Kedai", feed="https://kabar.example/feed")
    desk = home(*(item(id_, source=source) for id_ in SUBJECTS))
    desk.store.commit(Changes(posts=tuple(post(id_, at=MONDAY + timedelta(days=n)) for n, id_ in enumerate(SUBJECTS))))
    assert "4 times Kabar Kedai in week 48" in plan.plan(desk, NOW, 1).warnings


# --- what could -----------------------------------------------------------------------------------------------------------


def test_a_proposal_fills_the_gaps_and_keeps_nothing() -> None:
    desk = home(*map(item, SUBJECTS))
    found = proposals.propose(desk, NOW, 2)
    assert {s.item for s in found.plan.slots} == set(SUBJECTS)
    assert {s.note for s in found.plan.slots} == {"proposed"}
    assert desk.store.posts() == []
    assert proposals.propose(desk, NOW, 2) == found


def test_what_is_kept_is_picked_and_one_undo_takes_all_of_it_back() -> None:
    desk = home(*map(item, SUBJECTS))
    found = proposals.propose(desk, NOW, 2)
    kept = proposals.keep(desk, found, NOW)
    assert len(kept) == 8
    assert {s.note for s in found.kept(kept).slots} == {"kept"}
    assert {i.status for i in desk.store.items()} == {"picked"}
    assert [replace(s, note="") for s in found.plan.slots] == list(plan.plan(desk, NOW, 2).slots)
    assert proposals.propose(desk, NOW, 2).assignments == ()
    decisions.undo(desk, NOW)
    assert {i.status for i in desk.store.items()} == {"new"}
    assert all(s.item is None for s in plan.plan(desk, NOW, 2).slots)


def test_a_pick_without_a_time_gets_one_on_its_own_network() -> None:
    desk = home(item("aaaa1111"), item("bbbb2222"))
    decisions.pick(desk, ["aaaa"], NOW, networks=("x",), kind="quote")
    proposals.keep(desk, proposals.propose(desk, NOW, 1), NOW)
    (mine,) = (p for p in desk.store.posts() if p.item == "aaaa1111")
    assert (mine.id, mine.at, mine.kind) == ("aaaa1111-x", MONDAY, "quote")
    assert plan.plan(desk, NOW, 1).waiting == ()


def test_neither_what_was_skipped_nor_what_echoes_the_calendar_is_proposed() -> None:
    twin = replace(item("aaaa1111"), id="eeee5555", url="https://twin.example/")
    desk = home(item("aaaa1111"), item("cccc3333"), twin)
    decisions.pick(desk, ["aaaa"], NOW, at=WEDNESDAY)
    decisions.skip(desk, ["cccc"], NOW)
    assert proposals.propose(desk, NOW, 2).assignments == ()
    assert proposals.propose(desk, NOW + timedelta(days=5), 2).assignments == ()  # it went out on Wednesday


def test_without_slots_there_is_nothing_to_fill() -> None:
    with pytest.raises(ConfigError):
        proposals.propose(home(slots=()), NOW, 1)


# --- what a person changes ------------------------------------------------------------------------------------------------------


def placed() -> Context:
    desk = home(item("aaaa1111"), item("aabb2222"))
    decisions.pick(desk, ["aaaa"], NOW, at=MONDAY, networks=("instagram", "x"))
    decisions.pick(desk, ["aabb"], NOW, at=WEDNESDAY, networks=("x",))
    return desk


def test_a_post_is_moved_by_the_first_characters_of_its_name() -> None:
    desk = placed()
    assert [p.id for p in edits.move(desk, "aaaa", "rabu 12.00", NOW)] == ["aaaa1111-instagram", "aaaa1111-x"]
    (moved,) = edits.move(desk, "aaaa-x", "2026-11-27 12:00", NOW)
    assert (moved.at, moved.sequence) == (datetime(2026, 11, 27, 5, tzinfo=UTC), 2)
    assert {p.id: p.at for p in desk.store.posts()}["aaaa1111-instagram"] == WEDNESDAY
    decisions.undo(desk, NOW)
    assert {p.at for p in desk.store.posts() if p.item == "aaaa1111"} == {WEDNESDAY}


def test_a_day_without_a_time_takes_the_slot_that_is_open_for_the_networks_asked_for() -> None:
    desk = placed()
    taken = edits.when(desk, "rabu", NOW, networks=["x"])
    assert (taken.at, taken.note) == (datetime(2026, 11, 25, 2, tzinfo=UTC), "no time was said: 09:00, as no slot is open then")
    assert edits.when(desk, "rabu", NOW, networks=["instagram"]).at == WEDNESDAY
    assert edits.when(desk, "rabu", NOW, post="aabb").at == WEDNESDAY  # its own slot is open to it
    assert edits.move(desk, "aaaa-instagram", "rabu", NOW)[0].at == WEDNESDAY


def test_a_locked_post_is_neither_moved_nor_dropped_until_it_is_let_go() -> None:
    desk = placed()
    edits.lock(desk, "aabb", NOW)
    for change in (lambda: edits.move(desk, "aabb", "besok", NOW), lambda: edits.drop(desk, "aabb", NOW)):
        with pytest.raises(CuratorError, match="locked"):
            change()
    assert next(s for s in plan.plan(desk, NOW, 1).slots if s.item == "aabb2222").locked
    edits.lock(desk, "aabb", NOW, locked=False)
    assert edits.move(desk, "aabb", "besok", NOW)[0].at == datetime(2026, 11, 24, 2, tzinfo=UTC)


def test_a_dropped_post_leaves_a_gap_and_is_not_proposed_again() -> None:
    desk = placed()
    edits.drop(desk, "aabb", NOW)
    assert "aabb2222" not in {s.item for s in plan.plan(desk, NOW, 1).slots}
    assert "aabb2222" not in {place.item for place in proposals.propose(desk, NOW, 1).assignments}
    assert desk.find_item("aabb").status == "picked"


def test_a_name_of_no_post_or_of_several_and_a_time_that_is_past_are_refused() -> None:
    desk = placed()
    for name in ("aa", "zzzz", "aabb-instagram", "", "-x"):
        with pytest.raises(CuratorError):
            edits.move(desk, name, "besok", NOW)
    with pytest.raises(UsageError):
        edits.move(desk, "aabb", "2026-11-01 09:00", NOW)


# --- special days ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "name"), [("id", "Hari Raya Natal"), ("en", "Christmas Day")])
def test_public_holidays_have_their_names_in_the_brands_language(language: str, name: str) -> None:
    found = holidays.between(replace(BRAND, language=language), date(2026, 12, 25), date(2026, 12, 25))
    assert found == (Occasion(day=date(2026, 12, 25), name=name),)


def test_the_brands_own_days_stand_beside_them() -> None:
    dates = {date(2026, 12, 9): "Ulang tahun kedai", date(2026, 12, 10): "hari hak asasi manusia", date(2027, 12, 10): "lain"}
    brand = replace(BRAND, calendar=CalendarRules(dates=dates))
    assert holidays.between(brand, date(2026, 12, 4), date(2026, 12, 11)) == (
        Occasion(day=date(2026, 12, 9), name="Ulang tahun kedai", kind="own"),
        Occasion(day=date(2026, 12, 10), name="hari hak asasi manusia", kind="own"),
    )


@pytest.mark.parametrize(
    ("language", "timezone", "names"),
    [
        ("id", "Asia/Jayapura", ["Hari Kesaktian Pancasila", "Hari Kopi Internasional", "Hari Batik Nasional"]),
        ("en", "Asia/Jakarta", ["Pancasila Sanctity Day", "International Coffee Day", "National Batik Day"]),
        ("de", "Europe/Berlin", ["International Coffee Day"]),
        ("en", "UTC", ["International Coffee Day"]),
    ],
)
def test_what_is_observed_and_worked_is_told_where_it_is_observed(language: str, timezone: str, names: list[str]) -> None:
    brand = replace(BRAND, language=language, timezone=timezone)
    found = holidays.between(brand, date(2026, 10, 1), date(2026, 10, 2))
    assert [o.name for o in found] == names
    assert {o.kind for o in found} == {"observance"}


def test_observances_come_again_every_year_and_can_be_left_out() -> None:
    found = holidays.between(BRAND, date(2026, 12, 20), date(2028, 1, 1))
    assert [o.day.year for o in found if o.name == "Hari Ibu"] == [2026, 2027]
    bare = holidays.between(replace(BRAND, calendar=CalendarRules(observances=False)), date(2026, 12, 20), date(2028, 1, 1))
    assert bare == tuple(o for o in found if o.kind == "holiday")


def test_every_observance_says_what_made_it_one_and_no_week_is_full_of_them() -> None:
    text = resources.files("curator.planning").joinpath("holidays.toml").read_text(encoding="utf-8")
    lists = tomllib.loads(text)
    for known in lists.values():
        days = [date.fromisoformat(f"2027-{each['on']}") for each in known]
        assert days == sorted(days)
        assert all(0 < len(each[name]) < 60 for each in known for name in ("id", "en", "by"))
    found = holidays.between(BRAND, date(2026, 1, 1), date(2030, 12, 31))
    assert max(Counter(o.day.isocalendar()[:2] for o in found if o.kind == "observance").values()) <= 4


@pytest.mark.parametrize("timezone", ["UTC", "Europe/Berlin", "Asia/Tokyo", "Antarctica/Troll"])
def test_a_brand_anywhere_has_a_calendar(timezone: str) -> None:
    found = holidays.between(replace(BRAND, timezone=timezone), date(2026, 1, 1), date(2026, 12, 31))
    assert all(occasion.name for occasion in found)


def test_own_days_are_read_from_brand_toml_and_what_is_no_day_is_told() -> None:
    least = '[brand]\nname = "Kopi"\n[[topics]]\nname = "Kopi"\nabout = "kopi"\n[calendar]\ndates = '
    assert parse((least + '{ "2026-12-10" = "Ulang tahun" }').encode()).calendar.dates == {date(2026, 12, 10): "Ulang tahun"}
    for wrong in ('{ "10/12" = "Ulang tahun" }', '{ "2026-12-10" = 3 }', '"2026-12-10"'):
        with pytest.raises(ConfigError) as refused:
            parse((least + wrong).encode())
        assert "calendar.dates" in refused.value.problems[0].where


# --- how it looks -----------------------------------------------------------------------------------------------------------------


def drawn(shown: plan.Plan, width: int, desk: Context) -> str:
    out = io.StringIO()
    render_plan.show_plan(shown, desk.brand, Console(file=out, width=width, markup=False, emoji=False, highlight=False))
    return out.getvalue()


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal_whatever_the_script(width: int) -> None:
    titles = ("咖啡农在云雾缭绕的山坡上采摘" * 9, "قهوة الصباح في الحي القديم " * 9, "กาแฟยามเช้าในเมืองเก่า" * 9, "☕️🔥 gila sih " * 12)
    desk = home(*(item(id_, title=title) for id_, title in zip(SUBJECTS, titles, strict=True)))
    desk.store.commit(Changes(posts=tuple(post(id_, at=MONDAY + timedelta(days=n), kind="quote") for n, id_ in enumerate(SUBJECTS))))
    told = drawn(plan.plan(desk, NOW, 1), width, desk)
    assert max(map(cell_len, told.splitlines())) <= width
    assert "咖啡农在" in told


def test_a_week_is_read_from_top_to_bottom() -> None:
    desk = home(item("aaaa1111"), dates={date(2026, 11, 24): "Ulang tahun kedai"})
    decisions.pick(desk, ["aaaa"], NOW, at=MONDAY, networks=("instagram", "x"), kind="education")
    told = [line.rstrip() for line in drawn(plan.plan(desk, NOW, 1), 80, desk).splitlines()]
    assert told == [
        " Kopi Senja · plan                                           2 of 4 slots filled",
        "",
        " week 48",
        " Mon 23 Nov  09:00  Kopi Petani Sangrai Seduh Lereng Kabut Gunung",
        "                    education · instagram, x · aaaa1111",
        " Tue 24 Nov  Ulang tahun kedai",
        " Wed 25 Nov  Hari Guru Nasional · observance",
        "             Hari Anti Kekerasan terhadap Perempuan · observance",
        "             12:00  open on instagram, x",
        " Sat 28 Nov  Hari Menanam Pohon Indonesia · observance",
        "",
        " education  ▇▇▇▇▇▇▇▇▇▇|▇▇▇▇▇▇▇▇▇▇ 100% of 50%",
        " quote      ▁▁▁▁▁▁▁▁▁▁|▁▁▁▁▁▁▁▁▁▁   0% of 50%",
        "",
        " next: curator plan --fill",
    ]


def test_the_command_prints_the_shape_that_others_read(tmp_path: Path) -> None:
    brand = '[brand]\nname = "Kopi"\ntimezone = "Asia/Jakarta"\n[[topics]]\nname = "Kopi"\nabout = "kopi"\n'
    calendar = '[mix]\neducation = 1.0\n[calendar]\nslots = ["Mon 09:00"]\nnetworks = ["x"]\n'
    (tmp_path / "brand.toml").write_text(brand + calendar, encoding="utf-8")
    (tmp_path / "feeds.opml").write_text('<opml version="2.0"><body/></opml>', encoding="utf-8")
    done = curator("plan", "--home", tmp_path, "--json", "--now", "2026-11-23T08:00:00+07:00", "--weeks", "2")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [(s["when"], s["network"], s["kind"], s["item"]) for s in told["slots"]] == [
        ("2026-11-23T02:00:00Z", "x", "", None),
        ("2026-11-30T02:00:00Z", "x", "", None),
    ]
    assert told["mix"] == {"education": {"target": 1.0, "actual": 0.0}}
    assert curator("plan", "--home", tmp_path, "--fill", "--drop", "x").returncode == 2
    past = curator("plan", "--home", tmp_path, "--move", "abcd", "kemarin")
    assert (past.returncode, "unknown time" in past.stderr) == (2, True)


def test_what_is_kept_says_so_to_programs_and_people(day: Day) -> None:
    here = ("plan", "--home", day.home, "--now", day.report["generated_at"])
    kept = curator(*here, "--fill", "--keep", "--weeks", "1", "--json")
    assert kept.returncode == 0, kept.stderr
    first = {spot["post"]: spot["note"] for spot in json.loads(kept.stdout)["slots"] if spot["item"]}
    assert set(first.values()) == {"kept"}
    told = curator(*here, "--fill", "--keep").stdout
    assert "· kept" in told
    assert "proposed" not in told
    there = {spot["post"]: spot["note"] for spot in json.loads(curator(*here, "--json").stdout)["slots"] if spot["item"]}
    assert first.keys() < there.keys()
    assert set(there.values()) == {""}
