"""Feeds of every kind, as they are served: sound, sloppy, broken, hostile."""

import json
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.core.errors import Unreadable
from curator.core.feed import Entry, FeedDocument, Media
from curator.feeds import pages, parse
from curator.feeds.parse import loose

FEEDS = Path(__file__).parents[1] / "data" / "feeds"
URL = "https://feeds.example/all"


def read(name: str, url: str = URL, **more: object) -> FeedDocument:
    return parse.parse((FEEDS / name).read_bytes(), url=url, **more)


def rss(*items: str, head: str = "<title>T</title><link>https://site.example/</link>", decl: str = '<?xml version="1.0"?>') -> bytes:
    return f'{decl}<rss version="2.0"><channel>{head}{"".join(f"<item>{item}</item>" for item in items)}</channel></rss>'.encode()


def only(*fields: str, url: str = URL) -> Entry:
    (entry,) = parse.parse(rss("".join(fields)), url=url).entries
    return entry


def refused(body: bytes, **more: object) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        parse.parse(body, url=URL, **more)
    return caught.value


# --- what every kind of feed gives ------------------------------------------------------------------------------


def test_an_indonesian_rss_feed_is_read_whole() -> None:
    found = read("berita.rss")
    assert (found.format, found.title, found.site, found.lang) == ("rss 2.0", "Warta Kopi & Kedai", "https://warta.example/", "id-id")
    assert (found.refresh, found.skip_hours, found.warnings) == (timedelta(minutes=30), (0, 1), ())
    assert found.entries[0] == Entry(
        id="https://warta.example/?p=101",
        link="https://warta.example/panen-gayo?utm_source=rss&id=1",
        title="Petani Gayo panen raya, harga naik",
        author="Siti Rahma",
        published=datetime(2026, 11, 23, 2, tzinfo=UTC),
        summary="Panen raya di Gayo dimulai pekan ini & berlangsung hingga Januari.\nHarga di tingkat petani naik.",
        image="https://warta.example/gayo.jpg",
        tags=("Kopi", "Petani"),
    )


def test_a_relative_link_stands_against_the_feed_and_a_counting_pixel_is_no_image() -> None:
    second = read("berita.rss", url="https://www.warta.example/id/feed.xml").entries[1]
    assert second.link == "https://www.warta.example/kedai-baru"
    assert second.image == "https://www.warta.example/foto/kedai.jpg"
    assert (second.author, second.published) == ("Budi Santoso", datetime(2026, 8, 20, 13, 15, tzinfo=UTC))
    assert second.summary == "Kursi kayu & mesin tua."


def test_a_relative_link_in_the_feed_of_a_distributor_stands_against_the_site() -> None:
    second = read("berita.rss", url="https://feeds.distributor.example/warta").entries[1]
    assert second.link == "https://warta.example/kedai-baru"
    assert second.image == "https://warta.example/foto/kedai.jpg"


def test_the_link_of_an_entry_is_the_publishers_not_that_of_the_distributor_that_counts_clicks() -> None:
    counted = "<link>https://feedproxy.example/~r/warta/~3/1/</link>"
    link = '<f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">https://warta.example/1</f:origLink>'
    assert only(counted, link).link == "https://warta.example/1"


def test_a_relative_base_is_resolved_over_the_address_of_the_feed() -> None:
    entry = (
        '<entry xml:base="2026/"><id>1</id><title>x</title><link href="satu.html"/><content type="html" xml:base="foto/">'
        '&lt;img src="a.jpg"&gt;</content></entry>'
    )
    body = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="../blog/"><title>T</title><id>x</id>{entry}</feed>'.encode()
    (found,) = parse.parse(body, url="https://kedai.example/umpan/atom.xml").entries
    assert (found.link, found.image) == ("https://kedai.example/blog/2026/satu.html", "https://kedai.example/blog/2026/foto/a.jpg")


def test_a_relative_link_in_a_file_stands_against_the_site() -> None:
    assert read("berita.rss", url="file:///tmp/berita.rss").entries[1].link == "https://warta.example/kedai-baru"


def test_atom_gives_the_page_among_its_links_resolved_by_xml_base() -> None:
    found = read("journal.atom")
    first, second = found.entries
    assert (found.format, found.title, found.site, found.lang) == ("atom 1.0", "The Slow Journal", "https://journal.example/", "en")
    assert (first.link, second.link) == ("https://journal.example/2026/one.html", "https://mirror.example/two.html")
    assert first.title == "Brewing slowly & well"
    assert (first.author, first.tags) == ("Ana Lim, Wayan Putra", ("Brewing",))
    assert first.media == (Media(url="https://journal.example/2026/sound.mp3", type="audio/mpeg", length=2048),)
    assert first.summary == "Water first,\nthen patience."


