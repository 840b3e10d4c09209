"""Articles out of pages: what is told, and nothing of what surrounds it."""

import contextlib
import json
import pickle
import time
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from curator.core.errors import Unreadable
from curator.core.feed import Article
from curator.feeds import article
from curator.feeds.article import byline, outlinks, prose
from curator.feeds.article.blocks import open_accordions

PAGES = Path(__file__).parents[1] / "data" / "pages"
URL = "https://kabar.example/2026/11/artikel"

TOLD = (
    "Pemerintah kabupaten mulai membagikan bibit kopi unggul kepada delapan ratus petani di lima kecamatan pada musim hujan ini.",
    "Bibit itu disebut lebih tahan terhadap karat daun dan bisa dipanen pertama kali dalam waktu dua setengah tahun.",
    '"Kami ingin petani tidak lagi bergantung pada tengkulak," kata kepala dinas perkebunan, Sri Wahyuni.',
    "Selain bibit, para petani mendapat pelatihan memangkas pohon dan mengolah biji setelah panen selama tiga hari penuh.",
    "Menurut catatan dinas, luas kebun kopi di kabupaten itu bertambah dua ratus hektare dalam lima tahun terakhir.",
)
OTHERS = "".join(
    f'<article><h3><a href="/b/{n}">{title}</a></h3><div>23/11/2026, 08:{n}0 WIB</div></article>'
    for n, title in enumerate(
        (
            "Harga Cabai di Pasar Induk Turun Tajam",
            "Sekolah di Lereng Diliburkan karena Angin",
            "Festival Kampung Kembali Digelar Pekan Ini",
        )
    )
)
HEADLINE = "Pemkab Bagikan Bibit Kopi Unggul"


def saved(name: str) -> Article:
    return article.extract((PAGES / f"{name}.html").read_bytes(), url=URL)


def page(body: str, head: str = "") -> bytes:
    nav = "<nav><ul><li><a href=/>Beranda</a></li><li><a href=/b>Berita</a></li><li><a href=/f>Foto</a></li></ul></nav>"
    after = f"<div><h2>Terkini</h2>{OTHERS}</div><footer>Copyright 2026 Kabar Kita. All rights reserved.</footer>"
    return f"<html lang=id><head><title>{HEADLINE} - Kabar Kita</title>{head}</head><body>{nav}{body}{after}</body></html>".encode()


def paragraphs(found: Article) -> list[str]:
    return found.text.split("\n")


def test_an_indonesian_story_is_found_among_teasers_that_look_like_one() -> None:
    found = saved("petani_lereng")
    told = paragraphs(found)
    assert len(told) == 5
    assert told[0].startswith("Sagara - Petani kopi di lereng Gunung Sagara mulai menjemur")
    assert told[-1].endswith("bukan sekadar bangunan.")


def test_who_wrote_what_when_is_told_as_the_page_shows_it() -> None:
    found = saved("petani_lereng")
    assert found.title == "Petani Kopi di Lereng Sagara Mulai Jemur Biji di Rumah Kaca"
    assert found.published == datetime(2026, 11, 23, 2, 15, tzinfo=UTC)  # shown as 09:15 WIB; its data calls that 09:15 UTC
    assert (found.lang, found.sitename) == ("id", "Kabar Sagara")
    assert found.image == "https://kabar.example/foto/2026/11/rumah-kaca.jpg"
    assert found.words == len(found.text.split())


@pytest.mark.parametrize(("head", "believed"), [
    ('<link rel="canonical" href="/2026/11/bibit-kopi?utm_source=x">', "https://m.kabar.example/2026/11/bibit-kopi"),
    ('<link rel="CANONICAL shortlink" href="https://www.kabar.example/a?id=3">', "https://www.kabar.example/a?id=3"),
    ('<link rel="canonical" href="https://kabar.example/">', ""),
    ('<link rel="canonical" href="https://lain.example/2026/11/bibit-kopi">', ""),
    ('<link rel="canonical" href="/a"><link rel="canonical" href="/b">', ""),
    ('<link rel="canonical" href="javascript:alert(1)">', ""),
    ("", ""),
])  # fmt: skip
def test_a_page_names_its_own_address_on_its_own_site(head: str, believed: str) -> None:
    body = page(f"<div><p>{'</p><p>'.join(TOLD)}</p></div>", head)
    assert article.extract(body, url="https://m.kabar.example/2026/11/artikel?id=9").canonical == believed
    assert article.extract(body, url="").canonical == ""


