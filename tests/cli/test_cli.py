"""What a person meets when something is wrong: one line each for what, where and what to type, and the right exit code."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.command import Day, curator
from support.server import Site

from curator.core.item import Item, Source
from curator.core.protocols import Changes
from curator.storage import open_store


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert curator("init", tmp_path / "senja").returncode == 0
    return tmp_path / "senja"


def subscribe(home: Path, *urls: str, allow: tuple[str, ...] = ()) -> None:
    outlines = "".join(f'<outline type="rss" text="feed" xmlUrl="{url}"/>' for url in urls)
    (home / "feeds.opml").write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
    hosts = ", ".join(f'"{host}"' for host in allow)
    (home / "brand.toml").write_text(f'[brand]\nname = "Senja"\n[[topics]]\nname = "Kopi"\nabout = "kopi"\n[fetch]\nallow = [{hosts}]\n')


def test_init_writes_a_brand_that_the_doctor_finds_sound_and_overwrites_nothing(home: Path):
    (home / "brand.toml").write_text((home / "brand.toml").read_text() + "\n# mine\n")
    again = curator("init", home)
    assert again.returncode == 0
    assert "nothing changed" in again.stdout
    assert (home / "brand.toml").read_text().endswith("# mine\n")
    assert curator("doctor", "--home", home).returncode == 0


def test_without_a_brand_the_error_says_what_to_type(tmp_path: Path):
    done = curator("run", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "error: no brand.toml in this directory or above it\nhint:  curator init kopi-senja\n"


def test_the_brand_is_found_from_a_directory_below_it_or_by_curator_home(home: Path, tmp_path: Path):
    below = home / "notes" / "deep"
    below.mkdir(parents=True)
    for options in ({"cwd": below}, {"cwd": tmp_path, "env": {"CURATOR_HOME": str(home)}}):
        assert "curator run" in curator("list", **options).stderr


def test_a_damaged_library_is_told_even_when_no_feed_is_due(home: Path):
    with Site() as site:
        site.serves("/feed", "<rss version='2.0'><channel><title>K</title><item><title>Kopi</title><link>/1</link></item></channel></rss>")
        subscribe(home, site.url("/feed"), allow=(site.allow,))
        assert curator("fetch", "--home", home).returncode == 0
        (month,) = (home / "library" / "items").glob("*.json")
        month.write_bytes(month.read_bytes()[:20])
        done = curator("fetch", "--home", home)
        assert done.returncode == 1
        assert month.name in done.stderr
        assert "curator doctor --fix" in done.stderr
        assert len(site.asked("/feed")) == 1


def test_every_problem_of_a_brand_is_told_at_once(home: Path):
    (home / "brand.toml").write_text('[brand]\nnam = "Senja"\n[[topics]]\nname = "Kopi"\nabout = ""\n[calendar]\nslots = ["Mon 25:00"]\n')
    done = curator("run", "--home", home)
    assert done.returncode == 1
    assert done.stderr.count("error:") >= 3
    assert "name" in done.stderr
    assert "brand.toml: calendar.slots" in done.stderr


def test_a_command_nobody_knows_is_a_usage_error():
    done = curator("frobnicate")
    assert done.returncode == 2
    assert "hint:  curator --help" in done.stderr


def test_no_network_is_said_in_one_breath_with_exit_code_3_and_leaves_no_library(home: Path):
    subscribe(home, "http://127.0.0.1:9/feed.xml", allow=("127.0.0.1:9",))
    done = curator("run", "--home", home)
    assert done.returncode == 3
    assert "none of 1 feed" in done.stderr
    assert "--no-fetch" in done.stderr
    assert not list((home / "library").glob("*.json")) if (home / "library").exists() else True


def test_an_empty_opml_says_how_to_add_a_feed(home: Path):
    subscribe(home)
    done = curator("run", "--home", home)
    assert done.returncode == 1
    assert "curator feeds add" in done.stderr


def test_broken_opml_names_the_file_and_the_place(home: Path):
    (home / "feeds.opml").write_text("not xml at all")
    done = curator("run", "--home", home)
    assert done.returncode == 1
    assert "feeds.opml" in done.stderr


def test_the_second_of_two_runs_says_who_holds_the_library(home: Path):
    subscribe(home, "http://127.0.0.1:9/feed.xml", allow=("127.0.0.1:9",))
    with open_store("tinydb", home / "library").running():
        done = curator("fetch", "--home", home)
    assert done.returncode == 75
    assert str(os.getpid()) in done.stderr


def test_json_is_the_only_thing_on_stdout_even_where_stdout_speaks_ascii(day: Day):
    done = curator("list", "--home", day.home, "--json", env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert done.returncode == 0
    assert done.stdout.startswith("{")
    assert curator("list", "--home", day.home, env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}).returncode == 0


def test_a_reader_that_leaves_and_a_closed_stdout_are_no_errors(day: Day):
    command = f"{sys.executable} -m curator list --home {day.home}"
    for line in (f"{command} | head -1", f"{command} >&-"):
        done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_a_full_device_is_one_line(day: Day):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "curator", "list", "--home", day.home], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr.startswith("error:")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_a_run_within_seconds_and_keeps_what_was_whole(home: Path, number: int, code: int):
    with Site() as site:
        rss = '<rss version="2.0"><channel><title>K</title><item><title>Kopi naik</title><link>http://k.example/1</link></item></channel></rss>'
        site.serves("/feed.xml", rss)
        site.sends("/slow.xml", hang=True)
        subscribe(home, site.url("/feed.xml"), site.url("/slow.xml"), allow=(site.allow,))
        command = [sys.executable, "-m", "curator", "fetch", "--home", str(home)]
        run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(100):
            if site.asked("/slow.xml"):
                break
            time.sleep(0.1)
        time.sleep(1.5)
        began = time.monotonic()
        run.send_signal(number)
        _, errors = run.communicate(timeout=20)
    assert time.monotonic() - began < 5
    assert run.returncode == code
    assert "Traceback" not in errors
    assert [item.title for item in open_store("tinydb", home / "library").items()] == ["Kopi naik"]


def test_pick_and_move_say_what_a_day_without_a_time_became_and_json_stays_whole(home: Path):
    store, now = open_store("tinydb", home / "library"), datetime(2026, 11, 23, 1, tzinfo=UTC)
    source = Source(title="Kedai", feed="https://kedai.example/feed")
    kept = Item(id="2kpf2kpf", url="https://kedai.example/1", title="Kopi naik", source=source, published=now, found=now)
    with store.writing():
        store.commit(Changes(items=(kept,)))
    brand = (home / "brand.toml").read_text()
    (home / "brand.toml").write_text(re.sub(r"(?m)^slots = .*$", 'slots = ["Tue 17:00"]', brand))
    at = ("--home", home, "--now", "2026-11-23T01:00:00Z")
    picked = curator("pick", kept.id, "--at", "besok", *at)
    assert "Tue 24 Nov 2026 17:00" in picked.stdout
    assert picked.stderr == " no time was said: 17:00, the next open slot of that day\n"
    moved = curator("plan", "--move", kept.id, "lusa pagi", "--json", *at)
    assert json.loads(moved.stdout)["posts"][0]["at"] == "2026-11-25T02:00:00Z"
    assert moved.stderr == " no time was said: 09:00, as no slot is open then\n"
    refused = curator("pick", kept.id, "--at", "minggu depan", *at)
    assert refused.returncode == 2
    assert refused.stderr == (
        "error: \"minggu depan\" can mean a week, or a Sunday\nhint:  type '2026-11-30' (Mon) or '2026-11-29' (Sun) or '2026-12-06' (Sun)\n"
    )


def test_a_news_search_is_added_with_a_word_of_caution_and_in_the_language_of_the_brand(home: Path):
    done = curator("feeds", "add", "--news", "kopi spesialti", "--unchecked", "--home", home)
    assert done.returncode == 0, done.stderr
    assert "it may break at any time" in done.stdout
    again = curator("feeds", "add", "--news", "kopi spesialti", "--geo", "sg", "--category", "Kabar", "--unchecked", "--home", home)
    assert again.returncode == 0, again.stderr
    written = (home / "feeds.opml").read_text()
    assert "gl=SG" in written
    assert "kopi spesialti (Google News)" in written


@pytest.mark.parametrize("arguments", [(), ("https://kedai.example/feed", "--news", "kopi"), ("--news", "kopi", "--geo", "IDN")])
def test_adding_takes_one_address_or_one_search(home: Path, arguments: tuple[str, ...]):
    done = curator("feeds", "add", *arguments, "--home", home)
    assert done.returncode == 2
    assert "--geo ID" in done.stderr


def test_adding_a_handle_adds_the_feed_of_the_account_and_a_platform_without_feeds_says_so(home: Path):
    assert curator("feeds", "add", "@kedai@sosial.example", "--unchecked", "--home", home).returncode == 0
    assert "https://sosial.example/@kedai.rss" in (home / "feeds.opml").read_text()
    told = curator("feeds", "add", "t.me/kedai", "--home", home)
    assert told.returncode == 1
    assert "Telegram gives its pages no feed" in told.stderr
