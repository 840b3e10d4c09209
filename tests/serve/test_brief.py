"""The brief in a browser: tried as it is typed, written into brand.toml without losing a comment, refused in the words of the terminal."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.browser import Browser, Page, opened
from support.command import Day, curator
from support.day import BRAND, made

from curator import config
from curator.config.edit import Edit
from curator.core.brand import Watch
from curator.core.errors import DecidedElsewhere
from curator.library import Library

COMMENTED = BRAND.replace('about = "coffee"', 'about = "coffee"   # not tea') + '# people we do not read\n[mute]\nwords = ["giveaway"]\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return made(tmp_path, COMMENTED)


def written(home: Path) -> str:
    return (home / "brand.toml").read_text()


def typed(page: Page) -> dict[str, str]:
    return {name: value or "" for name, value in page.form("/brief").form_values()}


def told(page: Page, name: str) -> list[str]:
    return page.words(f"//*[@id='p-{name}']/p")


def test_what_was_typed_is_written_and_every_other_line_stays(home: Path, browser: Browser):
    page = browser.open("/brief")
    page = page.send("/brief", **{"topics[1].weight": "1,5", "topics[1].avoid": "coffee table\r\ncoffee stain\r\n", "mute.words": ""})
    assert page.notice.startswith("Written into brand.toml")
    edited = COMMENTED.replace("# not tea\n", '# not tea\navoid = ["coffee table", "coffee stain"]\nweight = 1.5\n')
    assert written(home) == edited.replace('words = ["giveaway"]\n', "")
    assert (home / "brand.toml.bak").read_text() == COMMENTED
    assert typed(page)["topics[1].avoid"].split() == ["coffee", "table", "coffee", "stain"]


def test_topics_and_watch_terms_are_added_renamed_and_removed(home: Path, browser: Browser):
    page = browser.open("/brief").send("/brief", **{"topics[2].name": "Teh", "topics[2].about": "teh melati\nupacara teh"})
    page = page.send("/brief", **{"watch[1].name": "Kita", "watch[1].query": '"kopi senja" -"senja kala"'})
    page = page.send("/brief", **{"topics[1].remove": "yes", "topics[2].name": "Teh & tisane"})
    brand = Library.open(home).brand
    assert [(topic.name, topic.about) for topic in brand.topics] == [("Teh & tisane", ("teh melati", "upacara teh"))]
    assert brand.watch == (Watch(name="Kita", query='"kopi senja" -"senja kala"'),)
    assert page.words("//details/summary")[0].startswith("Teh & tisane")


def test_problems_stand_at_their_fields_in_the_words_of_the_terminal_and_nothing_is_written(home: Path, browser: Browser):
    wrong = {"topics[1].about": "", "topics[1].weight": "much", "watch[1].query": '"kopi', "mute.domains": "example.net\nno domain"}
    page = browser.open("/brief").send("/brief", **wrong)
    assert page.status == 200
    assert told(page, "topics[1].weight") == ["weight must be a number, not text weight = 1.0"]
    assert told(page, "topics[1].about")[0].startswith("about is missing")
    assert told(page, "watch[1].name")[0].startswith("name is missing")
    assert "is not a query" in told(page, "watch[1].query")[0]
    assert '"no domain" is not a domain' in told(page, "mute.domains")[0]
    assert (typed(page)["topics[1].weight"], typed(page)["watch[1].query"]) == ("much", '"kopi')
    assert page.words("//details[@open]/summary") == ["Specialty coffee", "Add a watch term"]
    assert written(home) == COMMENTED
    (home / "brand.toml").write_text(COMMENTED.replace('about = "coffee"', 'about = "coffee"\nweight = "much"'))
    assert "weight must be a number, not text" in curator("list", "--home", home).stderr


def test_a_problem_stays_with_its_topic_though_one_before_it_is_removed(home: Path, browser: Browser):
    page = browser.open("/brief").send("/brief", **{"topics[2].name": "Teh", "topics[2].about": "teh"})
    page = page.send("/brief", **{"topics[1].remove": "yes", "topics[2].weight": "-1"})
    assert told(page, "topics[2].weight")
    assert not told(page, "topics[1].weight")
    assert page.html.xpath("//input[@name='topics[1].remove']/@checked")


def test_the_last_topic_is_not_removed(home: Path, browser: Browser):
    page = browser.open("/brief").send("/brief", **{"topics[1].remove": "yes"})
    assert "topics is missing" in " ".join(page.words("//*[@role='alert']"))
    assert written(home) == COMMENTED


def test_what_was_changed_in_an_editor_meanwhile_is_not_overwritten(home: Path, browser: Browser):
    page = browser.open("/brief")
    (home / "brand.toml").write_text(COMMENTED + "# added by hand\n")
    page = page.send("/brief", **{"mute.words": "undian"})
    assert "changed meanwhile" in " ".join(page.words("//*[@role='alert']"))
    assert typed(page)["mute.words"].strip() == "undian"
    assert written(home) == COMMENTED + "# added by hand\n"
    assert browser.open("/brief").send("/brief", **{"mute.words": "undian"}).notice.startswith("Written")
    assert '["undian"]' in written(home)


def test_of_two_that_write_at_once_one_is_told_that_the_other_was_first(home: Path):
    stamp = Library.open(home).brief.document()[1]

    def write(word: str) -> bool:
        try:
            Library.open(home).brief.write([Edit(table="mute", values={"words": [word]})], seen=stamp)
        except DecidedElsewhere:
            return False
        return True

    words = [f"kata {n}" for n in range(8)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(write, words))
    assert done.count(True) == 1
    assert config.load(home).mute.words == (words[done.index(True)],)


def test_saving_without_a_change_writes_nothing(home: Path, browser: Browser):
    assert browser.open("/brief").send("/brief").notice == "Nothing was changed."
    assert not (home / "brand.toml.bak").exists()


def test_words_of_any_script_and_markup_are_words(home: Path, browser: Browser):
    words = ["กาแฟ", "قهوة", "咖啡 ☕", '<script>alert("1")</script>', "'\"\\u0041", "[[topics]]"]
    page = browser.open("/brief").send("/brief", **{"topics[1].keywords": "\n".join(words)})
    assert list(config.load(home).topics[0].keywords) == words
    assert typed(page)["topics[1].keywords"].strip().replace("\r", "").split("\n") == words
    assert len(page.html.xpath("//script")) == 1


def test_a_brief_that_no_program_can_edit_says_so(home: Path, browser: Browser):
    (home / "brand.toml").write_text('mute = { words = ["a"] }\n' + BRAND)
    page = browser.open("/brief").send("/brief", **{"mute.words": "b"})
    assert "no program can edit" in " ".join(page.words("//*[@role='alert']"))


def test_a_preview_tells_who_enters_and_leaves_and_changes_nothing_on_the_disk(day: Day):
    before = {file: file.read_bytes() for file in day.home.rglob("*") if file.is_file() and file.suffix in (".toml", ".json", ".db")}
    with opened(day.home) as desk:
        page = desk.browser().open("/brief")
        assert page.words("//*[@id='preview']")[0].startswith(("Nothing is changed", "Belum ada"))
        page = page.send("/brief/preview", **{"topics[1].weight": "0.1", "shortlist.size": "10"})
        assert page.html.xpath("//*[@id='preview']//h3")
        rows = page.words("//*[@id='preview']//li")
        assert any("→" in row for row in rows)
        again = page.send("/brief/preview", **{"topics[1].weight": ""})
        assert typed(again)["shortlist.size"] == "10"
        assert desk.browser().open("/brief").words("//*[@id='preview']")[0].startswith(("Nothing is changed", "Belum ada"))
    assert before == {file: file.read_bytes() for file in before}