def test_atom_dates_are_in_utc_and_an_entry_that_names_one_moment_was_published_then() -> None:
    first, second = read("journal.atom").entries
    assert first.published == datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
    assert first.updated == datetime(2026, 11, 23, 1, 0, 0, 500_000, tzinfo=UTC)
    assert second.published == second.updated == datetime(2026, 11, 21, tzinfo=UTC)


def test_atom_0_3_with_base64_is_read() -> None:
    found = read("old.atom")
    (entry,) = found.entries
    assert (found.format, entry.title, entry.link) == ("atom 0.3", "Kopi pagi", "http://old.example/1")
    assert (entry.published, entry.updated) == (datetime(2004, 1, 1, 10, tzinfo=UTC), datetime(2004, 1, 2, 10, tzinfo=UTC))


def test_rdf_keeps_its_items_beside_the_channel() -> None:
    found = read("digest.rdf")
    first, second = found.entries
    assert (found.format, found.site) == ("rdf 1.0", "http://digest.example/")
    assert (first.title, first.author, first.tags, first.published) == (
        "First",
        "R. Hadi",
        ("kopi",),
        datetime(2026, 11, 23, 2, tzinfo=UTC),
    )
    assert (second.id, second.link) == ("http://digest.example/b", "http://digest.example/b")


def test_a_podcast_gives_its_sound_picture_and_words_and_is_asked_at_least_daily() -> None:
    found = read("podcast.rss")
    (entry,) = found.entries
    assert entry.media == (Media(url="https://siniar.example/7.mp3", type="audio/mpeg", length=12345),)
    assert (entry.image, entry.author, entry.tags) == ("https://siniar.example/7.png", "Dewi", ("kopi", "senja"))
    assert entry.summary == "Obrolan sore tentang kopi."
    assert entry.link == "https://siniar.example/7.mp3"
    assert found.refresh == timedelta(hours=24)


def test_a_video_channel_gives_what_its_media_group_holds() -> None:
    (entry,) = read("channel.atom").entries
    assert (entry.title, entry.link, entry.id) == ("Latte art", "https://video.example/watch?v=abc", "yt:video:abc")
    assert (entry.image, entry.summary) == ("https://gambar.example/abc.jpg", "Menuang susu dengan pelan.")
    assert entry.media[0].type == "video/mp4"


def test_json_feed_is_read_whatever_types_its_fields_have() -> None:
    found = read("notes.json")
    first, second = found.entries
    assert (found.format, found.title, found.lang) == ("json feed 1.1", "Catatan", "id")
    assert (first.id, first.title, first.author, first.tags) == ("7", "Tujuh", "Rini, Tono", ("kopi",))
    assert (first.summary, first.image) == ("Satu & dua", "https://catatan.example/7.jpg")
    assert first.media == (Media(url="https://catatan.example/7.mp3", type="audio/mpeg", length=99),)
    assert first.published == datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert (second.link, second.title, second.summary, second.author) == ("https://catatan.example/8", "", "tanpa judul", "")
    json.dumps([first.title], ensure_ascii=False).encode()


# --- links, ids, words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "java\tscript:alert(1)", "http://[bad/"])
def test_a_link_that_is_no_web_address_is_none(link: str) -> None:
    assert only(f"<title>x</title><link>{link}</link>").link == ""


@pytest.mark.parametrize("link", ["www.kedai.example/seduh", "http://https://www.kedai.example/seduh", "https://www.kedai.example/seduh"])
def test_a_link_without_its_scheme_or_with_two_leads_where_it_says(link: str) -> None:
    assert only(f"<link>{link}</link>").link == "https://www.kedai.example/seduh"


def test_a_guid_is_the_link_where_there_is_no_other() -> None:
    assert only("<guid>https://a.example/1</guid>").link == "https://a.example/1"
    assert only('<link>https://a.example/2</link><guid isPermaLink="true">https://a.example/1</guid>').link == "https://a.example/2"
    assert only("<guid>post-1</guid><title>x</title>").link == ""


PROXIED = "<title>x</title><link>http://feedproxy.google.com/~r/kopi/~3/abc/</link>"
NAMESPACE = 'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
ORIGINAL = "<feedburner:origLink>https://kopi.example/seduh?p=1</feedburner:origLink>"


@pytest.mark.parametrize(("beside", "link"), [
    (ORIGINAL, "https://kopi.example/seduh?p=1"),
    (f"{ORIGINAL}<b>", "https://kopi.example/seduh?p=1"),  # what feedparser has to read
    ('<guid isPermaLink="false">https://kopi.example/?p=1</guid>', "https://kopi.example/?p=1"),
    ('<guid>post-1</guid><enclosure url="https://kopi.example/a.mp3" type="audio/mpeg"/>', "http://feedproxy.google.com/~r/kopi/~3/abc/"),
])  # fmt: skip
def test_the_publishers_address_is_preferred_to_that_of_a_distributor(beside: str, link: str) -> None:
    body = rss(PROXIED + beside).replace(b"<rss ", f"<rss {NAMESPACE} ".encode())
    assert [entry.link for entry in parse.parse(body, url=URL).entries] == [link]


