"""Each scheduler gets the rows it takes: headers word for word, times as it writes them, a file a network, and a person's own template."""

import csv
import io
import re
from datetime import date
from importlib import resources
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.parts import NOW
from support.posts import PLANNING, item, moments, one, placed, planned, table, thousand

from curator.core.errors import CuratorError, UsageError
from curator.publishing.export import export_posts
from curator.publishing.formats import TABLES, csv_file, table_layout
from curator.publishing.types import ExportFiles, ExportRequest

PUBLER = [
    "Date - Intl. format or prompt",
    "Text",
    "Link(s) - Separated by comma for FB carousels",
    "Media URL(s) - Separated by comma",
    "Title - For the video, pin, PDF ..",
    "Label(s) - Separated by comma",
    "Alt text(s) - Separated by ||",
    "Comment(s) - Separated by ||",
    "Pin board, FB album, or Google category",
    "Post subtype - I.e. story, reel, PDF ..",
    "CTA - For Facebook links or Google",
    "Reminder - For stories, reels, shorts, and TikToks",
]


def exported(format_: str, desk=None, **request) -> ExportFiles:
    return export_posts(desk or one(), ExportRequest(format=format_, **request), NOW)


def only(format_: str, desk=None, **request) -> list[list[str]]:
    return table(exported(format_, desk, **request).single(), delimiter="," if "like" in request else delimiter_of(format_))


def delimiter_of(format_: str) -> str:
    return ";" if format_ == "csv" else ","


# --- what each takes ----------------------------------------------------------------------------------------------


def test_every_layout_says_when_it_was_checked_and_fills_only_columns_it_has():
    for file in resources.files("curator.publishing.formats").joinpath("layouts").iterdir():
        layout = table_layout.load(file.name.removesuffix(".toml"))
        columns = {*layout.header, *(name for more in layout.extra_columns.values() for name in more)}
        assert re.fullmatch(r"20\d\d-\d\d", layout.checked)
        assert not layout.header or {*layout.cells, *(name for cells in layout.overrides.values() for name in cells)} <= columns
        assert len(columns) == len(layout.header) + sum(map(len, layout.extra_columns.values()))


def test_buffer_gets_its_four_columns_and_the_time_of_the_brand():
    rows = only("buffer")
    assert rows[0] == ["Text", "Image URL", "Tags", "Posting Time"]
    assert rows[1][3] == "2026-11-24 08:00"
    assert "https://warta.example/kopi/0?utm_source=x" in rows[1][0]


def test_buffer_gets_a_hundred_rows_a_file_and_a_file_a_channel():
    items = [item(n) for n in range(230)]
    posts = [placed(i, "x" if n < 210 else "linkedin", 1 + n / 24) for n, i in enumerate(items)]
    parcel = exported("buffer", planned(items, posts))
    assert {name: len(table(body)) - 1 for name, body in parcel.files.items()} == {
        "buffer-x.csv": 100,
        "buffer-x-2.csv": 100,
        "buffer-x-3.csv": 10,
        "buffer-linkedin.csv": 20,
    }


BOARDS = {"buffer": "Board Name", "metricool": "Pinterest Board", "publer": "Pin board, FB album, or Google category"}


@pytest.mark.parametrize(("format_", "column"), BOARDS.items())
def test_a_pin_has_a_board_where_its_file_has_a_place_for_one(format_: str, column: str):
    header, row = only(format_, planned([item()], [placed(item(), "pinterest")]))
    assert dict(zip(header, row, strict=True))[column] == "Kedai kami"
    header, row = only(format_, planned([item()], [placed(item(), "linkedin")]))
    assert dict(zip(header, row, strict=True)).get(column, "") == ""


@pytest.mark.parametrize("format_", BOARDS)
def test_a_pin_without_a_board_is_refused_with_the_line_that_is_missing(format_: str):
    bare = replace(PLANNING, boards={})
    with pytest.raises(CuratorError) as refused:
        exported(format_, planned([item()], [placed(item(), "pinterest")], bare))
    (problem,) = refused.value.problems
    assert problem.what == "no board is named for Pinterest"
    assert problem.hint == '[boards] in brand.toml, with pinterest = "Our coffee" below it'
    assert only(format_, planned([item()], [placed(item(), "linkedin")], bare))


