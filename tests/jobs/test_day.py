"""A whole day with the real model on the bundled world, by the commands a person types."""

import json
import shutil
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from support.command import Day, curator
from support.server import Site

from curator.publishing.formats import json_list


def test_the_list_speaks_both_languages_and_every_card_has_evidence_and_reasons(first_day: Day):
    items = first_day.report["items"]
    assert len(items) >= 10
    assert {item["lang"] for item in items} == {"id", "en"}
    assert all(len(item["evidence"]["text"]) >= 30 for item in items)
    assert all(item["why"] and item["fits"][0]["fit"] >= item["fits"][-1]["fit"] for item in items)
    assert {len(item["fits"]) for item in items} == {3}


def test_the_list_holds_what_fits_the_brand_and_hardly_anything_else(first_day: Day):
    labels = first_day.world.labels
    found = Counter(bool(labels[item["id"]].topic) for item in first_day.report["items"])
    assert found[True] >= 0.8 * found.total()
    assert not any(labels[item["id"]].muted for item in first_day.report["items"])


def test_no_card_repeats_the_story_of_another(first_day: Day):
    labels = first_day.world.labels
    stories = Counter(labels[item["id"]].story for item in first_day.report["items"] if labels[item["id"]].story)
    assert not [story for story, n in stories.items() if n > 1]


def test_stories_that_were_folded_are_one_story(first_day: Day):
    labels = first_day.world.labels

    def told(id_: str) -> str:
        label = labels[id_]
        return label.story or label.reprint_of or next((r for r in (x.reprint_of for x in labels.values()) if r.endswith(id_)), id_)

    for item in first_day.report["items"]:
        others = [other["id"] for other in item["story"]["others"]]
        keys = {labels[i].story or labels[i].reprint_of for i in (item["id"], *others)} - {""}
        assert not others or len(keys) == 1, [item["title"], *(o["title"] for o in item["story"]["others"])]


def test_mentions_are_found_and_false_friends_marked(first_day: Day):
    labels = first_day.world.labels
    kinds = {labels[m["item"]["id"]].mention: m["certain"] for m in first_day.report["mentions"]}
    assert kinds["certain"] is True
    assert kinds["passing"] is True
    assert kinds.get("false") is not True


def test_what_failed_is_told_in_plain_words(first_day: Day):
    reasons = " ".join(failure["reason"] for failure in first_day.report["failures"])
    assert "410" in reasons
    assert "web page, not a feed" in reasons
    assert "robots.txt" in reasons


def test_the_reading_list_lies_in_every_format(first_day: Day):
    folder = first_day.home / "reading-list"
    date = first_day.report["date"]
    assert {p.name for p in folder.iterdir()} == {"feed.xml"} | {f"{n}.{e}" for n in (date, "latest") for e in ("md", "html", "json")}
    assert json.loads((folder / "latest.json").read_text()) == first_day.report


def test_the_second_run_asks_none_that_named_a_time_gets_304_from_the_others_loads_no_model_and_lists_the_same(day: Day):
    day.world.requests.clear()
    soon = datetime.fromisoformat(day.report["generated_at"]) + timedelta(seconds=1)  # ages count from the full hour
    again = curator("run", "--now", soon.isoformat(), "--home", day.home, "--json", "--debug", env={"PYTHONPROFILEIMPORTTIME": "1"})
    report = json.loads(again.stdout)
    assert [i["id"] for i in report["items"]] == [i["id"] for i in day.report["items"]]
    answered = Counter(r.status for r in day.world.requests)
    assert answered == {304: 7, 200: 1}, "seven say that an hour brings nothing new (ttl), one is a web page"
    assert "torch" not in {line.rsplit("|", 1)[-1].strip() for line in again.stderr.splitlines()}


def test_the_demo_command_prints_the_list_and_says_where_the_page_lies(day: Day, tmp_path: Path):
    home = tmp_path / "demo"
    (home / "library").mkdir(parents=True)
    for cache in ("vectors.db", "words.db"):
        shutil.copy(day.home / "library" / cache, home / "library")
    done = curator("demo", home)
    assert done.returncode == 0, done.stderr
    page = home / "reading-list" / f"{day.report['date']}.html"
    assert page.exists()
    assert str(page) in done.stdout
    assert "Traceback" not in done.stderr