def test_an_entry_without_guid_is_known_by_its_link_and_without_link_by_its_words() -> None:
    assert only("<link>https://a.example/1</link>").id == "https://a.example/1"
    same, again, other = only("<title>Kopi</title>").id, only("<title>Kopi</title>").id, only("<title>Teh</title>").id
    assert same == again != other


@pytest.mark.parametrize("nothing", ["N/A", "n/a", "null", "None", "-", "undefined", "tidak ada", "#", "#atas"])
def test_a_guid_or_link_that_says_there_is_none_is_none(nothing: str) -> None:
    assert only(f"<title>x</title><link>{nothing}</link><guid>https://a.example/1</guid>").link == "https://a.example/1"
    assert only(f"<title>x</title><link>{nothing}</link><guid>{nothing.strip('#') or '-'}</guid>").link == ""
    assert only(f"<link>https://a.example/1</link><guid isPermaLink='false'>{nothing.partition('#')[0]}</guid>").id == "https://a.example/1"


def test_a_guid_of_a_megabyte_is_kept_short() -> None:
    assert len(only(f"<guid>{'g' * 1_000_000}</guid>").id) < 100


def test_titles_are_one_plain_line() -> None:
    title = "&lt;script&gt;alert(1)&lt;/script&gt;Satu\n dua\u202e &amp;amp; tiga &#133; " + "x" * 500
    found = only(f"<title>{title}</title>").title
    assert found.startswith("Satu dua & tiga")
    assert len(found) == 300
    assert "\u202e" not in found


def test_characters_that_nobody_sees_count_neither_in_titles_nor_in_ids() -> None:
    seen, unseen = only("<title>Menanam cabai</title>"), only("<title>\ufeffMenanam\u200b ca\xadbai&amp;ZeroWidthSpace;</title>")
    assert seen == unseen
    assert only("<guid>tag\u200b1</guid>").id == "tag1"


ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>x</id><entry><id>1</id>{}</entry></feed>'


def atom(*fields: str) -> Entry:
    (entry,) = parse.parse(ATOM.format("".join(fields)).encode(), url=URL).entries
    return entry


@pytest.mark.parametrize("kind", ["", ' type="text"', ' type="text/plain"'])
def test_plain_text_of_atom_is_never_read_as_markup(kind: str) -> None:
    entry = atom(f"<title{kind}>The &lt;dialog&gt; element, a &lt; b &amp;amp; c</title><summary{kind}>if a&lt;b or &lt;i&gt;</summary>")
    assert (entry.title, entry.summary) == ("The <dialog> element, a < b & c", "if a<b or <i>")
    assert atom('<title type="text">&lt;b&gt;Kopi&lt;/b&gt;</title>').title == "<b>Kopi</b>"


def test_html_of_atom_is_read_as_markup_even_where_the_feed_forgot_to_say_so() -> None:
    assert atom('<title type="html">The &lt;b&gt;bold&lt;/b&gt; &amp;lt;dialog&amp;gt;</title>').title == "The bold <dialog>"
    assert atom("<title>T</title><content>&lt;p&gt;Satu&lt;/p&gt;&lt;p&gt;dua&lt;/p&gt;</content>").summary == "Satu\ndua"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Using <details> and <summary>", "Using <details> and <summary>"),
        ("<main>", "<main>"),
        ("<br>", "<br>"),
        ("std::map<int, string>, `<b>`", "std::map<int, string>, `<b>`"),
        ("Surat untuk <redaksi@warta.example>", "Surat untuk <redaksi@warta.example>"),
        ("What </div> ends", "What </div> ends"),
        ("A Vec<T> of List<String>", "A Vec<T> of List<String>"),
        ("Why <script> and <b> matter", "Why <script> and <b> matter"),
        ("if a<b and c>d", "if a<b and c>d"),
        ("Why <!DOCTYPE html> matters", "Why <!DOCTYPE html> matters"),
        ("<b>Kilat: harga naik", "Kilat: harga naik"),
        ("<p>Kopi<br>susu", "Kopi susu"),
        ("<marquee>Kopi</marquee> <a href='x'>susu</a>", "Kopi susu"),
        ("<script>alert(1)", ""),
        ("<![CDATA[Kopi & susu]]>", "Kopi & susu"),
        ("Kopi &amp;amp; susu &amp;#8217;", "Kopi & susu ’"),
    ],
)
def test_a_title_keeps_the_elements_that_it_names(written: str, title: str) -> None:
    assert only(f"<title>{escape(written)}</title>").title == title