def test_an_english_story_keeps_its_standfirst_and_headings_and_loses_its_newsletter() -> None:
    found = saved("slow_roast")
    told = paragraphs(found)
    assert told[0] == "Small cafés are buying old drum roasters again, and their customers taste the difference."
    assert "Slower, and a little dearer" in told
    assert told[-1].endswith("caramel and nuts.")
    for leak in ("mailbox", "Read more", "kettles", "By Ida", "1962", "rights reserved", found.title):
        assert leak not in found.text
    assert (found.title, found.author, found.lang) == ("Why slow roasting came back to the corner café", "Ida Wren, Tom Okoro", "en")
    assert found.published == datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
    assert found.image == "https://bean.example/img/drum.jpg"


def test_a_page_built_by_scripts_is_read_from_its_data() -> None:
    found = saved("built_by_script")
    assert len(paragraphs(found)) == 4
    assert (found.author, found.published) == ("Wening Lestari", datetime(2026, 11, 21, 7, 5, tzinfo=UTC))


LAYOUTS = {
    "paragraphs with a note between them": "<div class=r><p>"
    + "</p><p><b>Baca juga: <a href=/c/1>Petani Ini Tolak Jual Kebunnya</a></b></p><p>".join(TOLD)
    + "</p></div>",
    "lines broken twice": "<div><div>"
    + "<br><br>".join(TOLD)
    + "<br><br><b>Baca juga:</b><br><a href=/c>Kedai di Kaki Gunung</a></div></div>",
    "blocks without paragraphs": "<div>" + "".join(f"<div>{each}</div>" for each in TOLD) + "<div>Halaman: <a href=?2>2</a></div></div>",
    "a lead before the first paragraph": f"<div><span>{TOLD[0]}" + "".join(f"<p>{each}</p>" for each in TOLD[1:]) + "</span></div>",
    "a navigation that was never closed": "<nav><div>" + "".join(f"<p>{each}</p>" for each in TOLD) + "</div>",
    "promotions and an advertisement": "<section><p>"
    + "</p><div><span>ADVERTISEMENT</span><p>SCROLL TO CONTINUE WITH CONTENT</p></div><p>".join(TOLD)
    + "</p><p>Simak breaking news dan berita pilihan kami di WhatsApp Channel.</p></section>",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_story_and_only_the_story_is_read_from_many_layouts(layout: str) -> None:
    found = article.extract(page(f"<h1>{HEADLINE}</h1><div>Senin, 23 Nov 2026 10:05 WIB</div>{LAYOUTS[layout]}"), url=URL)
    assert paragraphs(found) == list(TOLD)
    assert found.published == datetime(2026, 11, 23, 3, 5, tzinfo=UTC)
    assert found.title == HEADLINE


def test_signatures_under_a_story_are_cut() -> None:
    signed = "".join(f"<p>{each}</p>" for each in (*TOLD, "Editor: Bima", "Sumber: Dinas Perkebunan", "Copyright © Kabar Kita 2026"))
    assert paragraphs(article.extract(page(f"<article>{signed}</article>"), url=URL))[-1] == TOLD[-1]


@pytest.mark.parametrize(
    "above", ["<h2>Catatan kebun</h2>", "<p>Sri Wahyuni / / Kebun</p>", "<p>Oleh Sri Wahyuni | Terbit</p>", "<p>48 rb kali ditonton ·</p>"]
)
def test_labels_above_a_story_are_cut_and_its_dateline_is_kept(above: str) -> None:
    told = [f"Garut – {TOLD[0]}", *TOLD[1:3], "Foto: Sri Wahyuni/Kabar Kita", *TOLD[3:]]
    text = "".join(f"<p>{each}</p>" for each in told)
    found = paragraphs(article.extract(page(f"<article>{above}{text}</article>"), url=URL))
    assert found == [each for each in told if not each.startswith("Foto")]


@pytest.mark.parametrize("mark", ['itemprop="review"', 'class="customer-review first"', 'id="product-reviews"'])
def test_what_customers_wrote_about_a_product_is_not_its_description(mark: str) -> None:
    opinion = "Saya sudah memakai gilingan ini selama dua tahun, dan bunyinya masih sama seperti pada hari pertama. " * 3
    told = "".join(f"<p>{each}</p>" for each in TOLD)
    opinions = "".join(f"<div {mark}><b>Oke</b><p>{n}: {opinion}</p></div>" for n in range(9))
    assert paragraphs(article.extract(page(f"<h1>{HEADLINE}</h1><div>{told}</div><div>{opinions}</div>"), url=URL)) == list(TOLD)


def test_a_consent_dialog_is_not_read() -> None:
    asked = "<h2>Privasi Anda</h2><p>Kami dan mitra kami menyimpan informasi di perangkat Anda, seperti kuki, untuk iklan.</p>"
    told = "".join(f"<p>{each}</p>" for each in TOLD)
    body = f'<div role="dialog">{asked * 5}</div><h1>{HEADLINE}</h1><div>{told}</div>'
    assert paragraphs(article.extract(page(body), url=URL)) == list(TOLD)


def test_a_heading_that_differs_from_the_title_is_not_text() -> None:
    told = "".join(f"<p>{each}</p>" for each in TOLD)
    body = f"<div><h1>Delapan ratus petani di lima kecamatan akhirnya menerima bibit mereka</h1>{told}</div>"
    assert paragraphs(article.extract(page(body), url=URL)) == list(TOLD)


@pytest.mark.parametrize("pointer", ["Simak Kabar Kebun Lainnya", "Newsletter: Kabar Kebun", "Advertisement 1Story continues below"])
def test_pointers_and_advertisements_between_paragraphs_are_cut(pointer: str) -> None:
    told = f"<p>{pointer}</p>".join(f"<p>{each}</p>" for each in TOLD)
    assert paragraphs(article.extract(page(f"<article>{told}</article>"), url=URL)) == list(TOLD)


def test_points_listed_above_a_story_are_part_of_it() -> None:
    points = [
        "Bibit kopi unggul dibagikan kepada delapan ratus petani di lima kecamatan.",
        "Pelatihan memangkas pohon dan mengolah biji berlangsung selama tiga hari penuh.",
    ]
    listed = f"<div><ul>{''.join(f'<li>{each}</li>' for each in points)}</ul></div><h2>Yang dibagikan</h2>"
    told = "".join(f"<p>{each}</p>" for each in TOLD)
    root = html.document_fromstring(f"<div><h2>Ringkasan</h2>{listed}{told}</div>").find("body")
    assert prose.reread(root, TOLD, HEADLINE, "") == [*points, "Yang dibagikan", *TOLD]


ASKED = [
    ("Berapa bibit yang diterima setiap petani?", "Setiap petani menerima dua ratus bibit dan satu karung pupuk untuk setengah hektare."),
    ("Kapan bibit itu mulai berbuah lebat?", "Bibit itu berbuah lebat setelah dua setengah tahun jika dipangkas pada waktunya."),
]


@pytest.mark.parametrize("question", ["<button aria-expanded=false><p>{}</p></button>", "<h3>{}</h3>", "<div class=tanya>{}</div>"])
def test_questions_and_answers_under_a_story_belong_to_it(question: str) -> None:
    told = "".join(f"<p>{each}</p>" for each in TOLD)
    asked = "".join(f"<div>{question.format(q)}<div class=jawab><p>{a}</p></div></div>" for q, a in ASKED)
    root = html.document_fromstring(f"<div>{told}</div><section><h2>Tanya jawab</h2>{asked}</section>").find("body")
    open_accordions(root)
    assert prose.reread(root, TOLD, HEADLINE, "") == [*TOLD, *(each for pair in ASKED for each in pair)]


def test_readers_who_ask_each_other_do_not_belong_to_the_story() -> None:
    told = "".join(f"<p>{each}</p>" for each in TOLD)
    asked = "".join(f"<p>{each}</p>" for pair in ASKED for each in pair)
    root = html.document_fromstring(f"<div>{told}</div><section><h2>Obrolan</h2>{asked}</section>").find("body")
    assert prose.reread(root, TOLD, HEADLINE, "") == list(TOLD)


def test_an_article_that_reviews_a_product_is_read_whole() -> None:
    told = "".join(f"<p>{each}</p>" for each in TOLD)
    body = f'<div class="product-reviews"><h1>{HEADLINE}</h1>{told}</div>'
    assert paragraphs(article.extract(page(body), url=URL)) == list(TOLD)


def test_a_caption_that_repeats_a_sentence_is_said_once() -> None:
    doubled = "".join(f"<p>{each}</p>" for each in (TOLD[0], TOLD[1], TOLD[1].rstrip("."), *TOLD[2:]))
    assert paragraphs(article.extract(page(f"<article>{doubled}</article>"), url=URL)) == list(TOLD)


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("Senin, 23 Nov 2026 09:00 WIB", "2026-11-23T02:00"),
        ("Minggu, 22 November 2026 | 21.30 WITA", "2026-11-22T13:30"),
        ("Selasa, 24/11/2026 07:05 wit", "2026-11-23T22:05"),
        ("Sabtu, 21 Nopember 2026 18:00", "2026-11-21T11:00"),
        ("Kamis, 14 Mei 2026 09:15", "2026-05-14T02:15"),
        ("2026-11-23T09:00:00+07:00", "2026-11-23T02:00"),
        ("2026-11-23T09:00:00Z", "2026-11-23T09:00"),
        ("November 23, 2026 9:00 am", "2026-11-23T09:00"),
        ("Senin, 23 November 2026", "2026-11-23T00:00"),
    ],
)
def test_dates_are_read_as_indonesian_and_english_pages_write_them(told: str, moment: str) -> None:
    assert byline.when(told) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


