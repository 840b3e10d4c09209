"""Articles over several pages are read whole within a bound, and say so where they are not."""

import asyncio
from collections.abc import Iterator

import pytest
from support.parts import page
from support.server import Site

from curator.core.brand import FetchRules
from curator.core.feed import Article, Failure
from curator.feeds import article, inspect
from curator.feeds.article.pager import Onward
from curator.feeds.http import HttpFetcher
from curator.feeds.workers import InlineWorkers

HTML = "text/html; charset=utf-8"
PARTS = tuple(
    f"Bagian {n} menceritakan bagaimana para petani {what} sejak pagi buta, lalu berjalan kaki ke pasar untuk menjualnya sebelum siang."
    for n, what in enumerate(
        ("memetik biji kopi", "menjemur gabah", "menyangrai biji", "menggiling bubuk", "mengemas pesanan", "menakar gula"), 1
    )
)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


def read(site: Site, path: str) -> Article | Failure:
    async def asked() -> list[Article | Failure]:
        async with HttpFetcher(FetchRules(allow=(site.allow,))) as fetcher, InlineWorkers() as workers:
            return await inspect.articles([site.url(path)], fetcher, workers)

    return asyncio.run(asked())[0]


def whole(site: Site, path: str) -> Article:
    got = read(site, path)
    assert isinstance(got, Article), got
    return got


def told(got: Article) -> list[int]:
    """The numbers of the parts that the text has, in its order."""
    return [int(line.split()[1]) for line in got.text.split("\n") if line.startswith("Bagian")]


def a_page(*numbers: int, links: str = "", head: str = "") -> str:
    paragraphs = [PARTS[n - 1] + " Begitu terus setiap hari." for n in numbers]
    return page("Sehari di kebun kopi", *paragraphs).replace("</head>", f"{head}</head>").replace("</body>", f"<div>{links}</div></body>")


def pager(*numbers: int | str, pattern: str = "?page={}") -> str:
    return " ".join(f'<a href="{pattern.format(n)}">{n}</a>' for n in numbers)


def serve(site: Site, pages: dict[str, str]) -> None:
    for path, body in pages.items():
        site.serves(path, body, type=HTML)


@pytest.mark.parametrize(
    ("pattern", "second", "third"),
    [
        ("?page={}", "/kebun?page=2", "/kebun?page=3"),
        ("/kebun?id=7&halaman={}", "/kebun?id=7&halaman=2", "/kebun?id=7&halaman=3"),
        ("/kebun/{}", "/kebun/2", "/kebun/3"),
        ("/kebun/page/{}/", "/kebun/page/2/", "/kebun/page/3/"),
    ],
)
def test_an_article_over_three_pages_is_read_whole(site: Site, pattern: str, second: str, third: str):
    links = pager(1, 2, 3, pattern=pattern)
    start = "/kebun?id=7" if "id=7" in pattern else "/kebun"
    serve(site, {start: a_page(1, links=links), second: a_page(2, links=links), third: a_page(3, links=links)})
    got = whole(site, start)
    assert told(got) == [1, 2, 3]
    assert (got.url, got.partial, got.words) == (site.url(start), False, len(got.text.split()))


def test_pages_whose_names_are_numbered_belong_to_one_article(site: Site):
    links = '<a href="/kebun-2.html">2</a><a href="/kebun-3.html">3</a><a href="/kopi-2.html">Berikutnya</a>'
    serve(site, {"/kebun.html": a_page(1, links=links), "/kebun-2.html": a_page(2, links=links), "/kebun-3.html": a_page(3, links=links)})
    assert told(whole(site, "/kebun.html")) == [1, 2, 3]


def test_rel_next_leads_on_and_what_is_repeated_on_each_page_is_said_once(site: Site):
    serve(site, {"/kebun": a_page(1, 2, head='<link rel="next" href="?page=2">'), "/kebun?page=2": a_page(2, 3)})
    assert told(whole(site, "/kebun")) == [1, 2, 3]