def test_marks_of_cdata_that_were_escaped_are_not_part_of_a_link() -> None:
    assert only("<link>&lt;![CDATA[https://a.example/1]]&gt;</link>").link == "https://a.example/1"


def test_a_text_that_was_escaped_once_too_often_is_opened() -> None:
    text = escape(escape('<p>Isi &amp; <a href="x">tautan</a></p>'))
    assert only(f"<description>{text}</description>").summary == "Isi & tautan"
    assert only(f"<description>{escape(escape('a <b and c> d'))}</description>").summary == "a <b and c> d"


def test_json_feed_is_plain_where_the_standard_says_so_and_may_break_lines_within_strings() -> None:
    item = '{"id": "1", "title": "The <dialog> element,\n\tagain", "content_text": "<i> is\nitalic", "summary": "<p>x</p>"}'
    (entry,) = parse.parse(f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{item}]}}'.encode(), url=URL).entries
    assert (entry.title, entry.summary) == ("The <dialog> element, again", "<i> is\nitalic")


def test_json_feed_may_have_commas_at_the_end_of_lists_and_ids_that_are_numbers_and_no_addresses() -> None:
    items = '[{"id": 7, "title": "a,]", "tags": ["x",],}, {"id": 112233445566778899001, "title": "b"},\n]'.replace("001,", ",")
    first, second = parse.parse(f'{{"version": "https://jsonfeed.org/version/1.1", "items": {items},}}'.encode(), url=URL).entries
    assert (first.id, first.link, first.title, first.tags) == ("7", "", "a,]", ("x",))
    assert second.id == "112233445566778899"


def test_plain_text_of_broken_atom_stays_plain() -> None:
    body = ATOM.format('<title type="text">The &lt;dialog&gt; element</title><link href="https://a.example/1"/><b>').encode()
    assert parse.parse(body, url=URL).entries[0].title == "The <dialog> element"


def test_a_summary_is_the_fullest_text_without_what_every_entry_says() -> None:
    trailer = "&lt;p&gt;The post &lt;a&gt;Kopi&lt;/a&gt; appeared first on Warta.&lt;/p&gt;"
    assert only(f"<description>&lt;p&gt;Isi.&lt;/p&gt;{trailer}</description>").summary == "Isi."
    long = only(f"<description>{'kata ' * 4000}</description>").summary
    assert 4_900 < len(long) <= 5_000


def test_markup_that_nobody_escaped_is_read_as_markup() -> None:
    entry = only("<title>A <b>bold</b> claim</title><description><p>One</p><p>two</p></description>")
    assert (entry.title, entry.summary) == ("A bold claim", "One\ntwo")


def test_a_namespace_nobody_knows_does_not_hide_the_feed() -> None:
    body = b'<rss xmlns="http://made.up/ns" version="2.0"><channel><title>T</title><item><title>x</title></item></channel></rss>'
    assert [e.title for e in parse.parse(body, url=URL).entries] == ["x"]


# --- pictures ---------------------------------------------------------------------------------------------------

MEDIA = '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>T</title><item><title>x</title>{}</item></channel></rss>'
REAL = "https://img.example/foto.jpg"


def pictured(html: str) -> str:
    return only(f"<title>x</title><description>{escape(html)}</description>").image


def shown(*fields: str) -> str:
    (entry,) = parse.parse(MEDIA.format("".join(fields)).encode(), url=URL).entries
    return entry.image


def content(name: str, more: str = "") -> str:
    return f'<media:content url="https://img.example/{name}.jpg" medium="image" {more}/>'


def thumbnail(name: str, more: str = "") -> str:
    return f'<media:thumbnail url="https://img.example/{name}.jpg" {more}/>'


def test_content_goes_before_a_thumbnail_and_the_default_or_widest_before_others() -> None:
    assert shown(thumbnail("small"), content("foto")) == REAL
    assert shown(content("a", 'width="460"'), content("foto", 'width="1200"'), content("b", 'width="140"')) == REAL
    assert shown(content("a", 'width="1200"'), content("foto", 'width="700" isDefault="true"')) == REAL
    assert shown(thumbnail("a", 'width="140"'), thumbnail("foto", 'width="240"')) == REAL


def test_a_picture_in_the_text_goes_before_a_thumbnail_that_is_too_small_to_be_shown() -> None:
    inside = f"<description>{escape(f'<img src={REAL!r}>')}</description>"
    assert shown(thumbnail("a", 'width="72" height="72"'), inside) == REAL
    assert shown(thumbnail("a-150x150"), inside) == REAL
    assert shown(thumbnail("foto", 'width="72"')) == REAL