def test_on_an_indonesian_page_an_hour_without_a_zone_is_jakartas() -> None:
    assert byline.when("2026-11-23 09:00", "id") == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "told", ["", "kemarin", "1 Januari 1970 00:00 WIB", "0001-01-01T00:00:00Z", "31/02/2026", "9999-12-31T23:59:59-14:00"]
)
def test_what_is_no_date_or_an_absurd_one_is_none(told: str) -> None:
    assert byline.when(told) is None


def test_a_headline_loses_the_name_of_its_site() -> None:
    head = '<meta property="og:site_name" content="Kabar Kita">'
    assert article.extract(page(f"<div><p>{'</p><p>'.join(TOLD)}</p></div>", head), url=URL).title == HEADLINE


@pytest.mark.parametrize("data", ["[" * 100_000, '{"@type": "NewsArticle", "author": 5, "image": {"url": []}}', '{"@graph": null}', "{,}"])
def test_broken_data_in_a_page_costs_nothing_but_itself(data: str) -> None:
    head = f'<script type="application/ld+json">{data}</script>'
    assert paragraphs(article.extract(page(f"<article><p>{'</p><p>'.join(TOLD)}</p></article>", head), url=URL)) == list(TOLD)


@pytest.mark.parametrize(
    ("charset", "header", "meta"),
    [("windows-1252", "text/html; charset=windows-1252", ""), ("utf-16", "text/html", ""), ("gb18030", "", "gb2312")],
)
def test_a_page_in_an_old_charset_is_read(charset: str, header: str, meta: str) -> None:
    words = (
        "咖啡馆在山坡上重新开张了。" * 20 if meta else "Le café torréfié à l'ancienne séduit à nouveau les clients des petites rues. " * 8
    )
    body = f'<html><head><meta charset="{meta}"></head><body><article><p>{words}</p></article></body></html>'
    assert words.strip() in article.extract(body.encode(charset), url=URL, content_type=header).text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "nothing in it"),
        (b"   \n ", "nothing in it"),
        (b"plain words without a single tag " * 50, "nothing in it"),
        (bytes(range(256)) * 200, "nothing in it"),
        (b"%PDF-1.7 ...", "another kind"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "another kind"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel><title>Berita</title></channel></rss>', "is a feed"),
        (b"<html><body><div id=root></div><script src=/app.js></script></body></html>", "no text"),
        (b"<html><body><h1>Masuk</h1><form><input type=password></form></body></html>", "no text"),
        (page("<p>Kami menggunakan cookie untuk memberi pengalaman terbaik. Setujui agar Anda dapat melanjutkan membaca.</p>"), "wall"),
        (b"<p " + b" ".join(b"a%d=1" % n for n in range(50_000)) + b">x</p>", "no text"),
        (b"<div>" * 100_000 + b"teks" + b"</div>" * 100_000, "no text"),
        (b"<p>satu dua tiga</p>" * 25_000, "too many elements"),
    ],
)
def test_what_is_no_article_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        article.extract(body, url=URL)