def test_a_board_is_asked_for_by_a_template_that_has_a_column_for_it(tmp_path: Path):
    pin = planned([item()], [placed(item(), "pinterest")])
    homeless = planned([item()], [placed(item(), "pinterest")], replace(PLANNING, boards={}))
    asking, silent = (template(tmp_path / name, f"\ufeffText,Date,Time{more}") for name, more in (("a", ",Pinterest board"), ("b", "")))
    assert only("csv", pin, like=asking)[1][3] == "Kedai kami"
    with pytest.raises(CuratorError, match="no board"):
        exported("csv", homeless, like=asking)
    assert len(only("csv", homeless, like=silent)) == 2


def test_metricool_gets_all_97_columns_and_one_network_a_row():
    parcel = exported("metricool", planned([item(1), item(2)], [placed(item(1), "x"), placed(item(2), "instagram")]))
    header, *body = table(parcel.files["metricool.csv"])
    assert len(header) == 97
    first, second = (dict(zip(header, row, strict=True)) for row in body)
    assert (first["Date"], first["Time"], first["Twitter/X"], first["Instagram"]) == ("2026-11-24", "08:00:00", "true", "false")
    assert (second["Instagram"], second["Instagram Post Type"], second["Picture Url 1"]) == (
        "true",
        "POST",
        "https://warta.example/kopi.jpg",
    )
    assert "\r\n" in first["Text"]
    assert "\n" not in first["Text"].replace("\r\n", "")


def test_publer_gets_its_twelve_columns_and_the_link_in_its_own_where_that_makes_a_card():
    header, row = only("publer", planned([item()], [placed(item(), "linkedin")]))
    assert header == PUBLER
    assert row[0] == "2026-11-24 08:00"
    assert row[2] == "https://warta.example/kopi/0?utm_source=linkedin"
    assert "https://" not in row[1]
    assert not row[1].rstrip().endswith(":")


def test_publer_gets_a_picture_rather_than_a_link_for_instagram():
    _, row = only("publer", planned([item()], [placed(item(), "instagram")]))
    assert (row[2], row[3]) == ("", "https://warta.example/kopi.jpg")


def test_sprout_gets_its_columns_and_the_picture_only_where_there_is_one():
    assert only("sprout")[0] == ["date", "time_24hr", "message_text"]
    header, row = only("sprout", planned([item()], [placed(item(), "instagram")]))
    assert header == ["date", "time_24hr", "message_text", "public_image_url"]
    assert row[:2] == ["11/24/2026", "08:00"]


def test_sprout_wants_ten_minutes_between_two_posts_of_a_network():
    items = [item(n) for n in range(3)]
    near = planned(items, [placed(items[0]), placed(items[1], days=1 + 9 / 1440), placed(items[2], "linkedin")])
    with pytest.raises(CuratorError) as refused:
        exported("sprout", near)
    assert [p.what for p in refused.value.problems] == ["it comes less than 10 minutes after the post before it"]
    assert "00000001" in refused.value.problems[0].where


def test_hootsuite_gets_three_columns_and_no_header():
    (row,) = only("hootsuite")
    assert row[0] == "2026-11-24 08:00"
    assert row[2] == "https://warta.example/kopi/0?utm_source=x"


def test_hootsuite_takes_a_time_on_every_fifth_minute_and_the_next_one_is_named():
    items = [item(n) for n in range(3)]
    posts = [placed(i, days=1 + n * 57 / 1440) for n, i in enumerate(items)]  # 08:00, 08:57, 09:54
    with pytest.raises(CuratorError) as refused:
        exported("hootsuite", planned(items, posts))
    assert [(p.what, p.hint) for p in refused.value.problems] == [
        ("Hootsuite takes a time on every 5th minute only, not 08:57", 'curator plan --move 00000001-x "2026-11-24 09:00"'),
        ("Hootsuite takes a time on every 5th minute only, not 09:54", 'curator plan --move 00000002-x "2026-11-24 09:55"'),
    ]
    assert "row 2: 00000001" in refused.value.problems[0].where
    assert len(table(exported("hootsuite", planned(items, posts), skip_bad=True).single())) == 1
    assert len(only("buffer", planned(items, posts))) == 4


def test_vista_gets_its_four_columns_and_the_type_that_fits():
    desk = planned([item(1), item(2)], [placed(item(1), "linkedin"), placed(item(2), "instagram")])
    header, article = table(exported("vista", desk).files["vista-linkedin.csv"])
    assert header == ["message", "type", "link", "time"]
    assert article[1:] == ["article", "https://warta.example/kopi/1?utm_source=linkedin", "2026-11-24 08:00"]
    assert table(exported("vista", desk).files["vista-instagram.csv"])[1][1:3] == ["image", "https://warta.example/kopi.jpg"]