@pytest.mark.parametrize(
    "img",
    [
        f'<img src="data:image/gif;base64,R0lGOD" data-src="{REAL}">',
        f'<img src="/assets/spacer.gif" data-lazy-src="{REAL}">',
        f'<img src="https://img.example/blurred.jpg" data-original="{REAL}" width="800">',
        f'<img data-srcset="https://img.example/s.jpg 300w,{REAL} 1200w" src="/blank.gif">',
        f'<img src="https://img.example/s.jpg" srcset="https://img.example/s.jpg 480w, {REAL} 1024w">',
        f'<img src="{REAL}" srcset="https://img.example/s.jpg 150w, https://img.example/m.jpg 300w">',
        f'<img srcset="{REAL}" src="/lazyload.png">',
        f'<picture><source srcset="https://img.example/a,b.webp 1x, {REAL} 2x"><img src="/1x1.png"></picture>',
        f"<img alt='a > b' src={REAL}>",
        f'<img src="https://img.example/foto.jpg?w=20&amp;blur=10" width="800"><img src="{REAL}">',
        f'<img src="https://img.example/s.jpg?resize=300%2C200"><img src="{REAL}">',
        f'<img src="/lazyload.gif" class="lazy"><noscript><img src="{REAL}"></noscript>',
        f'<img src="/blank.gif" data-orig-file="{REAL}" data-permalink="https://a.example/foto/">',
        f'<amp-img src="{REAL}" width="800" height="400"></amp-img>',
        f'<video poster="{REAL}"></video>',
    ],
)
def test_a_picture_that_is_loaded_late_is_found_where_its_address_stands(img: str) -> None:
    assert pictured(f"<p>Foto</p>{img}") == REAL


@pytest.mark.parametrize(
    "img",
    [
        '<img src="https://secure.gravatar.com/avatar/1?s=96">',
        '<img class="author-avatar" src="https://a.example/rina.jpg">',
        '<img class="wp-smiley" src="https://a.example/senyum.png">',
        '<img src="https://s.w.org/images/core/emoji/15/72x72/1f600.png">',
        '<img src="https://a.example/hitung.gif" width="1" height="1">',
        '<img src="https://a.example/hitung.gif" style="width:1px;height:1px">',
        '<img src="https://a.example/share.png" width="24" height="24">',
        '<img src="https://a.example/img/blank.gif">',
        '<img src="https://a.example/spacer-1x1.png">',
        '<img src="https://a.example/icons/whatsapp.svg">',
        '<img src="https://a.example/facebook-icon.png">',
    ],
)
def test_decoration_is_no_picture(img: str) -> None:
    assert pictured(img) == ""
    assert pictured(img + f'<img src="{REAL}">') == REAL


@pytest.mark.parametrize("name", ["pixel-9-review", "avatar-fire-and-ash", "blank-canvas", "loading-dock", "clear-skies", "style-icon"])
def test_a_picture_of_something_with_such_a_name_is_one(name: str) -> None:
    assert pictured(f'<img src="https://img.example/{name}.jpg">') == f"https://img.example/{name}.jpg"


def test_an_avatar_is_no_picture_wherever_a_feed_names_it() -> None:
    avatar = '<media:content url="https://0.gravatar.com/avatar/1.jpg" medium="image"/>'
    assert shown(avatar, content("foto")) == REAL
    assert shown(avatar) == shown(content("hitung", 'width="1" height="1"')) == ""


def test_a_post_that_is_one_picture_has_the_words_that_stand_for_it_as_its_text() -> None:
    picture = '<a href="/1"><img src="/1.jpg" alt="Antrean di &quot;Kedai&quot; pagi ini"></a>'
    assert only(f"<description>{escape(picture)}</description>").summary == 'Antrean di "Kedai" pagi ini'
    assert only(f"<description>{escape(picture + ' Ramai.')}</description>").summary == "Ramai."


# --- what is told -----------------------------------------------------------------------------------------------


def test_guids_that_are_positions_are_told() -> None:
    items = [f"<guid>{n}</guid><link>https://a.example/{n}</link><pubDate>2026-11-23</pubDate>" for n in range(1, 6)]
    assert parse.parse(rss(*items), url=URL).warnings == ("the guids are only positions in the feed: links tell its entries apart",)


def test_missing_dates_links_and_repeated_guids_are_told() -> None:
    found = parse.parse(rss("<guid>a</guid><title>x</title>", "<guid>a</guid><link>https://a.example/</link>"), url=URL)
    assert found.warnings == (
        "no entry has a date that can be read",
        "1 of 2 entries have no link",
        "several entries share one guid: links tell its entries apart",
    )


