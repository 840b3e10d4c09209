"""The brand directory: what brand.toml may say, that every problem is told at once, and where it is looked for."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator import config
from curator.config import values
from curator.core.brand import Brand, CalendarRules, EngineRules, FetchRules, Mute, ShortlistRules, Topic, Watch
from curator.core.errors import ConfigError

LEAST = '[brand]\nname = "Kopi Senja"\n[[topics]]\nname = "Kopi"\nabout = "kedai kopi"\n'
WHOLE = """
[brand]
name = "Teh Pagi"
language = "id"
reads = ["id", "en-GB", "EN", "jv", "ban"]
timezone = "Asia/Makassar"
[shortlist]
size = 12
window = "2w"
half_life = "1.5d"
per_feed = 2
formats = ["md", "JSON"]
[[topics]]
name = "Teh"
about = "kebun teh dan cara menyeduhnya"
keywords = ["teh", "matcha"]
avoid = ["teh celup"]
weight = 2
[[topics]]
name = "Kedai"
about = "membuka kedai kecil"
[[watch]]
name = "Kami"
query = '"teh pagi" OR @tehpagi'
like = ["gerai Teh Pagi"]
unlike = ["minum teh di pagi hari"]
[mute]
words = ["kuis berhadiah"]
domains = ["https://www.Spam.example/x", "iklan.example"]
[mix]
edukasi = 0.5
"jualan lembut" = 0.5
[calendar]
slots = ["Sen 9.00", "rabu, 12:00", "Jum'at 17:30", "Minggu 08:00", "sat 00:05", "Mon 09:00"]
networks = ["Instagram", "x"]
utm = { source = "{network}", medium = "social" }
observances = false
[drafts]
x = "{hook}\\n\\n{link}"
[boards]
pinterest = "Kebun teh"
[fetch]
contact = "halo@tehpagi.example"
allow = ["127.0.0.1:8601", "127.77.0.0/16:8700", "[fd00::/8]:80", "Intranet.example:8080"]
[notify]
urls = []
[engine]
model = "models/e5"
store = "tinydb"
workers = "local"
"""


def problems(body: str | bytes) -> dict[str, str]:
    """Key path → what is wrong."""
    with pytest.raises(ConfigError) as caught:
        config.parse(body.encode() if isinstance(body, str) else body)
    assert all(p.what and p.where.startswith("brand.toml") for p in caught.value.problems)
    return {p.where.removeprefix("brand.toml").removeprefix(": "): p.what for p in caught.value.problems}


def hints(body: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config.parse(body.encode())
    return [p.hint for p in caught.value.problems]


def test_a_name_and_one_topic_are_enough() -> None:
    assert config.parse(LEAST.encode()) == Brand(name="Kopi Senja", topics=(Topic(name="Kopi", about="kedai kopi"),))


def test_every_key_reaches_the_model() -> None:
    assert config.parse(WHOLE.encode()) == Brand(
        name="Teh Pagi",
        language="id",
        reads=("id", "en", "jv", "ban"),
        timezone="Asia/Makassar",
        shortlist=ShortlistRules(size=12, window=timedelta(days=14), half_life=timedelta(hours=36), per_feed=2, formats=("md", "json")),
        topics=(
            Topic(name="Teh", about="kebun teh dan cara menyeduhnya", keywords=("teh", "matcha"), avoid=("teh celup",), weight=2.0),
            Topic(name="Kedai", about="membuka kedai kecil"),
        ),
        watch=(Watch(name="Kami", query='"teh pagi" OR @tehpagi', like=("gerai Teh Pagi",), unlike=("minum teh di pagi hari",)),),
        mute=Mute(words=("kuis berhadiah",), domains=("spam.example", "iklan.example")),
        mix={"edukasi": 0.5, "jualan lembut": 0.5},
        calendar=CalendarRules(
            slots=("Mon 09:00", "Wed 12:00", "Fri 17:30", "Sun 08:00", "Sat 00:05"),
            networks=("instagram", "x"),
            utm={"source": "{network}", "medium": "social"},
            observances=False,
        ),
        drafts={"x": "{hook}\n\n{link}"},
        boards={"pinterest": "Kebun teh"},
        fetch=FetchRules(
            contact="halo@tehpagi.example", allow=("127.0.0.1:8601", "127.77.0.0/16:8700", "[fd00::/8]:80", "intranet.example:8080")
        ),
        engine=EngineRules(model="models/e5"),
    )


def test_every_problem_is_told_at_once_with_its_key_path() -> None:
    found = problems("""
        nama = "x"
        [brand]
        languge = "id"
        reads = ["id", "klingon"]
        timezone = "Jakarta"
        [shortlist]
        size = "dua puluh"
        window = "7 hari"
        [[topics]]
        name = "Kopi"
        about = "  "
        [[topics]]
        name = "kopi"
        about = "yang lain"
        keywords = "kopi"
        weight = 0
        [mix]
        edukasi = 0.9
        kutipan = 0.4
        [calendar]
        slots = ["Sen 9.00", "Monn 9"]
    """)
    assert list(found) == [
        "nama", "brand.languge", "brand.name", "brand.reads[2]", "brand.timezone", "shortlist.size", "shortlist.window", "topics[2].name",
        "topics[1].about", "topics[2].keywords", "topics[2].weight", "mix", "calendar.slots[2]",
    ]  # fmt: skip
    assert found["brand.name"] == "name is missing"
    assert found["topics[1].about"] == "about is empty"
    assert found["shortlist.size"] == "size must be a whole number, not text"
    assert found["shortlist.window"].startswith('window "7 hari" is not a duration')


@pytest.mark.parametrize(("lines", "path"), [
    ('[brand]\nname = 5\n', "brand.name"),
    ('[brand]\nname = ""\n', "brand.name"),
    ('[brand]\nname = "\\u202e \\u0000"\n', "brand.name"),
    ('[brand]\nlanguage = "bahasa Indonesia"\n', "brand.language"),
    ('[brand]\nlanguage = "qq"\n', "brand.language"),
    ('[brand]\nreads = "id"\n', "brand.reads"),
    ('[brand]\ntimezone = "../etc/passwd"\n', "brand.timezone"),
    ('[brand]\ntimezone = "Asia"\n', "brand.timezone"),
    ('brand = "Kopi Senja"\n', "brand"),
    ('[[brand]]\nname = "x"\n', "brand"),
    ('[shortlist]\nsize = 0\n', "shortlist.size"),
    ('[shortlist]\nsize = true\n', "shortlist.size"),
    ('[shortlist]\nsize = 2.5\n', "shortlist.size"),
    ('[shortlist]\nwindow = "0d"\n', "shortlist.window"),
    ('[shortlist]\nwindow = "9999999w"\n', "shortlist.window"),
    ('[shortlist]\nhalf_life = 48\n', "shortlist.half_life"),
    ('[shortlist]\nwindow = 07:00:00\n', "shortlist.window"),
    ('[shortlist]\nformats = ["md", "pdf"]\n', "shortlist.formats[2]"),
    ('[topics]\nname = "x"\nabout = "y"\n', "topics"),
    ('topics = []\n', "topics"),
    ('topics = ["kopi"]\n', "topics[1]"),
    ('[[topics]]\nabout = "y"\n', "topics[1].name"),
    ('[[topics]]\nname = "x"\nabout = "y"\nkeywords = [""]\n', "topics[1].keywords[1]"),
    ('[[topics]]\nname = "x"\nabout = "y"\nweight = nan\n', "topics[1].weight"),
    ('[[topics]]\nname = "x"\nabout = "y"\nweight = -1\n', "topics[1].weight"),
    (f'[[topics]]\nname = "x"\nabout = "y"\nweight = {"9" * 4000}\n', "topics[1].weight"),
    ('[[watch]]\nname = "x"\nquery = ""\n', "watch[1].query"),
    ('[[watch]]\nname = "x"\nquery = "(kopi OR"\n', "watch[1].query"),
    (f'[[watch]]\nname = "x"\nquery = "{"(" * 3000}"\n', "watch[1].query"),
    ('[[watch]]\nname = "x"\nquery = "a"\n[[watch]]\nname = "X"\nquery = "b"\n', "watch[2].name"),
    ('[mute]\ndomains = ["spam"]\n', "mute.domains[1]"),
    ('[mix]\neducation = 40\n', "mix.education"),
    ('[mix]\neducation = "40%"\n', "mix.education"),
    ('mix = 1\n', "mix"),
    ('[calendar]\nslots = ["Mon 24:00"]\n', "calendar.slots[1]"),
    ('[calendar]\nslots = ["09:00"]\n', "calendar.slots[1]"),
    ('[calendar]\nslots = ["Xyz 09:00"]\n', "calendar.slots[1]"),
    ('[calendar]\nnetworks = ["friendster"]\n', "calendar.networks[1]"),
    ('[calendar]\nutm = { source = "{netwrok}" }\n', "calendar.utm.source"),
    ('[calendar]\nutm = { source = "{network" }\n', "calendar.utm.source"),
    ('[calendar]\nutm = { sumber = "x" }\n', "calendar.utm.sumber"),
    ('[fetch]\ncontact = "kopi senja"\n', "fetch.contact"),
    ('[fetch]\ncontact = "https://kopi.example/\\r\\nX-Y: z"\n', "fetch.contact"),
    ('[fetch]\nallow = ["127.0.0.1"]\n', "fetch.allow[1]"),
    ('[fetch]\nallow = ["127.0.0.1:0"]\n', "fetch.allow[1]"),
    ('[fetch]\nallow = ["127.0.0.0/33:80"]\n', "fetch.allow[1]"),
    ('[fetch]\nallow = ["::1:80"]\n', "fetch.allow[1]"),
    ('[fetch]\nallow = ["*:80"]\n', "fetch.allow[1]"),
    ('[notify]\nurls = ["CURATOR"]\n', "notify.urls[1]"),
    ('[engine]\nstore = "sqlite"\n', "engine.store"),
    ('[engine]\nstore = "mysql://db/kopi"\n', "engine.store"),
    ('[engine]\nstore = "env:1"\n', "engine.store"),
    ('[engine]\nworkers = "dask://"\n', "engine.workers"),
    ('[engine]\nworkers = "dask://user:secret@host:8786"\n', "engine.workers"),
    ('[engine]\nworkers = "lokal"\n', "engine.workers"),
    ('[calendar]\nobservances = "no"\n', "calendar.observances"),
    ('[boards]\nx = "kopi"\n', "boards.x"),
    ('[boards]\npinterest = ""\n', "boards.pinterest"),
    ('[drafs]\nx = "{hook}"\n', "drafs"),
    ('[drafts]\nfriendster = "{hook}"\n', "drafts.friendster"),
    ('[drafts]\nx = "{hok} {link}"\n', "drafts.x"),
    ('[drafts]\nx = "{hook.__class__} {link}"\n', "drafts.x"),
    ('[drafts]\nx = "{hook:>9999999}"\n', "drafts.x"),
    ('[drafts]\nx = "{hook} {link"\n', "drafts.x"),
    ('[drafts]\nx = "{{hook}}"\n', "drafts.x"),
    ('[drafts]\nx = " "\n', "drafts.x"),
])  # fmt: skip
def test_what_cannot_be_used_is_told_by_its_key(lines: str, path: str) -> None:
    found = problems(lines)
    assert path in found, found


@pytest.mark.parametrize(("lines", "hint"), [
    ('[shortlst]\nsize = 1\n', "did you mean shortlist?"),
    ('[shortlist]\nper_fed = 1\n', "did you mean per_feed?"),
    ('[shortlist]\ntimezone = "UTC"\n', "timezone belongs under [brand]"),
    ('[shortlist]\nkeywords = []\n', "keywords belongs under [[topics]]"),
    ('[mute]\nx = 1\n', "known here: words, domains"),
    ('[mute]\nwords = "kuis"\n', 'words = ["giveaway"]'),
    ('[shortlist]\nwindow = 7\n', 'window = "7d"'),
])  # fmt: skip
def test_a_hint_says_what_to_write(lines: str, hint: str) -> None:
    assert hints(LEAST + lines) == [hint]


def test_what_was_meant_is_named_where_it_is_near() -> None:
    found = problems('[brand]\nname = "x"\nlanguage = "Indonesian"\ntimezone = "jakarta"\n[calendar]\nnetworks = ["twitter", "instagrm"]\n')
    assert '(did you mean "id"?)' in found["brand.language"]
    assert '(did you mean "Asia/Jakarta"?)' in found["brand.timezone"]
    assert '(did you mean "x"?)' in found["calendar.networks[1]"]
    assert '(did you mean "instagram"?)' in found["calendar.networks[2]"]


@pytest.mark.parametrize(("body", "where", "what"), [
    (b'[brand]\nname = Kopi Senja\n', "line 2, column 8", "quotes"),
    (b'[brand]\nname = "a"\nname = "b"\n', "line 3, column 11", "twice"),
    (b'[brand]\nname = "a', "end of document", "never closed"),
    (b'[brand\n', "line 1, column 7", "not TOML"),
    (b'[brand]\nname = "Caf\xe9"\n', "line 2", "UTF-8"),
    ("[brand]\nname = 'x'".encode("utf-16-le"), "", "not TOML"),
    (b"a = " + b"[" * 100_000, "", "nested too deep"),
    (b"a = " + b"9" * 5000, "", "not TOML"),
    (b"# " + b"x" * 300_000, "", "larger than"),
])  # fmt: skip
def test_what_is_no_toml_is_told_with_its_line(body: bytes, where: str, what: str) -> None:
    [(at, told)] = problems(body).items()
    assert where in at
    assert what in told


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_does_no_harm(encoding: str) -> None:
    assert config.parse(LEAST.replace("kedai", "kafé").encode(encoding)).topics[0].about == "kafé kopi"


scalars = st.one_of(st.text(max_size=8), st.integers(), st.floats(), st.booleans(), st.dates(), st.sampled_from(["7d", "Mon 09:00"]))
names = st.sampled_from(["brand", "topics", "name", "about", "mix", "slots", "calendar", "utm", "shortlist", "window", "allow", "fetch"])
documents = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=12)
litter = st.one_of(st.text(), st.text('[]{}=".,#\n abn019-:', max_size=80))


@given(st.one_of(st.binary(), litter.map(lambda s: s.encode("utf-8", "surrogatepass"))))
def test_no_bytes_make_anything_but_a_config_error(body: bytes) -> None:
    try:
        config.parse(body)
    except ConfigError as e:
        assert e.problems  # noqa: PT017


@given(st.dictionaries(names, documents, max_size=5))
def test_no_document_makes_anything_but_problems(document: dict[str, Any]) -> None:
    from curator.config import keys

    place = keys.KeyPath("brand.toml", [])
    brand = keys.read(document, place)
    assert (brand is None) == bool(place.problems)


def test_many_problems_cost_no_time() -> None:
    body = "".join(f'[[watch]]\nname = "a{n}"\nquer = 1\n' for n in range(6000))
    start = time.process_time()
    assert len(problems(LEAST + body)) == 12_000
    assert time.process_time() - start < 5


@pytest.mark.parametrize(("words", "minutes"), [("90m", 90), ("48h", 2880), ("7d", 10080), ("2 w", 20160), ("0.5h", 30)])
def test_a_span_of_time_is_a_number_and_a_letter(words: str, minutes: int) -> None:
    assert values.duration(words) == timedelta(minutes=minutes)


# --- the directory ---


def desk(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "brand.toml").write_text(LEAST, encoding="utf-8")
    return directory


def test_home_is_the_one_named_then_the_environment_then_the_nearest_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    near, named, told = desk(tmp_path / "kopi"), desk(tmp_path / "teh"), desk(tmp_path / "susu")
    deep = near / "library" / "2026"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert config.find_home(None, {}) == near
    assert config.find_home(None, {"CURATOR_HOME": str(told)}) == told
    assert config.find_home(named, {"CURATOR_HOME": str(told)}) == named
    assert config.find_home(str(named), {}) == named


def test_no_home_is_told_with_the_command_that_makes_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"no brand\.toml in this directory or above it") as caught:
        config.find_home(None, {})
    assert caught.value.problems[0].hint == "curator init kopi-senja"
    with pytest.raises(ConfigError, match=r"no brand\.toml in") as caught:
        config.find_home("kopi senja", {})
    assert caught.value.problems[0].hint == "curator init 'kopi senja'"


def test_the_brand_of_a_directory_is_loaded(tmp_path: Path) -> None:
    assert config.load(desk(tmp_path)).name == "Kopi Senja"


def test_a_brand_file_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no brand\.toml in"):
        config.load(tmp_path)
    (tmp_path / "brand.toml").mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(tmp_path)


KEYS = {
    "[brand]": "name language reads timezone",
    "[shortlist]": "size window half_life per_feed formats",
    "[[topics]]": "name about keywords avoid weight",
    "[[watch]]": "name query like unlike",
    "[mute]": "words domains",
    "[calendar]": "slots networks",
    "[fetch]": "contact allow scout",
    "[notify]": "urls",
    "[engine]": "model store workers",
}


def test_what_the_hints_say_can_be_written_as_it_stands() -> None:
    wrong = "\n".join("\n".join([heading, *(f"{key} = 1979-05-27" for key in keys.split())]) for heading, keys in KEYS.items())
    told = iter(hints(wrong))
    right = "\n".join("\n".join([heading, *(next(told) for _ in keys.split())]) for heading, keys in KEYS.items())
    assert config.parse(right.encode()).name == "Kopi Senja"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://desk:r4hasia@db.example/curator",
        "postgres://desk:r4hasia@db.example:5432,b.example/curator",
        "postgresql:///curator?user=desk&password=r4hasia",
        "postgresql://db.example/curator?sslpassword=r4hasia",
        "mysql://desk:r4hasia@db.example/curator",
    ],
)
def test_a_password_in_the_address_of_the_store_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(ConfigError) as refused:
        config.parse(f'[brand]\nname = "Kopi"\n[[topics]]\nname = "a"\nabout = "b"\n[engine]\nstore = "{address}"\n'.encode())
    (problem,) = refused.value.problems
    assert problem.where.startswith("brand.toml: engine.store")
    assert "r4hasia" not in f"{problem.what} {problem.where} {problem.hint}"


def test_a_line_that_is_no_toml_is_shown_without_the_password_in_it() -> None:
    with pytest.raises(ConfigError) as refused:
        config.parse(b'[engine]\nstore = "postgresql://desk:r4h@sia@db.example/curator" oops\n')
    (problem,) = refused.value.problems
    assert problem.hint == 'this line reads: store = "postgresql://…@db.example/curator" oops'