def test_google_calendar_gets_an_event_with_an_end():
    header, row = only("google-calendar")
    assert header[:5] == ["Subject", "Start Date", "Start Time", "End Date", "End Time"]
    assert row[:5] == ["X: Petani kopi 0", "11/24/2026", "08:00 AM", "11/24/2026", "08:15 AM"]


# --- for people -----------------------------------------------------------------------------------------------------


def test_a_sheet_for_people_says_when_and_where_and_starts_no_formula():
    header, row = only("csv", one(title='=HYPERLINK("http://evil.example")', note="@SUM(A1)", tags=("-1+2",)))
    cells = dict(zip(header, row, strict=True))
    assert (cells["When"], cells["Time zone"], cells["Network"]) == ("2026-11-24 08:00", "Asia/Jakarta", "X")
    assert (cells["Title"][0], cells["Note"], cells["Tags"]) == ("'", "'@SUM(A1)", "'-1+2")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "\u00a0=", "＝", "|", "\r"])
def test_no_cell_of_a_sheet_starts_what_a_spreadsheet_runs(start: str):
    body = csv_file.encode([{"When": f"{start}cmd()"}], table_layout.load("csv"), ["When"])
    assert table(body)[1] == [f"'{start}cmd()"]


@pytest.mark.parametrize(("language", "delimiter"), [("id", ";"), ("id-ID", ";"), ("de", ";"), ("en", ","), ("ms", ","), ("ja", ",")])
def test_a_sheet_opens_in_columns_in_a_spreadsheet_of_the_brands_language(language: str, delimiter: str):
    body = exported("csv", one(replace(PLANNING, language=language), title="Harga 1,5; naik")).single()
    header, row = table(body, delimiter=delimiter)
    assert dict(zip(header, row, strict=True))["Title"] == "Harga 1,5; naik"


def test_a_sheet_points_to_a_workbook_and_a_schedulers_file_keeps_its_comma():
    indonesian = one(replace(PLANNING, language="id"))
    assert "curator export xlsx" in exported("csv", indonesian).note
    for format_ in TABLES:
        assert format_ == "csv" or all(b'","' in body for body in exported(format_, indonesian).files.values())


def test_a_number_in_a_sheet_stays_a_number():
    assert table(csv_file.encode([{"When": "-1.5"}], table_layout.load("csv"), ["When"]))[1] == ["-1.5"]


def test_a_scheduler_never_gets_the_guard_of_a_spreadsheet():
    desk = planned([item()], [placed(item(), text="=SUM is what we post")])
    assert only("buffer", desk)[-1][0] == only("sprout", desk)[-1][2] == "=SUM is what we post"


def test_a_workbook_holds_strings_and_no_formula_and_is_the_same_each_time():
    openpyxl = pytest.importorskip("openpyxl")
    desk = one(title="=1+1")
    body = exported("xlsx", desk).single()
    page = openpyxl.load_workbook(io.BytesIO(body))["Calendar"]
    header, row = page.iter_rows()
    cells = {name.value: cell for name, cell in zip(header, row, strict=True)}
    assert (cells["Title"].value, cells["Title"].data_type) == ("=1+1", "s")
    assert body == exported("xlsx", desk).single()


# --- a person's own template ------------------------------------------------------------------------------------------


def template(folder: Path, header: str, encoding: str = "utf-8") -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / "template.csv"
    file.write_bytes(header.encode(encoding))
    return file


def test_a_template_gives_the_columns_their_order_and_unknown_ones_stay_empty(tmp_path: Path):
    ours = template(tmp_path, '"posting time",TEXT,Brand New Column,image_url\r\n"2020-01-01 00:00",example,,\r\n')
    body = exported("buffer", like=ours).single()
    assert not body.startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(io.StringIO(body.decode(), newline=""), strict=True)
    assert header == ["posting time", "TEXT", "Brand New Column", "image_url"]
    assert (row[0], row[2], row[3]) == ("2026-11-24 08:00", "", "")
    assert row[1].startswith("Petani kopi 0")


def test_an_older_and_narrower_metricool_template_is_filled_as_it_is(tmp_path: Path):
    old = [name for name in table_layout.load("metricool").header if "Trial" not in name and not name.startswith("Threads ")]
    header, row = only("metricool", like=template(tmp_path, "\ufeff" + ",".join(old)))
    assert header == old
    assert dict(zip(header, row, strict=True))["Twitter/X"] == "true"


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8-sig"), ("\t", "utf-16"), (",", "utf-8")])
def test_a_template_gives_delimiter_mark_and_encoding(tmp_path: Path, delimiter: str, encoding: str):
    ours = template(tmp_path, delimiter.join(("Caption", "Date", "Time", '"Bild, groß"')), encoding)
    body = exported("csv", like=ours).single()
    header, row = csv.reader(io.StringIO(body.decode(encoding), newline=""), delimiter=delimiter)
    assert header[3] == "Bild, groß"
    assert row[1:] == ["2026-11-24", "08:00", ""]