def test_another_kind_of_file_is_known_by_its_header() -> None:
    with pytest.raises(Unreadable, match="another kind"):
        article.extract(page("<p>halo</p>"), url=URL, content_type="application/pdf")


def test_nothing_unseen_and_no_dangerous_address_gets_out() -> None:
    dirty = "".join(f"<p>{each[:30]}\u202e\x00\x1b\u2066{each[30:]}<script>alert(1)</script></p>" for each in TOLD)
    head = '<meta property="og:title" content="Judul\u202eterbalik\x07 panjang"><meta property="og:image" content="javascript:alert(1)">'
    found = article.extract(page(f"<article>{dirty}</article>", head), url=URL)
    assert paragraphs(found) == list(TOLD)
    assert found.image == ""
    assert all(unicodedata.category(c) not in ("Cc", "Cf") for c in found.title + found.author + found.sitename)


def test_an_empty_picture_that_a_page_names_is_none() -> None:
    told = f"<article>{''.join(f'<p>{each}</p>' for each in TOLD)}</article>"
    empty = '<meta property="og:image" content="https://kabar.example/i/blank.jpg">'
    data = '<script type="application/ld+json">{"@type": "Article", "image": "https://kabar.example/foto.jpg"}</script>'
    assert article.extract(page(told, empty), url=URL).image == ""
    assert article.extract(page(told, empty + data), url=URL).image == "https://kabar.example/foto.jpg"