def test_the_page_that_shows_all_is_read_instead_of_the_others(site: Site):
    links = pager(1, 2, 3) + ' <a href="?page=all">Tampilkan semua</a>'
    serve(site, {"/kebun": a_page(1, links=links), "/kebun?page=all": a_page(1, 2, 3)})
    got = whole(site, "/kebun")
    assert told(got) == [1, 2, 3]
    assert (got.url, got.partial) == (site.url("/kebun"), False)
    assert not site.asked("/kebun?page=2")


def test_a_page_that_shows_all_and_does_not_is_left_for_the_others(site: Site):
    links = pager(1, 2, "semua").replace("page=semua", "page=all")
    serve(site, {"/kebun": a_page(1, links=links), "/kebun?page=all": a_page(1, links=links), "/kebun?page=2": a_page(2, links=links)})
    assert told(whole(site, "/kebun")) == [1, 2]


def test_five_pages_are_read_and_an_article_of_more_says_that_it_is_a_part(site: Site):
    links = pager(*range(1, 9))
    serve(site, {"/kebun": a_page(1, links=links)} | {f"/kebun?page={n}": a_page(n, links=links) for n in range(2, 7)})
    got = whole(site, "/kebun")
    assert told(got) == [1, 2, 3, 4, 5]
    assert got.partial
    assert len(site.log) == 6, "robots.txt and five pages"


def test_a_page_that_fails_or_that_robots_forbid_leaves_a_part(site: Site):
    site.serves("/robots.txt", "User-agent: *\nDisallow: /*page=3", type="text/plain")
    links = pager(1, 2, 3)
    serve(site, {"/kebun": a_page(1, links=links), "/kebun?page=2": a_page(2, links=links), "/kebun?page=3": a_page(3)})
    got = whole(site, "/kebun")
    assert (told(got), got.partial) == ([1, 2], True)
    assert not site.asked("/kebun?page=3")


def test_an_article_that_is_begun_in_the_middle_says_that_it_is_a_part(site: Site):
    serve(site, {"/kebun?page=2": a_page(2, links=pager(1, 2, 3)), "/kebun?page=3": a_page(3, links=pager(1, 2, 3))})
    got = whole(site, "/kebun?page=2")
    assert (told(got), got.partial) == ([2, 3], True)


def test_pages_that_show_the_same_again_end_it_without_harm(site: Site):
    links = pager(1, 2, 3)
    serve(site, {"/kebun": a_page(1, links=links), "/kebun?page=2": a_page(1, links=links), "/kebun?page=3": a_page(1, links=links)})
    got = whole(site, "/kebun")
    assert (told(got), got.partial) == ([1], False)
    assert not site.asked("/kebun?page=3")


def test_a_next_page_that_moves_to_another_host_or_back_is_not_read(site: Site):
    with Site() as elsewhere:
        elsewhere.serves("/kebun", a_page(2), type=HTML)
        site.serves("/kebun", a_page(1, links=pager(1, 2)), type=HTML)
        site.moves("/kebun?page=2", elsewhere.url("/kebun"))
        got = whole(site, "/kebun")
        assert (told(got), got.partial) == ([1], True)
        site.moves("/kebun?page=2", "/kebun")
        assert not whole(site, "/kebun").partial


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="next" href="/artikel-lain">',
        '<a rel="next" href="/kebun-teh">Berikutnya</a>',
        '<a href="/2">2</a>',
        '<a href="/kebun?page=3">3</a>',
        '<a href="https://lain.example/kebun?page=2">2</a>',
        '<a href="?page=2">Komentar yang lebih lama dan tulisan lainnya</a>',
        '<a href="?page=99999999999">2</a>',
        '<a href="?page=٢">2</a>',
    ],
)
def test_links_to_other_articles_and_far_pages_are_not_followed(site: Site, link: str):
    site.serves("/kebun", a_page(1, links=link), type=HTML)
    assert not whole(site, "/kebun").partial
    assert len(site.log) == 2, "robots.txt and the page"


def test_an_article_whose_address_ends_in_a_number_is_not_taken_for_a_page_of_its_folder():
    body = a_page(1, links=pager(5, 6, pattern="/berita/{}")).encode()
    assert article.read(body, url="https://koran.example/berita/5").onward == Onward()


def test_many_links_in_a_page_cost_little():
    body = a_page(1, links=pager(*range(4000))).encode()
    assert article.read(body, url="https://koran.example/kebun").onward.next.endswith("page=2")