def test_what_the_encoding_of_a_template_cannot_say_is_said_in_utf_8(tmp_path: Path):
    ours = template(tmp_path, "Message;Date and Time;Größe", "windows-1252")
    thai = planned([item()], [placed(item(), text="กาแฟ")])
    assert table(exported("csv", thai, like=ours).single(), delimiter=";")[1][0] == "กาแฟ"


def test_a_template_without_a_column_for_the_words_or_the_time_is_refused(tmp_path: Path):
    with pytest.raises(CuratorError, match="no column for the text"):
        exported("csv", like=template(tmp_path, "Date,Time,Foo"))
    with pytest.raises(CuratorError, match="no column for the time of day"):
        exported("csv", like=template(tmp_path, "Text,Date"))


def test_a_template_means_nothing_to_what_is_no_table_or_has_no_header(tmp_path: Path):
    for format_ in ("ics", "xlsx", "hootsuite"):
        with pytest.raises(UsageError):
            exported(format_, like=template(tmp_path, "Text,Date,Time"))


# --- what would be refused ------------------------------------------------------------------------------------------


def test_all_that_would_be_refused_is_told_at_once_by_row_and_nothing_is_made():
    items = [item(1), item(2, image=""), item(3), item(4), item(5, image="https://warta.example/a.webp")]
    long = "kopi " * 100
    posts = [
        placed(items[0], days=-1),
        placed(items[1], "instagram"),
        placed(items[2], days=2, text=long),
        placed(items[3], days=5 / 1440),
        placed(items[4], "instagram", days=3),
    ]
    with pytest.raises(CuratorError) as refused:
        exported("buffer", planned(items, posts))
    told = {(problem.where.split(":")[0], problem.what) for problem in refused.value.problems}
    assert ("buffer-x.csv, row 2", "its time is past") in told
    assert ("buffer-x.csv, row 3", "its time is less than 10 minutes ahead") in told
    assert ("buffer-instagram.csv, row 3", "Buffer takes no picture but jpg, jpeg, png") in told
    assert any(where == "buffer-x.csv, row 4" and "too many" in what for where, what in told)
    assert any(where == "buffer-instagram.csv, row 2" and "picture" in what for where, what in told)
    assert all(problem.hint for problem in refused.value.problems)


def test_what_would_be_refused_can_be_left_out_and_is_told():
    items = [item(1), item(2)]
    parcel = exported("buffer", planned(items, [placed(items[0], days=-1), placed(items[1])]), skip_bad=True)
    assert len(table(parcel.single())) == 2
    assert [(p.what, "00000001" in p.where) for p in parcel.left_out] == [("its time is past", True)]


def test_too_many_hashtags_are_refused():
    tagged = planned([item()], [placed(item(), "instagram", text="kopi #a #b #c #d #e #f")])
    with pytest.raises(CuratorError, match="hashtags too many"):
        exported("publer", tagged)


def test_a_network_that_the_scheduler_does_not_know_is_refused():
    with pytest.raises(CuratorError, match="Metricool has no Mastodon"):
        exported("metricool", planned([item()], [placed(item(), "mastodon")]))


def test_a_calendar_may_hold_what_is_past():
    past = planned([item()], [placed(item(), days=-30)])
    for format_ in ("ics", "csv", "md", "xlsx", "google-calendar"):
        assert sum(exported(format_, past).posts.values()) == 1


# --- a thousand at random, and anything at all ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many():
    return thousand()


def _buffer(header: list[str], body: list[list[str]], network: str) -> None:
    assert header == ["Text", "Image URL", "Tags", "Posting Time"] + ["Board Name"] * (network == "pinterest")
    assert 1 <= len(body) <= 100
    assert all(row[0].strip() and re.fullmatch(r"(https://\S+\.(jpg|jpeg|png)(\?\S*)?)?", row[1]) for row in body)
    moments([row[3] for row in body], "%Y-%m-%d %H:%M")