def test_a_page_of_very_many_headings_is_read_in_time_that_grows_with_it_only() -> None:
    story = "".join(f"<p>{part}</p>" for part in TOLD)
    began = time.process_time()
    found = article.extract(f"<article>{story}<figure></figure>{'<h2>x</h2>' * 18_000}</article>".encode(), url=URL)
    assert time.process_time() - began < 10  # half a minute when each heading is compared with all others
    assert TOLD[0] in found.text


def test_an_endless_page_gives_a_bounded_text() -> None:
    found = article.extract(b"<html><body><article><p>" + b"kata yang sama " * 60_000 + b"</p></article></body></html>", url=URL)
    assert len(found.text) <= 200_000


def test_an_article_crosses_a_process_boundary() -> None:
    found = saved("slow_roast")
    assert pickle.loads(pickle.dumps(found)) == found


FRAGMENTS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div class='related'>",
        "</div>",
        "<a href='x'>",
        "</a>",
        "<h1>",
        "</h1>",
        "<br>",
        "<!--",
        "<table><tr><td>",
        "&#0;",
        "&lt;",
        *TOLD,
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(FRAGMENTS | st.text(max_size=20), max_size=40).map("".join), st.sampled_from(["", "text/html; charset=utf-7", "text/html"]))
def test_any_page_gives_clean_text_or_a_reason(markup: str, content_type: str) -> None:
    body = f"<html><body>{markup}</body></html>".encode("utf-8", "surrogatepass")
    try:
        found = article.extract(body, url=URL, content_type=content_type)
    except Unreadable:
        return
    assert found.text == found.text.strip()
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in found.text.replace("\n", ""))


def test_a_control_character_before_a_paragraph_does_not_reach_the_text() -> None:
    told = "Pemerintah kabupaten membagikan bibit kopi unggul kepada delapan ratus petani di lima kecamatan pada musim hujan ini."
    found = article.extract(f"<html><body>{told * 3}\x7f<p>{told}</body></html>".encode(), url=URL)
    assert found.text.isprintable()


def test_a_page_laid_out_with_tables_is_read_without_its_scaffolding() -> None:
    told = "Pembeli arabika Jawa harus menunggu lebih lama karena hujan menunda panen sampai lima pekan di lereng selatan. " * 4
    page = (
        "<html><head><title>Panen mundur</title></head><body><table><tr><td>Kabar Dagang, sejak 1901</td></tr></table><table><tr>"
        f"<td><a href=/1>Teh</a><br><a href=/2>Karet</a></td><td><h1>Panen mundur</h1><p>{told}</p><p>{told.upper()}</p></td></tr></table>"
        "<table><tr><th>Bulan</th><th>Ton</th></tr><tr><td>Oktober</td><td>950</td></tr></table></body></html>"
    )
    text = article.extract(page.encode(), url="").text
    assert text.startswith(told.strip())
    assert "Karet" not in text
    assert "Kabar Dagang" not in text