def test_list_prints_the_list_again_and_show_one_item_by_a_part_of_its_id(day: Day):
    first = day.report["items"][0]
    assert first["id"] in curator("list", "--home", day.home).stdout
    assert json_list.loads(curator("list", "--home", day.home, "--json").stdout.encode())
    shown = json.loads(curator("show", first["id"][:5], "--home", day.home, "--json").stdout)
    assert shown["id"] == first["id"]
    assert len(shown["text"]) > 200
    assert "fits" in curator("show", first["id"], "--home", day.home).stdout


def test_rank_is_the_list_without_caps_and_all_holds_every_item(day: Day):
    some = json.loads(curator("rank", "--home", day.home, "--json").stdout)["items"]
    every = json.loads(curator("rank", "--all", "--home", day.home, "--json").stdout)["items"]
    assert len(day.report["items"]) < len(some) < len(every)
    assert all(len(item["fits"]) == 3 for item in every)


def test_rank_why_explains_an_item_by_its_address_and_one_that_nobody_brought(day: Day):
    every = json.loads(curator("rank", "--all", "--home", day.home, "--json").stdout)["items"]
    folded = next(item for item in every if item["why"][-1]["text"].startswith("told by"))
    why = json.loads(curator("rank", "--why", folded["url"], "--home", day.home, "--json").stdout)
    assert (why["cause"], why["item"]["id"], why["changes"][0]["line"]) == ("folded", folded["id"], f"curator pick {folded['id']}")
    assert folded["why"][-1]["text"] in why["text"]
    told = curator("rank", "--why", "https://nowhere.example/a", "--home", day.home).stdout
    assert "none is of nowhere.example" in told
    assert curator("rank", "--why", "x", "--near", "--home", day.home).returncode == 2


def test_feeds_list_says_which_feed_fails_and_why(day: Day):
    feeds = json.loads(curator("feeds", "list", "--home", day.home, "--json").stdout)["feeds"]
    assert len(feeds) == 16
    assert set(feeds[0]) == {
        "url", "title", "category", "last_success", "failures", "reason", "next_due", "seen", "listed", "picked",
    }  # fmt: skip
    failing = {feed["reason"] for feed in feeds if feed["failures"]}
    assert len(failing) == 2
    assert sum(feed["listed"] for feed in feeds) == len(day.report["items"])


def test_feeds_are_added_removed_exported_and_imported(day: Day, tmp_path: Path):
    base = day.world.sites["biji-bubuk"] if "biji-bubuk" in day.world.sites else next(iter(day.world.sites.values()))
    count = (day.home / "feeds.opml").read_text().count("xmlUrl")
    taken = json.loads(curator("feeds", "list", "--home", day.home, "--json").stdout)["feeds"][0]
    assert "already" in curator("feeds", "add", taken["url"], "--home", day.home).stdout
    assert curator("feeds", "remove", taken["url"], "--home", day.home).returncode == 0
    assert (day.home / "feeds.opml").read_text().count("xmlUrl") == count - 1
    added = curator("feeds", "add", taken["url"], "--category", "Baru", "--home", day.home)
    assert added.returncode == 0, added.stderr
    exported = tmp_path / "mine.opml"
    assert curator("feeds", "export", "-o", exported, "--home", day.home).returncode == 0
    assert exported.read_text().count("xmlUrl") == count
    assert "added 0 feeds" in curator("feeds", "import", exported, "--home", day.home).stdout
    wrong = curator("feeds", "add", f"{base}/", "--home", day.home)
    assert wrong.returncode == 1
    assert "web page" in wrong.stderr
    assert f"curator feeds discover {base}/\n" in wrong.stderr


def test_a_site_is_asked_for_its_feeds_and_the_answer_says_how_to_subscribe(day: Day):
    site = next(s for s in day.world.world.sites if s.key == "biji-bubuk")
    base = day.world.sites[site.key]
    feeds = json.loads(curator("feeds", "discover", base, "--home", day.home, "--json").stdout)["feeds"]
    assert [feed["url"] for feed in feeds] == [base + site.feed.path]
    assert set(feeds[0]) == {"url", "title", "format", "entries", "latest", "per_week", "fit"}
    assert feeds[0]["fit"] > 0.4
    assert f"curator feeds add {base}{site.feed.path}\n" in curator("feeds", "discover", base, "--home", day.home).stdout
    nonsense = curator("feeds", "discover", "file:///etc/passwd", "--home", day.home)
    assert (nonsense.returncode, nonsense.stdout) == (2, "")


