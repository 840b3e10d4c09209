"""The fleet of a database: brands whose settings were recorded there run on a machine that has none of their directories."""

import json
import shutil
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from support.command import Day, curator
from support.day import made
from support.postgres import psycopg, server

from curator.core.errors import ConfigError
from curator.core.fleet import FleetReport
from curator.core.protocols import Changes
from curator.library import Library
from curator.library.fleet import Fleet
from curator.storage import open_settings
from curator.storage.postgres import settings

_NUMBERS = count()
BRAND, FEEDS = "brand.toml", "feeds.opml"


@pytest.fixture
def place() -> str:
    """The address of an empty database."""
    name = f"fleet{next(_NUMBERS)}"
    server().make(name)
    return server().url("x", database=name).removesuffix("&brand=x")


def desk(home: Path, place: str) -> Path:
    """A brand directory whose library is in the database, as a person writes it."""
    home.mkdir(parents=True)
    made(home)
    with (home / BRAND).open("a") as file:
        file.write(f'[engine]\nstore = "{place}"\n')
    shutil.rmtree(home / "library")
    return home


def recorded(home: Path) -> Path:
    """The same after a command that writes to its library."""
    Library.open(home).store.commit(Changes())
    return home


def edited(home: Path, words: str) -> None:
    path = home / BRAND
    path.write_text(path.read_text("utf-8") + f"# {words}\n", "utf-8")


def newest(place: str, brand: str) -> dict[str, bytes]:
    kept = open_settings(place, Path(brand) / "library")
    return {file: kept.body(file, version) for file, version in kept.newest().items()}


def texts(home: Path) -> dict[str, bytes]:
    return {file: (home / file).read_bytes() for file in (BRAND, FEEDS)}


def problems(fleet: Fleet) -> dict[str, str]:
    return {each.brand: "; ".join(f"{problem.what} {problem.hint}" for problem in each.problems) for each in fleet.status().brands}


# --- the same lists without the directories ---


def test_a_machine_without_directories_makes_the_lists_of_a_run_in_each(day: Day, place: str, tmp_path: Path) -> None:
    now, names = datetime.now(UTC).isoformat(), ("kopi-senja", "teh-pagi")
    desks, machine = tmp_path / "desks", tmp_path / "machine"
    machine.mkdir()
    for name in names:
        day.world.write_brand(desks / name)
        _done("move", "--to", place, "--switch", "--home", desks / name)
    written = {name: texts(desks / name) for name in names}
    shutil.rmtree(desks)
    done = _done("fleet", "run", "--brands", place, "--json", "--now", now, cwd=machine)
    assert [brand["brand"] for brand in json.loads(done.stdout)["brands"]] == list(names)
    assert {name: texts(machine / name) for name in names} == written
    day.world.write_brand(desks / "kopi-senja")
    _done("run", "--home", desks / "kopi-senja", "--now", now)
    alone = _list(desks / "kopi-senja")
    assert alone["items"]
    assert [_list(machine / name) for name in names] == [alone, alone]
    assert sorted(path.name for path in machine.rglob("*.bak")) == []


