"""Analytics exports: read whatever they look like, and joined to posts by link and by time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from curator.core.brand import Brand
from curator.core.errors import CuratorError
from curator.core.item import Item, Source
from curator.core.post import Post
from curator.core.text import urls
from curator.publishing.results import table
from curator.publishing.results.join import LATE, NEAR, join
from curator.publishing.results.layout import COUNTS, FIELDS, layouts, network
from curator.publishing.results.table import ResultRow, ResultTable

BRAND = Brand(name="Kopi Senja", topics=(), language="id", timezone="Asia/Jakarta")
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def read(tmp_path: Path, text: str | bytes, **options: object) -> ResultTable:
    file = tmp_path / "export.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return table.read(file, BRAND, **options)  # type: ignore[arg-type]


# --- reading ---


def test_every_layout_names_its_source_and_knows_a_time_a_link_and_counts():
    for layout in layouts():
        assert layout.source
        assert layout.checked
        assert set(layout.columns) <= set(FIELDS)
        assert {"at", "text", "url", "impressions", "likes", "comments", "shares"} <= set(layout.columns), layout.name
        # The export of a network itself names no network: the addresses of its posts do.
        assert "network" not in layout.columns or set(COUNTS) <= set(layout.columns), layout.name


HEADERS = {
    "Buffer": "Date,Channel,Post Text,Post Link,Post Impressions,Post Engagements,Post Clicks",
    "Metricool": "Published,Network,Content,URL,Impressions,Interactions,Engagement,Saved",
    "Hootsuite": "Date (UTC),Social network,Post message,Post permalink,Post impressions,Post engagement",
    "X": "Post id,Date,Post text,Post Link,Impressions,Likes,Engagements,Bookmarks,Shares,New follows,Replies,Reposts,Profile visits,"
    "Detail Expands,URL Clicks,Hashtag Clicks,Permalink Clicks",
    "Meta Business Suite": "Post ID,Account ID,Account username,Account name,Description,Duration (sec),Publish time,Permalink,"
    "Post type,Data comment,Date,Views,Reach,Likes,Shares,Follows,Comments,Saves",
    "TikTok Studio": "Video title,Video link,Post time,Total likes,Total comments,Total shares,Total views,Average watch time",
    "LinkedIn": "Post Title,Post Link,Post Type,Campaign Name,Published by,Date,Audience,Impressions,Off-site Views,Clicks,"
    "Click-Through Rate (CTR),Likes,Comments,Shares,Followers,Engagement Rate,Content Type",
    "an analytics export": "Tanggal,Jam,Kanal,Teks,Tautan,Jangkauan,Suka,Komentar",
}


@pytest.mark.parametrize("tool", HEADERS)
def test_an_export_is_told_by_its_columns(tool: str):
    header = HEADERS[tool].split(",")
    assert max(layouts(), key=lambda layout: layout.known(header)).name == tool


def test_a_row_has_time_network_links_and_counts(tmp_path: Path):
    text = 'Date,Channel,Post Text,Post Link,Post Impressions,Likes,Comments\n2026-11-20 09:00,LinkedIn Page,"Baca https://a.example/1?utm_source=x\nya",https://linkedin.com/p/1,"1,234",7,\n'
    (row,) = read(tmp_path, text).rows
    assert (row.at, row.exact, row.network, row.url) == (AT, True, "linkedin", "https://linkedin.com/p/1")
    assert row.links == ("https://a.example/1?utm_source=x",)
    assert row.counts == {"impressions": 1234, "likes": 7}


def test_the_exports_of_networks_tell_their_network_by_the_addresses_of_their_posts(tmp_path: Path):
    header = "Post id,Date,Post text,Post Link,Impressions,Likes,Engagements,Bookmarks,Shares,Replies,Reposts,URL Clicks"
    x = f'{header}\n1,"Fri, Nov 20, 2026",Kopi https://t.co/a,https://x.com/kopi/status/1,1234,7,30,2,0,1,3,9\n'
    (row,) = read(tmp_path, x).rows
    assert (row.at, row.exact, row.network) == (datetime(2026, 11, 20, tzinfo=UTC), False, "x")
    assert row.counts == {"impressions": 1234, "engagements": 30, "likes": 7, "comments": 1, "shares": 3, "saves": 2, "clicks": 9}
    header = "Post ID,Account username,Description,Publish time,Permalink,Post type,Date,Views,Reach,Likes,Shares,Comments,Saves"
    meta = f"{header}\n1,kopi,Kopi pagi,11/20/2026 09:00,https://www.instagram.com/reel/x/,IG reel,Lifetime,900,800,41,3,5,6\n"
    (row,) = read(tmp_path, meta).rows
    assert (row.at, row.exact, row.network) == (AT, True, "instagram")
    assert row.counts == {"impressions": 900, "reach": 800, "likes": 41, "shares": 3, "comments": 5, "saves": 6}


def test_semicolons_a_byte_order_mark_and_lines_above_the_header_are_read(tmp_path: Path):
    text = "\ufeffLaporan November\nKopi Senja;;\n\nTanggal;Jam;Jejaring;Tautan;Suka;Komentar\n20/11/2026;09.00;Instagram;https://a.example/1;1.204;3\n"
    found = read(tmp_path, text.encode("utf-16"))
    assert [(row.line, row.at, row.network, row.counts) for row in found.rows] == [(5, AT, "instagram", {"likes": 1204, "comments": 3})]


@pytest.mark.parametrize(
    ("cell", "number"),
    [("12", 12), ("1,234", 1234), ("1.234.567", 1234567), ("1 234", 1234), ("12.0", 12), ("1.2K", 1200), ("3,4 rb", 3400), ("2jt", 2000000)]
    + [(cell, None) for cell in ("", "–", "4.5%", "N/A", "-3", "0.37", "1e9", "١٢%", "=1+1")],
)
def test_counts_are_numbers_and_rates_are_none(cell: str, number: int | None):
    assert table.count(cell) == number


@pytest.mark.parametrize(
    ("words", "url", "name"),
    [
        ("Twitter/X", "", "x"),
        ("LinkedIn · Kopi Senja", "", "linkedin"),
        ("INSTAGRAM_BUSINESS", "", "instagram"),
        ("", "https://www.tiktok.com/@a/video/1", "tiktok"),
        ("kopisenja", "https://m.facebook.com/1", "facebook"),
        ("Kopi Senja", "https://kopi.example", ""),
        ("", "", ""),
    ],
)
def test_a_network_is_told_by_its_name_or_the_address_of_the_post(words: str, url: str, name: str):
    assert network(words, url) == name


def test_the_month_comes_first_where_a_date_of_the_file_says_so(tmp_path: Path):
    rows = "Tanggal,Jam,Tautan,Suka\n{},09:00,https://a.example/1,1\n11/12/2026,09:00,https://a.example/2,1\n"
    assert [row.at.month for row in read(tmp_path, rows.format("11/25/2026")).rows if row.at] == [11, 11]
    assert [row.at.month for row in read(tmp_path, rows.format("25/11/2026")).rows if row.at] == [11, 12]


def test_a_template_says_what_the_columns_of_any_tool_hold(tmp_path: Path):
    template = tmp_path / "alat-kami.csv"
    template.write_text("Kapan;Dimana;Jumlah;Lain\nAt;network;engagements;\n", "utf-8")
    found = read(tmp_path, "Kapan,Dimana,Jumlah\n2026-11-20 09:00,x,41\n", like=template)
    assert found.tool == "alat-kami"
    assert [(row.at, row.network, row.counts) for row in found.rows] == [(AT, "x", {"engagements": 41})]
    template.write_text("Kapan;Dimana\n", "utf-8")
    with pytest.raises(CuratorError, match="does not say what its columns hold"):
        read(tmp_path, "Kapan\n1\n", like=template)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "has no column for"),
        (b"a,b\n1,2\n", "its columns: a, b"),
        (b"Date,Text\n2026-11-20,halo\n", "any count"),
        (b"PK\x03\x04rest", "workbook"),
        (b"Date,Link,Likes\n" + b'"' + b"x" * 200_000, "not a CSV file"),
    ],
)
def test_what_cannot_be_read_is_said_with_what_to_do(tmp_path: Path, body: bytes, why: str):
    with pytest.raises(CuratorError, match=why) as caught:
        read(tmp_path, body)
    assert caught.value.problems[0].hint


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_an_error_in_plain_words(tmp_path_factory: pytest.TempPathFactory, body: bytes):
    folder = tmp_path_factory.mktemp("bytes")
    try:
        found = read(folder, b"Date,Link,Text,Likes\n" + body)
    except CuratorError:
        return
    assert all(number >= 0 for row in found.rows for number in row.counts.values())


# --- joining ---


def item(n: int) -> Item:
    url = f"https://a.example/{n}"
    return Item(id=urls.item_id(url), url=url, title=f"Cerita {n}", source=Source(title="A", feed=""), published=AT, found=AT)


def post(n: int, network: str = "x", later: timedelta = timedelta(0)) -> Post:
    return Post(item=item(n).id, network=network, changed=AT, at=AT + later)


def test_a_row_without_hour_or_link_is_joined_by_the_title_or_the_written_text():
    told = replace(item(1), title="Empat puluh kafe meminjamkan gelas")
    posts = (post(1), replace(post(2), text="Kami mencoba gelas pinjaman sebulan.\nIni hasilnya.", at=AT + timedelta(hours=3)))
    rows = [
        replace(row(1, timedelta(hours=9), exact=False), text="EMPAT puluh kafe meminjamkan gelas — Kompas https://t.co/x"),
        replace(row(2, timedelta(hours=9), exact=False), text="Kami mencoba gelas pinjaman sebulan. Ini hasilnya."),
        replace(row(3, timedelta(hours=9), exact=False), text="Selamat pagi, Bandung!"),
        replace(row(4, timedelta(days=40), exact=False), text="Empat puluh kafe meminjamkan gelas"),
    ]
    joined, left = join(rows, posts, {told.id: told, item(2).id: item(2)})
    assert [(each.row.line, each.post.id) for each in joined] == [(1, posts[0].id), (2, posts[1].id)]
    assert [each.row.line for each in left] == [3, 4]


def row(
    n: int = 1, later: timedelta | None = timedelta(0), network: str = "x", links: tuple[str, ...] = (), *, exact: bool = True
) -> ResultRow:
    at = None if later is None else AT + later
    return ResultRow(line=n, at=at, exact=exact, network=network, text="", links=links, url="", counts={"likes": n})


def joined(rows: list[ResultRow], posts: list[Post]) -> dict[int, str]:
    found, _ = join(rows, posts, {item(n).id: item(n) for n in range(20)})
    return {each.row.line: each.post.id for each in found}


def test_a_row_is_joined_by_the_page_it_shared_whatever_tracks_its_link():
    link = "http://www.a.example/2/?utm_source=x&utm_medium=social#top"
    late = timedelta(days=3)
    assert joined([row(links=(link,), later=late)], [post(1, later=late), post(2)]) == {1: post(2).id}
    assert joined([row(links=(link,), later=None)], [post(2)]) == {1: post(2).id}
    assert joined([row(links=(link,), later=LATE + timedelta(hours=1))], [post(2)]) == {}


def test_a_row_without_a_telling_link_is_joined_to_the_nearest_post_in_time():
    posts = [post(1), post(2, later=timedelta(minutes=30))]
    rows = [row(1, timedelta(minutes=4)), row(2, timedelta(minutes=26), links=("https://bit.ly/3x",))]
    assert joined(rows, posts) == {1: posts[0].id, 2: posts[1].id}
    assert joined([row(1, NEAR + timedelta(minutes=1))], [post(1)]) == {}
    assert joined([row(1, exact=False)], [post(1)]) == {}
    assert joined([row(1, links=("https://kami.example/promo",))], [post(1)]) == {}


def test_a_post_has_one_row_the_nearest_and_networks_are_not_mixed():
    rows = [row(1, timedelta(minutes=9)), row(2, timedelta(minutes=2)), row(3, network="linkedin")]
    assert joined(rows, [post(1)]) == {2: post(1).id}
    both = [post(1), post(1, "linkedin")]
    assert joined([row(1), row(2, network="linkedin")], both) == {1: both[0].id, 2: both[1].id}


def test_a_row_that_may_belong_to_several_networks_is_left_out_and_says_so():
    _, left = join([row(network="")], [post(1), post(1, "linkedin")], {})
    assert [each.why for each in left] == ["it may be a post on linkedin or x: --network says which"]
    _, left = join([row(links=("https://kami.example",)), row(2, timedelta(days=9)), row(3, None)], [post(1)], {})
    assert [each.why for each in left] == [
        "no post shared that page",
        "no post was planned near that time",
        "it says neither when it went out nor what it shared",
    ]