MORE = '<opml version="2.0"><body><outline text="Baru" xmlUrl="https://baru.example/feed"/></body></opml>'


def importing(home: Path, own: str, theirs: str = MORE) -> CompletedProcess[str]:
    (home / "brand.toml").write_text('[brand]\nname = "Senja"\n[[topics]]\nname = "Kopi"\nabout = "kopi"\n')
    (home / "feeds.opml").write_text(own)
    (home / "theirs.opml").write_text(theirs)
    return curator("feeds", "import", home / "theirs.opml", "--home", home)


@pytest.mark.parametrize(("own", "hint"), [("bukan xml", "mv "), (MORE[:-16], "mend this line first")])
def test_an_import_leaves_feeds_opml_alone_where_it_cannot_be_read_whole(own: str, hint: str, tmp_path: Path):
    refused = importing(tmp_path, own)
    assert refused.returncode == 1
    assert hint in refused.stderr
    assert (tmp_path / "feeds.opml").read_text() == own


def test_feeds_opml_stays_beside_the_one_that_an_import_mended_and_what_was_mended_in_the_other_is_told(tmp_path: Path):
    own = "Feed saya:\n" + MORE.replace("Baru", "Tom & Jerry").replace("baru", "lama")
    done = importing(tmp_path, own, MORE.replace("Baru", "Kopi & Teh").replace("/></body>", '/><outline xmlUrl="htp:/x"/></body>'))
    assert "added 1 feeds" in done.stdout
    assert "it was read as it was meant" in done.stderr
    assert done.stderr.count("left out") == 1
    assert (tmp_path / "feeds.opml.bak").read_text() == own
    feeds = json.loads(curator("feeds", "list", "--home", tmp_path, "--json").stdout)["feeds"]
    assert [feed["title"] for feed in feeds] == ["Tom & Jerry", "Kopi & Teh"]


def test_a_site_without_feeds_says_what_to_do_next(tmp_path: Path):
    with Site() as bare:
        bare.serves("/", "<html><body>Selamat datang.</body></html>", type="text/html")
        brand = f'[brand]\nname = "Senja"\n[[topics]]\nname = "Kopi"\nabout = "kopi"\n[fetch]\nallow = ["{bare.allow}"]\n'
        (tmp_path / "brand.toml").write_text(brand)
        none, gone = (curator("feeds", "discover", bare.url(path), "--home", tmp_path) for path in ("/", "/gone"))
    assert (none.returncode, gone.returncode) == (1, 1)
    assert none.stderr.startswith("error: no feed was found")
    assert gone.stderr.startswith("error: answered 404")
    assert all("then: curator feeds check URL" in told.stderr for told in (none, gone))


def test_check_and_extract_print_a_document_a_line_in_order(day: Day, tmp_path: Path):
    good = json.loads(curator("feeds", "list", "--home", day.home, "--json").stdout)["feeds"][0]["url"]
    checked = curator("feeds", "check", good, tmp_path / "none.xml", "--home", day.home, "--json")
    first, second = map(json.loads, checked.stdout.splitlines())
    assert {"url", "final_url", "format", "title", "site", "entries", "warnings"} <= set(first)
    assert {"id", "url", "title", "published", "summary"} <= set(first["entries"][0])
    assert second == {"url": str(tmp_path / "none.xml"), "error": second["error"]}
    extracted = json.loads(curator("extract", first["entries"][0]["link"], "--home", day.home, "--json").stdout)
    told = {"url", "title", "author", "published", "lang", "sitename", "image", "canonical", "text", "words", "partial", "links"}
    assert set(extracted) == told


def test_the_doctor_finds_a_whole_library_whole_and_mends_a_damaged_one(day: Day):
    assert curator("doctor", "--home", day.home).returncode == 0
    [month] = (day.home / "library" / "items").glob("*.json")
    month.write_bytes(month.read_bytes()[: month.stat().st_size // 2])
    refused = curator("run", "--no-fetch", "--home", day.home)
    assert refused.returncode == 1
    assert month.name in refused.stderr
    assert "doctor --fix" in refused.stderr
    assert curator("doctor", "--home", day.home).returncode == 1
    mended = curator("doctor", "--fix", "--home", day.home)
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert curator("list", "--home", day.home).returncode == 0