def test_what_tells_entries_with_one_guid_apart_is_told_truly() -> None:
    items = [f"<title>{n}</title><link>https://a.example/live</link><guid isPermaLink='false'>sama</guid>" for n in range(3)]
    assert "several entries share one guid: links, titles and dates tell its entries apart" in parse.parse(rss(*items), url=URL).warnings


def test_of_many_entries_the_newest_stay_in_the_order_of_the_feed() -> None:
    days = [3, 9, 1, 7, 5]
    body = rss(*(f"<title>{d}</title><link>https://a.example/{d}</link><pubDate>2026-11-0{d}</pubDate>" for d in days))
    found = parse.parse(body, url=URL, limit=3)
    assert [e.title for e in found.entries] == ["9", "7", "5"]
    assert found.warnings == ("only the newest 3 of 5 entries are read",)


def test_of_many_undated_entries_the_first_stay() -> None:
    found = parse.parse(rss(*(f"<title>{n}</title>" for n in range(9))), url=URL, limit=2)
    assert [e.title for e in found.entries] == ["0", "1"]


# --- what is no feed --------------------------------------------------------------------------------------------


def test_a_web_page_says_so_and_how_to_find_the_feeds_of_its_site() -> None:
    error = refused((FEEDS / "page.html").read_bytes())
    assert error.reason == "this is a web page, not a feed"
    assert error.hint == f"curator feeds discover {URL}"


def test_a_page_names_its_feeds_once_each() -> None:
    found = pages.links((FEEDS / "page.html").read_bytes(), url="https://kedai.example/x")
    assert found == ("https://kedai.example/kabar/feed", "https://kedai.example/atom")
    assert pages.links(b"", url=URL) == ()


def test_links_called_feeds_and_the_page_that_a_page_leads_on_to_are_asked_after_what_it_names() -> None:
    head = '<meta http-equiv="Refresh" content="0; url=/beranda"><link rel="feed" href="/siar">'
    body = '<a href="/berita">Berita</a><a href="/umpan">Langganan <b>RSS</b></a><a href="feed://kedai.example/lama">lama</a>'
    found = pages.links(f"<head>{head}</head><body>{body}".encode(), url="https://kedai.example/")
    named = ["https://kedai.example/siar", "https://kedai.example/umpan", "http://kedai.example/lama", "https://kedai.example/beranda"]
    assert list(found) == named


@pytest.mark.parametrize("href", ["https://kedai.example/", "/", "../../../"])
def test_the_links_of_a_page_stand_against_its_base(href: str) -> None:
    named = '<link rel="alternate" type="application/rss+xml" href="kabar/rss.xml">'
    page = f'<head><base target="_top"><base href="{href}">{named}</head>'.encode()
    assert pages.links(page, url="https://kedai.example/a/b/c/") == ("https://kedai.example/kabar/rss.xml",)


def test_an_entry_names_the_outlet_it_was_taken_from_and_keeps_its_headline_as_published() -> None:
    told = only("<title>Kopi Gayo naik daun - Koran Kota</title>", '<source url="https://koran.example">Koran Kota</source>')
    assert (told.title, told.outlet) == ("Kopi Gayo naik daun - Koran Kota", "Koran Kota")


def test_a_distributors_link_is_kept_beside_the_address_of_the_page() -> None:
    link = "http://feedproxy.google.com/~r/kedai/~3/x/"
    told = only(
        f"<link>{link}</link>",
        "<feedburner:origLink xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'>https://kedai.example/a</feedburner:origLink>",
    )
    assert (told.link, told.feed_link) == ("https://kedai.example/a", link)


def test_an_atom_entry_names_the_feed_it_was_taken_from() -> None:
    source = "<source><id>urn:1</id><title>Kedai &amp;amp; Kebun</title></source>"
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Planet</title><entry><id>1</id><title>Satu</title>{source}</entry></feed>'
    (told,) = parse.parse(body.encode(), url=URL).entries
    assert (told.title, told.outlet) == ("Satu", "Kedai & Kebun")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the answer is empty"),
        (b" \n" * 2000, "the answer is empty"),
        (b"%PDF-1.7 ...", "this is a PDF file, not a feed"),
        (b"\x1f\x8b\x08\x00", "this is a gzip file, not a feed"),
        (b'{"a": 1}', "this is JSON, but no JSON Feed"),
        (b"[1, 2]", "this is JSON, but no JSON Feed"),
        (b"[" * 100_000, "this is JSON nested too deeply to be a feed"),
        (b'<?xml version="1.0"?><opml version="2.0"/>', "this is a list of feeds (OPML), not a feed"),
        (b"<urlset><url/></urlset>", "this is a sitemap, not a feed"),
        (b"<catalog><item/></catalog>", "this is XML (<catalog>), not a feed"),
        (b"halo dunia", "this is plain text, not a feed"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, reason: str) -> None:
    assert refused(body).reason == reason


