"""Topics of brand.toml are changed as text: what a person wrote around them stays."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.config import edit
from curator.core.errors import ConfigError

BRIEF = """# our brief
[brand]
name = "Senja"   # the café

[[topics]]
name = "Kopi"
about = [
  "petani kopi",  # growers
  "sangrai",
]
avoid = ["meja kopi"]

# the second one
[[topics]]
name = "Teh"
about = "teh [melati]"

[shortlist]
size = 5
"""


def test_a_value_is_replaced_and_every_other_line_stays():
    edited = edit.with_topic(BRIEF, "Kopi", {"avoid": ("meja kopi", "saham kopi")})
    assert edited == BRIEF.replace('avoid = ["meja kopi"]', 'avoid = ["meja kopi", "saham kopi"]')


def test_a_value_of_several_lines_is_replaced_whole():
    edited = edit.with_topic(BRIEF, "Kopi", {"about": "kopi"})
    assert 'about = "kopi"\navoid' in edited
    assert "growers" not in edited
    assert "# the second one" in edited


def test_a_new_key_stands_at_the_end_of_its_topic():
    assert 'about = "teh [melati]"\nweight = 0.7\n\n[shortlist]' in edit.with_topic(BRIEF, "Teh", {"weight": 0.7})


def test_a_new_topic_stands_behind_the_others():
    edited = edit.with_topic(BRIEF, "Kopi: susu", {"about": "kopi susu"})
    assert 'about = "teh [melati]"\n\n[[topics]]\nname = "Kopi: susu"\nabout = "kopi susu"\n\n[shortlist]' in edited


def test_lines_of_windows_and_a_file_without_a_last_newline_are_edited_too():
    assert tomllib.loads(edit.with_topic(BRIEF.replace("\n", "\r\n"), "Teh", {"weight": 2.0}))["topics"][1]["weight"] == 2
    assert tomllib.loads(edit.with_topic(BRIEF.rstrip(), "Kopi", {"weight": 2.0}))["topics"][0]["weight"] == 2


@pytest.mark.parametrize(
    "text",
    [
        'topics = [{ name = "Kopi", about = "kopi" }]',
        '[[topics]]\nname = "Kopi"\nabout = """\n[[topics]]\n"""',
        '[[topics]]\nname = "Kopi"\nabout = """\n[x]\navoid = 1\n"""',
    ],
)
def test_what_cannot_be_edited_surely_is_refused_in_plain_words(text: str):
    with pytest.raises(ConfigError, match="no program can edit"):
        edit.with_topic(text, "Kopi", {"avoid": ("a",)})


@given(st.lists(st.text(st.characters(blacklist_categories=("Cs",)), max_size=20), max_size=4))
def test_any_words_are_written_so_that_they_are_read_again(words: list[str]):
    assert tomllib.loads(edit.with_topic(BRIEF, "Teh", {"avoid": tuple(words)}))["topics"][1]["avoid"] == words


def test_the_store_is_named_in_the_table_that_is_there_or_in_a_new_one_and_every_other_line_stays():
    url = "postgresql://desk@db.example/curator?brand=kopi%20senja"
    assert edit.with_store(BRIEF, url) == f'{BRIEF}\n[engine]\nstore = "{url}"\n'
    engine = f'{BRIEF}\n[engine]  # ours\nmodel = "embedded"\n# files, for now\nstore = "tinydb"\nworkers = "local"\n'
    assert edit.with_store(engine, url) == engine.replace('"tinydb"', f'"{url}"')
    assert edit.with_store(edit.with_store(engine, url), "tinydb") == engine


@pytest.mark.parametrize("text", ["engine = { model = 'embedded' }\n", "engine.model = 'embedded'\n"])
def test_a_store_that_cannot_be_named_line_by_line_is_left_to_the_person(text: str):
    with pytest.raises(ConfigError) as refused:
        edit.with_store(text + BRIEF, "tinydb")
    assert refused.value.problems[0].hint == 'write this below [engine]: store = "tinydb"'
