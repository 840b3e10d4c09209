"""The fleet: one report and one exit code for many brands, whatever becomes of one of them."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.command import Day, curator

from curator.core.fleet import BrandRun, FleetReport, HarvestCounts
from curator.storage import open_store

QUIET_FEED = b'<opml version="2.0"><body><outline text="x" xmlUrl="http://127.0.0.1:9/feed"/></body></opml>'


@pytest.fixture
def brands(day: Day, tmp_path: Path) -> Path:
    """Three brands that read the bundled world and have never been run."""
    folder = tmp_path / "brands"
    for name in ("kopi-senja", "teh-pagi", "warung"):
        day.world.write_brand(folder / name)
    return folder


def without_seconds(path: Path) -> dict[str, object]:
    return {**json.loads(path.read_text("utf-8")), "seconds": None}


def test_brands_that_read_the_same_feeds_get_their_lists_from_one_harvest(brands: Path, day: Day) -> None:
    before = len(day.world.requests)
    done = curator("fleet", "run", "--brands", brands, "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert [brand["brand"] for brand in report["brands"]] == ["kopi-senja", "teh-pagi", "warung"]
    assert report["harvest"]["requests_shared"] == 2 * report["harvest"]["requests"]
    assert report["harvest"]["read_shared"] == 2 * report["harvest"]["read"]
    pages = [request.path for request in day.world.requests[before:] if request.path != "/robots.txt"]
    assert len(pages) <= report["harvest"]["requests"] + 10  # redirects and retries
    one, *others = (without_seconds(brands / name / "reading-list" / "latest.json") for name in ("kopi-senja", "teh-pagi", "warung"))
    assert one["items"]
    assert others == [one, one]
    assert len(report["failures"]) == len({failure["url"] for failure in report["failures"]}) > 0


def test_a_brand_that_fails_stops_no_other_and_the_gravest_tells_the_exit_code(brands: Path) -> None:
    (brands / "kopi-senja" / "brand.toml").write_text("[brand]\nname = 3\n")
    (brands / "teh-pagi" / "feeds.opml").write_bytes(QUIET_FEED)
    shutil.copytree(brands / "warung", brands / "tak-terduga")
    (brands / "tak-terduga" / "reading-list").write_text("a file where a folder should be: nobody foresaw that")
    done = curator("fleet", "run", "--brands", brands)
    assert done.returncode == 1
    rows = [" ".join(row.split()) for row in done.stdout.splitlines()]
    assert "kopi-senja needs you" in rows
    assert "teh-pagi nothing fetched" in rows
    assert "tak-terduga needs you" in rows
    assert any(row.startswith("warung ") and "listed" in row for row in rows)
    assert 'error: name must be text in "quotes", not a number' in rows


def test_a_brand_that_another_run_holds_is_told_and_left_alone(brands: Path) -> None:
    for name in ("teh-pagi", "warung"):
        shutil.rmtree(brands / name)
    (brands / "senja-dua").mkdir()
    shutil.copytree(brands / "kopi-senja", brands / "senja-dua", dirs_exist_ok=True)
    (brands / "senja-dua" / "feeds.opml").write_bytes(QUIET_FEED)
    with open_store("tinydb", brands / "kopi-senja" / "library").running():
        done = curator("fleet", "run", "--brands", brands, "-q")
    assert done.returncode == 3
    assert done.stdout == ""
    assert "another run" in done.stderr


@pytest.mark.parametrize(("codes", "code"), [((0, 0), 0), ((0, 75), 75), ((75, 3, 0), 3), ((75, 3, 1), 1), ((), 0)])
def test_the_exit_code_is_the_gravest(codes: tuple[int, ...], code: int) -> None:
    rows = [BrandRun(brand="a", code=each) for each in codes]
    assert FleetReport(generated_at=datetime.now(UTC), seconds=0, brands=rows, harvest=HarvestCounts()).code == code


def test_the_status_tells_what_was_run_and_what_cannot_be_opened(brands: Path, day: Day) -> None:
    shutil.copytree(day.home, brands / "kopi-senja", dirs_exist_ok=True)
    (brands / "teh-pagi" / "brand.toml").write_text("[brand]\n")
    (brands / "warung" / "feeds.opml").write_bytes(QUIET_FEED.replace(b"127", b"senja:rahasia@127"))
    done = curator("fleet", "status", "--brands", brands, "--json")
    status = json.loads(done.stdout)
    assert done.returncode == 1
    run, broken, new = status["brands"]
    assert (run["listed"], run["feeds"]) == (len(day.report["items"]), day.report["counts"]["feeds"])
    assert run["failing"] > 0
    assert broken["problems"]
    assert (new["last_run"], new["feeds"]) == (None, 1)
    assert status["private_feeds"] == 1
    shown = curator("fleet", "status", "--brands", brands).stdout
    assert "no reading list yet" in shown
    assert "rahasia" not in shown


def test_a_folder_without_brands_is_named(tmp_path: Path) -> None:
    done = curator("fleet", "run", "--brands", tmp_path)
    assert done.returncode == 1
    assert f"no brand.toml in {tmp_path}" in done.stderr