def _metricool(header: list[str], body: list[list[str]], _: str) -> None:
    assert len(header) == 97
    networks = header[4:14]
    for row in body:
        cells = dict(zip(header, row, strict=True))
        assert [cells[name] for name in networks].count("true") == 1
        assert cells["Text"].strip()
        assert (cells["Instagram"] == "false") or cells["Picture Url 1"]
        moments([f"{cells['Date']} {cells['Time']}"], "%Y-%m-%d %H:%M:%S")


def _publer(header: list[str], body: list[list[str]], _: str) -> None:
    assert header == PUBLER
    assert all(row[1].strip() and not (row[2] and row[3]) for row in body)
    moments([row[0] for row in body], "%Y-%m-%d %H:%M")


def _sprout(header: list[str], body: list[list[str]], _: str) -> None:
    assert header in (["date", "time_24hr", "message_text"], ["date", "time_24hr", "message_text", "public_image_url"])
    times = moments([f"{row[0]} {row[1]}" for row in body], "%m/%d/%Y %H:%M")
    assert len(body) <= 350
    assert all((b - a).total_seconds() >= 600 for a, b in pairwise(times))


def _hootsuite(first: list[str], body: list[list[str]], _: str) -> None:
    assert all(len(row) == 3 and row[1].strip() for row in (first, *body))
    assert all(at.minute % 5 == 0 for at in moments([row[0] for row in (first, *body)], "%Y-%m-%d %H:%M"))


def _vista(header: list[str], body: list[list[str]], _: str) -> None:
    assert header == ["message", "type", "link", "time"]
    assert all(row[1] in {"message", "article", "image"} and bool(row[2]) == (row[1] != "message") for row in body)
    moments([row[3] for row in body], "%Y-%m-%d %H:%M")


READERS = {"buffer": _buffer, "metricool": _metricool, "publer": _publer, "sprout": _sprout, "hootsuite": _hootsuite, "vista": _vista}


@pytest.mark.parametrize("format_", READERS)
def test_a_thousand_random_picks_make_files_that_a_strict_reader_takes(many, format_: str):
    parcel = exported(format_, many, skip_bad=True)
    assert sum(parcel.posts.values()) + len({p.where for p in parcel.left_out}) == 1000
    for name, body in parcel.files.items():
        header, *rest = table(body)
        READERS[format_](header, rest, name.removesuffix(".csv").split("-")[1] if "-" in name else "")


def test_a_thousand_random_picks_make_a_sheet_and_a_workbook_that_say_the_same(many):
    openpyxl = pytest.importorskip("openpyxl")
    header, *body = only("csv", many)
    page = openpyxl.load_workbook(io.BytesIO(exported("xlsx", many).single()), read_only=True)["Calendar"]
    cells = [["" if cell is None else str(cell) for cell in row] for row in page.iter_rows(values_only=True)]
    assert cells[0] == header
    assert len(cells) == len(body) + 1 == 1001
    assert [[cell.removeprefix("'") for cell in row] for row in body] == [[cell.removeprefix("'") for cell in row] for row in cells[1:]]
    assert not any(re.match(r"\s*[=+\-@|]", cell) and not re.fullmatch(r"[+-]?[\d.,]+", cell) for row in body for cell in row)


@settings(max_examples=60)
@given(title=st.text(st.characters()), text=st.text(st.characters()), tag=st.text(max_size=20))
def test_any_words_in_any_script_make_valid_tables(title: str, text: str, tag: str):
    desk = planned([item(title=title, note=title, tags=(tag,))], [placed(item(), "facebook", text=text)])
    for format_ in TABLES:
        parcel = exported(format_, desk, skip_bad=True)
        assert all(len(table(body, delimiter=delimiter_of(format_))) >= 1 for body in parcel.files.values())


def test_days_are_those_of_the_brand():
    late = placed(item(), days=16.5 / 24)  # 00:30 of the 24th in Jakarta, still the 23rd in UTC
    desk = planned([item()], [late], PLANNING)
    assert sum(exported("csv", desk, since=date(2026, 11, 24), until=date(2026, 11, 24)).posts.values()) == 1
    assert sum(exported("csv", desk, until=date(2026, 11, 23)).posts.values()) == 0


def test_a_column_for_the_link_takes_it_out_of_the_words_but_never_a_sentence_with_it():
    url = "https://warta.example/kopi/0?utm_source=facebook"
    sentence = "Petani di Gayo kini menjual sendiri kopinya, dan ceritanya ada di sini:"
    desk = planned([item()], [placed(item(), "facebook", text=f"Satu\n\nLengkap: {url}\n\n{sentence} {url}")])
    _, row = only("publer", desk)
    assert row[1:3] == [f"Satu\n\n{sentence}", url]