# --- articles in the data of scripts ---

RICH = [{"type": "p", "children": [{"text": part[:30]}, {"type": "b", "children": [{"text": part[30:]}]}]} for part in TOLD]
MARKUP = "".join(f"<p>{part}</p>" for part in TOLD)
TERMS = {
    "title": "Syarat dan ketentuan",
    "body": "<p>Dengan memakai situs ini pembaca menyetujui semua ketentuan yang berlaku di bawah.</p>" * 40,
}


def scripted(script: str, content: str = "") -> bytes:
    head = f"<title>{HEADLINE} - Kabar</title><meta property='og:site_name' content=Kabar>"
    return f"<html lang=id><head>{head}</head><body><div id=app>{content}</div>{script}</body></html>".encode()


def in_next(post: object) -> str:
    data = {"props": {"pageProps": {"terms": TERMS, "post": post}}, "page": "/[slug]"}
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(data)}</script>'


def sent_by_next(post: object, *texts: str, cut: int = 50) -> str:
    """The stream of server components: a row of an import, rows of text from "$a" on, and one of JSON, cut after every `cut` characters."""
    long = "".join(f"{10 + n:x}:T{len(text.encode()):x},{text}" for n, text in enumerate(texts))
    stream = f'1:I["static/page.js",["x"],""]\n{long}2:{json.dumps(["$", "$L1", None, {"terms": TERMS, "post": post}])}\n'
    parts = [stream[n : n + cut] for n in range(0, len(stream), cut)]
    return "".join(f"<script>self.__next_f.push({json.dumps([1, part])})</script>" for part in parts)


@pytest.mark.parametrize(
    "script",
    [
        sent_by_next({"title": HEADLINE, "content": MARKUP}),
        sent_by_next({"title": HEADLINE, "content": "$a", "price": "$$5"}, "".join(f"<p>{part}</p>\n" for part in TOLD), "☕\n" * 9),
        sent_by_next({"title": HEADLINE, "content": "$b"}, "Kopi “susu”\nlain", MARKUP, cut=7),
        in_next({"title": HEADLINE, "content": MARKUP}),
        in_next({"title": {"x": 1}, "name": HEADLINE, "content": {"protected": False, "rendered": MARKUP}}),
        in_next({"headline": f"<b>{HEADLINE}</b>", "body": RICH}),
        in_next({"judul": HEADLINE, "isi": {"blocks": [{"text": part} for part in TOLD]}}),
        in_next({"name": HEADLINE, "document": {"data": {"content": [{"content": [{"value": part}]} for part in TOLD]}}}),
        f"<script>window.__NUXT__={json.dumps({'data': [TERMS, {'title': HEADLINE, 'html': MARKUP}]})};</script>",
        f"<script>window.__INITIAL_STATE__ = {json.dumps({'a': {'title': HEADLINE, 'text': MARKUP}})};(function(){{}}())</script>",
        '<script id="__NUXT_DATA__" type="application/json">'
        + json.dumps(
            [["ShallowReactive", 1], {"data": 2}, {"title": 3, "paragraphs": 4}, HEADLINE, ["Reactive", 5], [*range(6, 11)], *TOLD]
        )
        + "</script>",
    ],
)
def test_an_article_that_lies_in_the_data_of_scripts_is_read(script: str) -> None:
    got = article.extract(scripted(script), url=URL)
    assert got.text.split("\n") == list(TOLD)


def test_an_article_that_the_page_shows_is_not_replaced_by_other_data_of_its_scripts() -> None:
    got = article.extract(
        scripted(in_next({"title": "Judul yang lain sama sekali", "body": MARKUP * 5}), f"<h1>{HEADLINE}</h1>{MARKUP}"), url=URL
    )
    assert got.text.split("\n") == list(TOLD)