def test_a_body_that_names_a_file_does_not_open_it(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_bytes(rss("<title>secret</title>"))
    assert loose.read(str(secret).encode(), most=9) is None


# --- what is broken ---------------------------------------------------------------------------------------------


def test_the_usual_slips_are_mended_without_a_word() -> None:
    found = read("sloppy.rss")
    first, second = found.entries
    assert (found.title, found.site) == ("R&D … Kedai Kita", "http://sloppy.example/?a=1&b=2")
    assert (first.title, first.link) == ("Beans & leaves © 5 < 6", "http://sloppy.example/1?a=1&b=2")
    assert (first.image, first.summary) == ("http://sloppy.example/1.jpg", "line\nbreak & kept")
    assert second.title == "Second"
    assert found.warnings == ("no entry has a date that can be read",)


def test_tangled_markup_is_left_to_feedparser_and_told() -> None:
    found = read("tangled.rss")
    assert [(e.title, e.link) for e in found.entries] == [("One", "http://tangled.example/1"), ("Two", "http://tangled.example/2")]
    assert found.entries[0].published == datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert (found.entries[1].author, found.entries[1].media[0].length) == ("Ani", 5)
    assert "the feed is broken (line 2: " in found.warnings[0]


def test_a_feed_cut_off_inside_an_entry_loses_only_that() -> None:
    whole = rss(*(f"<title>{n}</title><link>https://a.example/{n}</link><pubDate>2026-11-23</pubDate>" for n in range(3)))
    found = parse.parse(whole[: whole.rfind(b"/2</link>")], url=URL)
    assert [e.link for e in found.entries] == ["https://a.example/0", "https://a.example/1"]
    assert found.warnings == ("the feed is cut off: its last entry is left out",)
    assert len(parse.parse(whole[: whole.rfind(b"</item>")], url=URL).entries) == 3


def test_entries_inside_an_element_left_open_are_told_not_guessed() -> None:
    error = refused(rss("<title>x</title>", head="<title>T</title><category><p>open"))
    assert error.reason.endswith("its entries stand inside an element that is never closed")


def test_junk_before_and_after_the_feed_does_not_matter() -> None:
    body = b"<br />\n<b>Warning</b>: mysql_connect() in /srv/x.php\n" + rss("<title>x</title>") + b"<script>count()</script>"
    assert [e.title for e in parse.parse(body, url=URL).entries] == ["x"]


def test_a_cdf_channel_still_reads() -> None:
    body = b'<?xml version="1.0"?><CHANNEL HREF="http://a.example/"><TITLE>Lama</TITLE><ITEM HREF="http://a.example/1"><TITLE>Satu</TITLE></ITEM></CHANNEL>'
    (entry,) = parse.parse(body, url=URL).entries
    assert (entry.title, entry.link) == ("Satu", "http://a.example/1")


# --- times that say less than all ---------------------------------------------------------------------------------


def dated(*dates: str, site: str = "https://warta.example/", lang: str = "", titles: str = "A", zone: str = "Asia/Tokyo") -> FeedDocument:
    head = f"<title>T</title><link>{site}</link>" + (f"<language>{lang}</language>" if lang else "")
    items = [f"<title>{titles}</title><link>/{n}</link><pubDate>{date}</pubDate>" for n, date in enumerate(dates)]
    return parse.parse(rss(*items, head=head), url=URL, timezone=zone)


def hours(document: FeedDocument) -> list[str]:
    return [f"{entry.published:%m-%d %H:%M}" for entry in document.entries if entry.published]


@pytest.mark.parametrize(
    ("about", "hour"),
    [
        ({"lang": "id-ID"}, "02:00"),
        ({"lang": "id_ID"}, "02:00"),
        ({"site": "https://warta.co.id/"}, "02:00"),
        ({"site": "https://warta.co.id/", "lang": "en-US"}, "02:00"),
        ({"lang": "en-US", "titles": "Harga kopi naik karena panen yang buruk"}, "02:00"),
        ({"site": "https://paper.co.uk/"}, "09:00"),
        ({"lang": "ms-MY"}, "01:00"),
        ({"lang": "en"}, "00:00"),
        ({}, "00:00"),
        ({"lang": "en-US"}, "09:00"),
    ],
)
def test_a_time_without_a_zone_is_read_on_the_clocks_of_the_feeds_country_else_of_the_brands(about: dict[str, str], hour: str) -> None:
    assert hours(dated("Mon, 23 Nov 2026 09:00:00", **about)) == [f"11-23 {hour}"]


def test_that_a_zone_was_assumed_is_told_and_no_more_than_that() -> None:
    assert dated("23 Nov 2026 09:00", lang="id").warnings == ("no entry has a time zone: Asia/Jakarta is assumed",)
    some = dated("23 Nov 2026 09:00", "23 Nov 2026 09:00 wita", "23 Nov 2026", lang="id")
    assert some.warnings == ("1 of 3 entries have no time zone: Asia/Jakarta is assumed",)
    assert dated("23 Nov 2026 09:00 WIB", "2026-11-23").warnings == ()


def test_one_date_with_the_month_first_tells_it_of_all_dates_of_the_feed() -> None:
    assert hours(dated("3/25/2026 9:15:00 AM", "3/4/2026 8:00:00 PM")) == ["03-25 09:15", "03-04 20:00"]
    assert hours(dated("25/3/2026 09:15 GMT", "3/4/2026 20:00 GMT", lang="en-us")) == ["03-25 09:15", "04-03 20:00"]


def test_the_beginning_of_unix_time_is_no_date() -> None:
    found = dated("Thu, 01 Jan 1970 07:00:00 +0700", "Thu, 01 Jan 1970 00:00:00 GMT")
    assert hours(found) == []
    assert found.warnings == ("no entry has a date that can be read",)


# --- what is hostile --------------------------------------------------------------------------------------------


def test_entities_never_multiply_and_files_are_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("rahasia-besar")
    laughs = "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9))
    decl = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "lol"><!ENTITY x SYSTEM "{secret.as_uri()}">{laughs}]>'
    found = parse.parse(rss("<title>&j;</title>", "<title>&x; aman</title>", decl=decl), url=URL)
    assert [e.title for e in found.entries] == ["&j;", "&x; aman"]


