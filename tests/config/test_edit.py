"""Topics of brand.toml are changed as text: what a person wrote around them stays."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.config import edit
from curator.config.edit import Edit
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


def test_a_comment_behind_a_value_stays_though_the_value_has_the_same_sign():
    text = BRIEF.replace('about = "teh [melati]"', 'about = "teh #1"   # our "best" # one')
    assert 'about = "teh #2"   # our "best" # one\n' in edit.with_topic(text, "Teh", {"about": "teh #2"})


def test_entries_of_a_list_of_several_lines_come_and_go_and_the_comments_of_the_others_stay():
    longer = edit.with_topic(BRIEF, "Kopi", {"about": ("petani kopi", "sangrai", "seduh")})
    assert longer == BRIEF.replace('  "sangrai",\n', '  "sangrai",\n  "seduh",\n')
    assert edit.with_topic(longer, "Kopi", {"about": ("petani kopi", "seduh")}) == BRIEF.replace('"sangrai"', '"seduh"')
    bare = BRIEF.replace('  "sangrai",\n', '  # roasters\n  "sangrai"  # last\n')
    assert '  # roasters\n  "sangrai",  # last\n  "seduh",\n]' in edit.with_topic(
        bare, "Kopi", {"about": ["petani kopi", "sangrai", "seduh"]}
    )


def test_a_key_is_removed_and_a_table_that_is_missing_is_added():
    edited = edit.applied(BRIEF, [Edit(table="topics", entry=1, values={"avoid": None}), Edit(table="mute", values={"words": ["undian"]})])
    assert edited == BRIEF.replace('avoid = ["meja kopi"]\n', "") + '\n[mute]\nwords = ["undian"]\n'


def test_tables_are_changed_added_and_removed_at_once_by_their_places_before():
    edits = [
        Edit(table="topics", entry=1, values=None),
        Edit(table="topics", entry=3, values={"name": "Susu", "about": "susu"}),
        Edit(table="topics", entry=2, values={"name": "Teh & tisane"}),
        Edit(table="shortlist", values={"size": 9}),
    ]
    document = tomllib.loads(edited := edit.applied(BRIEF, edits))
    assert [topic["name"] for topic in document["topics"]] == ["Teh & tisane", "Susu"]
    assert document["shortlist"] == {"size": 9}
    assert "# the second one" in edited
    assert 'name = "Senja"   # the café' in edited


def test_the_lines_of_windows_stay_lines_of_windows():
    edited = edit.with_topic(BRIEF.replace("\n", "\r\n"), "Kopi", {"about": ("petani kopi", "sangrai", "seduh"), "weight": 2.0})
    assert edited.count("\n") == edited.count("\r\n") == BRIEF.count("\n") + 2


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


def test_a_table_that_is_written_on_one_line_is_refused():
    with pytest.raises(ConfigError, match="no program can edit"):
        edit.applied('mute = { words = ["a"] }\n' + BRIEF, [Edit(table="mute", values={"words": ["b"]})])


@given(st.lists(st.text(st.characters(blacklist_categories=("Cs",)), max_size=20), max_size=4))
def test_any_words_are_written_so_that_they_are_read_again(words: list[str]):
    assert tomllib.loads(edit.with_topic(BRIEF, "Teh", {"avoid": tuple(words)}))["topics"][1]["avoid"] == words


WORD = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)
VALUE = st.one_of(WORD, st.lists(WORD, max_size=4), st.integers(0, 99), st.just(None))


@given(st.dictionaries(st.sampled_from(("about", "avoid", "keywords", "weight")), VALUE), st.sampled_from((1, 2, 3)), st.booleans())
def test_whatever_is_edited_the_comments_and_the_values_that_are_not_meant_stay(values: dict[str, object], entry: int, more: bool):
    changes = [Edit(table="topics", entry=entry, values={"name": "Lain", **values})]
    mute = [Edit(table="mute", values={"words": ["a"]})] if more else []
    edited = edit.applied(BRIEF, [*changes, *mute])
    before, after = tomllib.loads(BRIEF), tomllib.loads(edited)
    for comment in ("# our brief", 'name = "Senja"   # the café', "# the second one", *(["# growers"] if entry != 1 else [])):
        assert comment in edited
    assert after["brand"] == before["brand"]
    for place, topic in enumerate(before["topics"], 1):
        assert place == entry or after["topics"][place - 1] == topic


def test_the_store_is_named_in_the_table_that_is_there_or_in_a_new_one_and_every_other_line_stays():
    url = "postgresql://desk@db.example/curator?brand=kopi%20senja"

    def named(text: str, store: str) -> str:
        return edit.applied(text, [Edit(table="engine", values={"store": store})])

    assert named(BRIEF, url) == f'{BRIEF}\n[engine]\nstore = "{url}"\n'
    engine = f'{BRIEF}\n[engine]  # ours\nmodel = "embedded"\n# files, for now\nstore = "tinydb"\nworkers = "local"\n'
    assert named(engine, url) == engine.replace('"tinydb"', f'"{url}"')
    assert named(named(engine, url), "tinydb") == engine