def _done(*words: object, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    done = curator(*words, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done


def _list(home: Path) -> dict[str, object]:
    return {**json.loads((home / "reading-list" / "latest.json").read_text("utf-8")), "seconds": None}


# --- what is recorded ---


def test_what_a_command_writes_is_recorded_with_the_time_and_the_directory(place: str, tmp_path: Path) -> None:
    home = desk(tmp_path / "kopi", place)
    Library.open(home).feeds.add("https://kabar.example/feed", check=False)
    found = open_settings(place, home / "library").newest()
    assert newest(place, "kopi") == texts(home)
    assert b"kabar.example" in newest(place, "kopi")[FEEDS]
    assert found[BRAND].place == f"{socket.gethostname()}:{home}"
    assert datetime.now(UTC) - found[BRAND].at < timedelta(minutes=5)


def test_each_edit_is_recorded_once_with_the_next_commit(place: str, tmp_path: Path) -> None:
    home = recorded(desk(tmp_path / "kopi", place))
    for words in ("satu", "dua"):
        edited(home, words)
        for _ in range(2):
            recorded(home)
    found = open_settings(place, home / "library").newest()
    assert (found[BRAND].number, found[FEEDS].number) == (3, 1)
    assert newest(place, "kopi")[BRAND].endswith(b"# satu\n# dua\n")


def test_who_takes_an_edit_back_where_it_was_made_is_followed(place: str, tmp_path: Path) -> None:
    home = recorded(desk(tmp_path / "kopi", place))
    before = texts(home)
    edited(home, "salah")
    recorded(home)
    (home / BRAND).write_bytes(before[BRAND])
    recorded(home)
    assert newest(place, "kopi") == before


def test_only_the_last_hundred_versions_are_kept(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_KEPT", 2)
    home = recorded(desk(tmp_path / "kopi", place))
    bodies = [(home / BRAND).read_bytes()]
    for words in ("satu", "dua"):
        edited(home, words)
        recorded(home)
        bodies.append((home / BRAND).read_bytes())
    known = open_settings(place, home / "library").known
    assert [known(BRAND, body) for body in bodies] == [False, True, True]


def test_a_directory_that_is_behind_records_nothing_and_is_told_so_once(
    place: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = recorded(desk(tmp_path / "first" / "kopi", place))
    second = shutil.copytree(first, tmp_path / "second" / "kopi")
    edited(first, "baru")
    recorded(first)
    library = Library.open(second)
    for _ in range(2):
        library.store.commit(Changes())
    assert newest(place, "kopi") == texts(first)
    assert [record.message.partition(", recorded")[0] for record in caplog.records] == [
        "brand.toml is an earlier one than that of the database"
    ]
    assert str(first) in caplog.text


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("# dulu: postgresql://desk:r4hasia@db.example/curator\n", "holds an address with a password"),
        ("# dulu: postgresql://db.example/curator?user=desk&password=r4hasia\n", "holds an address with a password"),
        ("[mute]\nwords = 3\n", "words must be"),
    ],
)
def test_a_password_or_a_problem_in_brand_toml_keeps_it_out_of_the_database(
    place: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, more: str, told: str
) -> None:
    home = recorded(desk(tmp_path / "kopi", place))
    before, library = texts(home), Library.open(home)
    with (home / BRAND).open("a") as file:
        file.write(more)
    library.store.commit(Changes())
    assert newest(place, "kopi") == before
    assert told in caplog.text
    assert "r4hasia" not in caplog.text


def test_a_file_is_written_although_the_database_is_away(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "r4hasia")
    home = desk(tmp_path / "kopi", "postgresql://desk@127.0.0.1:9/curator")
    Library.open(home).feeds.add("https://kabar.example/feed", check=False)
    assert b"kabar.example" in (home / FEEDS).read_bytes()
    assert "not recorded in the database before the next command" in caplog.text
    assert "r4hasia" not in caplog.text


def test_a_library_that_leaves_a_database_takes_its_settings_along(place: str, tmp_path: Path) -> None:
    home = desk(tmp_path / "kopi", place)
    Library.open(home).move("tinydb")
    assert newest(place, "kopi") == {}  # nothing was switched, and nothing recorded before
    recorded(home)
    Library.open(home).move("tinydb", switch=True)
    assert newest(place, "kopi") == {}
    with pytest.raises(ConfigError, match="no brand of this database has settings there"):
        Fleet.open(place, home=tmp_path)
    Library.open(home).move(place, switch=True)
    assert newest(place, "kopi") == texts(home)


# --- directories of the fleet's machine ---


@pytest.fixture
def machine(place: str, tmp_path: Path) -> Path:
    """A folder in which the fleet has made the directory of the one brand of a database."""
    recorded(desk(tmp_path / "desks" / "kopi", place))
    folder = tmp_path / "machine"
    run(place, folder)
    return folder


def run(place: str, folder: Path) -> FleetReport:
    return Fleet.open(place, home=folder).run()


def test_a_directory_that_is_behind_is_brought_up_to_date_and_keeps_the_former_file(place: str, machine: Path, tmp_path: Path) -> None:
    home, before = tmp_path / "desks" / "kopi", texts(tmp_path / "desks" / "kopi")
    assert texts(machine / "kopi") == before
    edited(home, "baru")
    recorded(home)
    (machine / "kopi" / FEEDS).unlink()  # as if the machine had been switched off while it wrote
    run(place, machine)
    assert texts(machine / "kopi") == texts(home) != before
    assert (machine / "kopi" / f"{BRAND}.bak").read_bytes() == before[BRAND]


def test_a_file_that_a_person_edited_is_not_overwritten_and_told_with_what_to_type(place: str, machine: Path, tmp_path: Path) -> None:
    edited(machine / "kopi", "di sini")
    mine = texts(machine / "kopi")
    (row,) = run(place, machine).brands
    assert (row.code, texts(machine / "kopi")) == (1, mine)
    (problem,) = row.problems
    assert problem.what.startswith("brand.toml was edited here, and differs from that of the database, recorded ")
    assert str(tmp_path / "desks" / "kopi") in problem.what
    assert problem.hint.startswith(f"curator fetch --home {machine / 'kopi'} records it; mv ")
    assert "was edited here" in problems(Fleet.open(place, home=machine))["kopi"]
    recorded(machine / "kopi")
    assert "edited" not in str(run(place, machine).brands)
    assert newest(place, "kopi") == texts(machine / "kopi")


def test_the_status_writes_nothing(place: str, tmp_path: Path) -> None:
    recorded(desk(tmp_path / "desks" / "kopi", place))
    machine = tmp_path / "machine"
    machine.mkdir()
    (row,) = Fleet.open(place, home=machine).status().brands
    assert (row.brand, row.feeds, row.last_run, row.problems) == ("kopi", 1, None, ())
    assert list(machine.iterdir()) == []


def test_a_brand_whose_settings_are_broken_costs_the_others_nothing(place: str, tmp_path: Path) -> None:
    for name in ("kopi", "teh"):
        recorded(desk(tmp_path / "desks" / name, place))
    with psycopg.connect(place) as connection:
        connection.execute("SELECT set_config('curator.brand', 'kopi', true)")
        connection.execute("UPDATE curator.settings SET body = '[brand]', print = sha256('[brand]') WHERE file = 'brand.toml'")
    fleet = Fleet.open(place, home=tmp_path / "machine")
    assert "name" in problems(fleet)["kopi"]
    assert problems(fleet)["teh"] == ""
    assert [(row.brand, row.code) for row in fleet.run().brands] == [("kopi", 1), ("teh", 3)]


@pytest.mark.parametrize("name", ["..", "../teh", "/etc", "a/b", ".git", "x" * 200, "☕" * 100])
def test_a_brand_whose_name_no_directory_can_have_is_told_and_nothing_is_written(place: str, tmp_path: Path, name: str) -> None:
    recorded(desk(tmp_path / "desks" / "kopi", f"{place}&brand={quote(name, safe='')}"))
    machine = tmp_path / "in" / "machine"
    machine.mkdir(parents=True)
    (row,) = run(place, machine).brands
    if name == "x" * 200:
        assert (machine / name / BRAND).is_file()
    else:
        assert "as no directory can be" in row.problems[0].what
        assert [path for path in (tmp_path / "in").rglob("*") if path != machine] == []


# --- addresses ---


@pytest.mark.parametrize("command", ["run", "status"])
@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("postgresql://desk:r4hasia@db.example/curator", "error: --brands holds a password"),
        ("env:FLEET", "error: the database cannot be used: "),
        ("env:NOTHING", "error: the variable NOTHING is not set"),
        ("postgresql://db.example/curator?brand=kopi", "error: the address names one brand"),
        ("postgresql://db.example/curator?nothing=1", "error: the address of the store is not one that Postgres reads"),
    ],
)
def test_an_address_that_is_none_of_a_fleet_is_told_without_its_password(command: str, spec: str, told: str) -> None:
    done = curator("fleet", command, "--brands", spec, env={"FLEET": "postgresql://desk:r4hasia@127.0.0.1:9/curator"})
    assert done.returncode in {1, 2}
    assert done.stderr.startswith(told)
    assert "r4hasia" not in done.stderr + done.stdout


def test_the_library_is_that_of_the_given_address_whatever_brand_toml_says(place: str, tmp_path: Path) -> None:
    home = recorded(desk(tmp_path / "desks" / "kopi", place))
    (home / BRAND).write_text((home / BRAND).read_text().replace(place, "env:ELSEWHERE"))
    with pytest.MonkeyPatch.context() as here:
        here.setenv("ELSEWHERE", place)
        recorded(home)
    assert [row.code for row in run(place, tmp_path / "machine").brands] == [3]  # nobody answers; 1 were a variable that is not set
    assert b"env:ELSEWHERE" in (tmp_path / "machine" / "kopi" / BRAND).read_bytes()