@pytest.mark.parametrize(
    "body",
    [
        rss(f"<title>x</title><description>{escape('<div>' * 100_000)}</description>"),
        rss(f"<title>x</title><description>{'<a>' * 50_000}{'</a>' * 50_000}</description>"),
        rss(f"<title>x</title><description>{'w' * 3_000_000}</description>"),
        rss("<title>x</title><description>" + "<br " * 100_000 + "</description>"),
        rss("<title>x</title>", head="<y " + " ".join(f'a{n}="1"' for n in range(50_000)) + "/>"),
        rss("<title>x</title>", head=f"<{'y' * 1_000_000}/>"),
        b"<!DOCTYPE rss [" + b"<!ENTITY " * 20_000 + rss("<title>x</title>", decl=""),
        rss("<title>x" + "<![CDATA[" * 50_000 + "&</title>"),
        rss(*["<title>x</title>"] * 10_000),
    ],
    ids=["divs", "nested", "token", "tags", "attributes", "name", "doctype", "cdata", "entries"],
)
def test_garbage_takes_no_long_time(body: bytes) -> None:
    start = time.perf_counter()
    assert parse.parse(body, url=URL).entries[0].title.startswith("x")
    assert time.perf_counter() - start < 5


DATES = [
    "Mon, 01 Jan 0001 00:00:00 GMT",
    "9999-12-31T23:59:59-14:00",
    "30000-01-01T00:00:00Z",
    "1" * 400,
    "32 Foo 2026 99:99:99",
    "1e400",
    "",
]


def test_json_of_a_million_quotation_marks_is_refused_in_no_long_time() -> None:
    start = time.perf_counter()
    assert "broken" in refused(b'{"items": [' + b'\\"' * 500_000).reason
    assert time.perf_counter() - start < 5


def test_impossible_dates_are_none() -> None:
    found = parse.parse(rss(*(f"<title>x</title><pubDate>{date}</pubDate>" for date in DATES)), url=URL)
    assert {e.published for e in found.entries} == {None}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(p.name for p in FEEDS.iterdir())), st.data())
def test_a_damaged_feed_is_read_or_refused_but_never_breaks(name: str, data: st.DataObject) -> None:
    body = (FEEDS / name).read_bytes()
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 60)))
    body = body[:start] + data.draw(st.binary(max_size=12)) + body[end:]
    with suppress(Unreadable):
        found = parse.parse(body, url=URL)
        repr(found).encode()
        assert all(e.id and "\n" not in e.title and (not e.link or e.link.startswith("http")) for e in found.entries)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(Unreadable):
        parse.parse(body, url=URL)


def test_a_sound_feed_never_pays_for_feedparser() -> None:
    code = f"import sys; from curator.feeds import parse; parse.parse(open({str(FEEDS / 'berita.rss')!r}, 'rb').read(), url='https://a.example/')"
    check = "; assert not {'feedparser', 'charset_normalizer'} & set(sys.modules), 'imported'"
    subprocess.run([sys.executable, "-c", code + check], check=True)