def test_a_shorter_version_in_the_data_of_scripts_replaces_nothing() -> None:
    short = " ".join(f"Ringkasan bagian {n} dari kabar itu ditulis ulang dengan kata yang lain sama sekali." for n in range(7))
    shown = f"<h1>{HEADLINE}</h1>{MARKUP}<p>Panen raya diperkirakan jatuh pada bulan Juni, kata ketua kelompok tani di Desa Sukamaju.</p>"
    got = article.extract(scripted(in_next({"title": HEADLINE, "body": short}), shown), url=URL)
    assert len(short) > 500
    assert "Ringkasan" not in got.text


def test_data_without_the_title_of_the_page_is_no_article() -> None:
    with pytest.raises(Unreadable, match="has no text to read"):
        article.extract(scripted(in_next({"title": "Judul yang lain sama sekali", "body": MARKUP})), url=URL)


@pytest.mark.parametrize(
    "script",
    [
        f'<script id="__NEXT_DATA__">{"[" * 100_000}</script>',
        '<script id="__NEXT_DATA__">{"title": "' + HEADLINE + '", "body": ' + '{"content": [' * 400 + "]}" * 400 + "}</script>",
        '<script id="__NUXT_DATA__">' + json.dumps([{"title": 1, "body": 2}, HEADLINE, [2] * 5000]) + "</script>",
        '<script id="__NUXT_DATA__">' + json.dumps([{"title": 9_000, "a": 0, "b": 0}] * 9_000 + [HEADLINE]) + "</script>",
        '<script id="__NUXT_DATA__">' + json.dumps({"title": 0}) + "</script>",
        '<script id="__NUXT_DATA__">[{"title": -1, "body": true}, null, "x"]</script>',
        "<script>window.__NUXT__={" * 1000,
        *(f"<script>self.__next_f.push({json.dumps([1, row])})</script>" * 3000 for row in ("a:Tffffffff,x", "a:T1,", "\n", "1:[" * 90)),
        sent_by_next({"title": HEADLINE, "content": ["$a"] * 5000}, "kopi " * 9000, cut=100_000),
        '<script id="__NEXT_DATA__">'
        + json.dumps([{"title": HEADLINE, "body": [[[["a " * 50] * 50] * 50] * 20]}] * 20)[:2_900_000]
        + "</script>",
    ],
)
def test_hostile_data_of_scripts_costs_little(script: str) -> None:
    began = time.perf_counter()
    with contextlib.suppress(Unreadable):
        article.extract(scripted(script, MARKUP), url=URL)
    assert time.perf_counter() - began < 5


# --- links to other sites ---


def test_the_links_in_the_text_to_other_sites_are_kept_one_for_each_host() -> None:
    linked = (
        '<a href="https://riset.example/laporan?utm_source=kabar#hal2">laporan</a>, <a href="https://riset.example/dua">lagi</a>, '
        '<a href="//data.example/a">data</a>, <a href="/lain">kami</a>, <a href="https://foto.kabar.example/1">foto</a>, '
        '<a href="mailto:a@b.example">surat</a>, <a href="javascript:x()">x</a>, <a href="http://[::1">rusak</a>, '
        '<a rel="nofollow sponsored" href="https://iklan.example/">iklan</a>'
    )
    beside = '<div><ul><li><a href="https://luar.example/">Mitra kami</a></li><li><a href="https://lain.example/">Lain</a></li></ul></div>'
    told = "".join(f"<p>{one} {linked if n == 1 else ''}</p>" for n, one in enumerate(TOLD))
    found = article.extract(page(f"<article><h1>{HEADLINE}</h1>{told}</article>{beside}"), url=URL)
    assert found.links == ("https://riset.example/laporan", "https://data.example/a")


def test_an_article_of_a_thousand_links_keeps_a_few_and_a_file_has_none() -> None:
    many = "".join(f'<a href="https://s{n}.example/">situs {n}</a> ' for n in range(1000))
    told = "".join(f"<p>{one}</p>" for one in TOLD)
    body = page(f"<article><h1>{HEADLINE}</h1>{told}<p>{TOLD[0]} {TOLD[1]} {many}</p></article>")
    assert len(article.extract(body, url=URL).links) <= outlinks.MOST
    assert article.extract(page(f"<article><h1>{HEADLINE}</h1>{told}</article>"), url="").links == ()
