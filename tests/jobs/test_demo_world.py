"""The bundled world: its text is worth reading, its servers behave, its truth table is true, its brand directory is safe."""

import gzip
import io
import json
import re
import socket
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import pytest
from msgspec import Struct

from curator import config
from curator.core.errors import ConfigError, CuratorError
from curator.core.text.urls import canonical, item_id
from curator.jobs.demo import directory
from curator.jobs.demo.content import Piece, Site
from curator.jobs.demo.press import Press
from curator.jobs.demo.world import Running, World, load, serving

NOON = datetime(2026, 8, 5, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 8, 5, tzinfo=UTC)
PORT = 18601
READABLE = ("rss2", "rss091", "rdf", "atom", "podcast", "youtube")
WORLD = load()
PIECES = {f"{site.key}/{piece.slug}": piece for site in WORLD.sites for piece in site.pieces}


class Answer(Struct):
    status: int
    headers: dict[str, str]
    body: bytes


def ask(url: str, **headers: str) -> Answer:
    request = Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urlopen(request, timeout=10) as got:
            return Answer(got.status, {k.lower(): v for k, v in got.headers.items()}, got.read())
    except HTTPError as error:
        with error:
            return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())


def words(piece: Piece) -> list[str]:
    return re.findall(r"\w+", " ".join(piece.paragraphs).casefold())


def shingles(piece: Piece) -> set[tuple[str, ...]]:
    said = words(piece)
    return {tuple(said[i : i + 8]) for i in range(len(said) - 7)}


def figures(piece: Piece) -> set[str]:
    """The numbers of a text, without the separators that languages disagree on."""
    return {re.sub(r"\D", "", number) for number in re.findall(r"\d[\d.,]*", " ".join(piece.paragraphs))}


def site(key: str) -> Site:
    return next(s for s in WORLD.sites if s.key == key)


@cache
def fed(url: str) -> Answer:
    """What a feed says, asked once: one of them is slow."""
    return ask(url)


def parsed(answer: Answer) -> Any:
    import feedparser

    return feedparser.parse(io.BytesIO(answer.body), response_headers={"content-type": answer.headers["content-type"]})


def bases(port: int = PORT) -> dict[str, str]:
    return {s.key: f"http://127.0.0.1:{port + n}" for n, s in enumerate(WORLD.sites)}


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with serving(WORLD, now=NOON, base_port=PORT) as world:
        yield world


class TestTheText:
    def test_twelve_sites_and_more_speak_in_their_own_layouts(self) -> None:
        speaking = [s for s in WORLD.sites if s.pieces]
        assert len(speaking) >= 12
        assert len({s.name for s in speaking}) == len({s.colour for s in speaking}) == len(speaking)
        layouts = {Path(directory.BRAND.parent / "layouts" / f"{s.key}.html").read_text("utf-8") for s in WORLD.sites}
        assert len(layouts) == len(WORLD.sites)

    def test_sites_and_articles_are_half_indonesian_half_english(self) -> None:
        by_site = Counter(s.lang for s in WORLD.sites if s.pieces)
        by_piece = Counter(label.lang for label in WORLD.labels.values())
        assert by_site["id"] >= 6
        assert by_site["en"] >= 6
        assert sum(by_piece.values()) >= 80
        assert min(by_piece["id"], by_piece["en"]) >= 40

    def test_every_format_of_feed_is_there(self) -> None:
        formats = Counter(s.feed.format for s in WORLD.sites)
        assert set(formats) == {*READABLE, "json", "gone", "html"}
        assert {s.feed.full for s in WORLD.sites if s.feed.format == "rss2"} == {True, False}

    @pytest.mark.parametrize("key", [key for key, piece in PIECES.items() if piece.label.lang != "ja"])
    def test_an_article_is_short_and_has_several_paragraphs(self, key: str) -> None:
        piece = PIECES[key]
        assert 90 <= sum(len(p.split()) for p in piece.paragraphs) <= 220
        assert 4 <= len(piece.paragraphs) <= 8
        assert piece.title
        assert piece.author

    def test_no_text_is_repeated_except_declared_reprints(self) -> None:
        seen = {key: shingles(piece) for key, piece in PIECES.items() if piece.label.lang != "ja"}
        for one, other in combinations(seen, 2):
            shared = len(seen[one] & seen[other]) / min(len(seen[one]), len(seen[other]))
            reprint = PIECES[one].label.reprint_of == other or PIECES[other].label.reprint_of == one
            assert (shared > 0.6) if reprint else (shared < 0.03), (one, other, shared)

    def test_quotes_are_there_to_be_quoted(self) -> None:
        quotable = [piece for piece in PIECES.values() if piece.label.kind == "quote"]
        assert quotable
        for piece in quotable:
            assert any(len(said.split()) >= 8 for said in re.findall("“([^”]+)”", " ".join(piece.paragraphs)))

    def test_the_package_stays_small(self) -> None:
        data = [p for p in directory.BRAND.parent.rglob("*") if p.suffix in (".toml", ".html", ".xml", ".svg")]
        assert sum(p.stat().st_size for p in data) < 400_000


class TestTheTruthTable:
    def test_about_thirty_articles_fit_the_three_topics_in_both_languages(self) -> None:
        topics = [topic["name"] for topic in tomllib.loads(directory.BRAND.read_text("utf-8"))["topics"]]
        fitting = [
            label for label in WORLD.labels.values() if label.topic and not label.reprint_of and not label.muted and label.lang != "ja"
        ]
        assert {label.topic for label in fitting} == set(topics)
        assert 30 <= len(fitting) <= 42
        for topic in topics:
            languages = Counter(label.lang for label in fitting if label.topic == topic)
            assert sum(languages.values()) >= 10
            assert min(languages["id"], languages["en"]) >= 4

    def test_most_of_the_rest_is_noise(self) -> None:
        assert sum(not label.topic for label in WORLD.labels.values()) >= 40

    def test_three_reprints_name_an_article_that_is_there(self) -> None:
        reprints = {key: label for key, label in WORLD.labels.items() if label.reprint_of}
        assert len(reprints) == 3
        for key, label in reprints.items():
            original = WORLD.labels[label.reprint_of]
            assert (original.lang, original.topic) == (label.lang, label.topic)
            assert key.split("/")[0] != label.reprint_of.split("/")[0]
            assert PIECES[key].hours < PIECES[label.reprint_of].hours

    def test_stories_are_told_in_both_languages_and_by_three_outlets(self) -> None:
        stories = defaultdict(list)
        for key, label in WORLD.labels.items():
            if label.story:
                stories[label.story].append(key)
        told_twice = [keys for keys in stories.values() if {"id", "en"} <= {PIECES[key].label.lang for key in keys}]
        assert len(told_twice) >= 4
        assert sum(len({key.split("/")[0] for key in keys}) == 3 for keys in stories.values()) == 2

    def test_one_story_has_one_set_of_figures(self) -> None:
        stories = defaultdict(list)
        for piece in PIECES.values():
            if piece.label.story:
                stories[piece.label.story].append(figures(piece))
        for story, told in stories.items():
            assert len(set.intersection(*told)) >= 3, story

    def test_the_brand_is_spoken_of_once_surely_once_in_passing_and_falsely(self) -> None:
        said = Counter(label.mention for label in WORLD.labels.values())
        assert (said["certain"], said["passing"]) == (1, 1)
        assert said["false"] >= 1

    def test_no_other_article_says_the_name_of_the_brand(self) -> None:
        for key, piece in PIECES.items():
            says = "kopi senja" in f"{piece.title} {' '.join(piece.paragraphs)}".casefold()
            assert says == bool(piece.label.mention), key

    def test_the_muted_word_is_said_where_the_label_says_so(self) -> None:
        muted = tomllib.loads(directory.BRAND.read_text("utf-8"))["mute"]["words"]
        for key, piece in PIECES.items():
            text = f"{piece.title} {' '.join(piece.paragraphs)}".casefold()
            assert any(word in text for word in muted) == piece.label.muted, key
        assert sum(label.muted for label in WORLD.labels.values()) == 1

    def test_every_kind_is_a_kind_of_the_mix_and_the_main_ones_are_there(self) -> None:
        kinds = {label.kind for label in WORLD.labels.values()} - {""}
        assert kinds == set(tomllib.loads(directory.BRAND.read_text("utf-8"))["mix"])

    def test_one_language_is_not_read_by_the_brand(self) -> None:
        reads = tomllib.loads(directory.BRAND.read_text("utf-8"))["brand"]["reads"]
        strange = [label for label in WORLD.labels.values() if label.lang not in reads]
        assert {label.lang for label in strange} == {"ja"}
        assert any(label.topic for label in strange)

    def test_the_traps_of_many_meanings_fit_no_topic(self) -> None:
        traps = (
            "a-coffee-table-book-of-stations",
            "kelas-java-membeludak-bukan-kopi",
            "secangkir-kopi-senja-di-teras-ibu",
            "pameran-meja-kopi-jati",
        )
        labels = [label for key, label in WORLD.labels.items() if key.split("/")[1] in traps]
        assert len(labels) == len(traps)
        assert not any(label.topic for label in labels)

    def test_labels_by_id_are_labels_by_name(self, running: Running) -> None:
        assert len(running.labels) == len(WORLD.labels)
        address = running.sites["grindwise"] + "/stories/women-who-price-flores"
        assert running.labels[item_id(address)] is WORLD.labels["grindwise/women-who-price-flores"]

    def test_some_articles_lie_before_the_window(self) -> None:
        assert sum(piece.hours > 7 * 24 for piece in PIECES.values()) >= 2
        assert all(piece.hours >= 1 for piece in PIECES.values())


class TestTheServers:
    @pytest.mark.parametrize("key", [s.key for s in WORLD.sites])
    def test_every_page_and_picture_is_served(self, running: Running, key: str) -> None:
        s, base = site(key), running.sites[key]
        for piece in s.pieces:
            page = ask(base + piece.path)
            assert page.status == 200
            assert page.headers["content-type"] == f"text/html; charset={s.encoding}"
            html = page.body.decode(s.encoding)
            assert piece.title.split("&")[0] in html
            drawing = ask(f"{base}/img/{piece.slug}.svg")
            assert drawing.headers["content-type"] == "image/svg+xml"
            ElementTree.fromstring(drawing.body)
        assert ask(f"{base}/").status == 200
        assert ask(f"{base}/nowhere").status == 404
        assert ask(f"{base}/favicon.svg").status == 200

    @pytest.mark.parametrize("key", [s.key for s in WORLD.sites if s.feed.format in READABLE])
    def test_every_feed_parses_and_leads_to_its_articles(self, running: Running, key: str) -> None:
        s, base = site(key), running.sites[key]
        feed = parsed(fed(base + s.feed.path))
        assert not feed.bozo or feed.bozo_exception.__class__.__name__ == "CharacterEncodingOverride"
        assert feed.feed.title == s.name
        assert [entry.title for entry in feed.entries] == [piece.title for piece in s.pieces]
        assert [canonical(entry.link) for entry in feed.entries] == [canonical(base + piece.path) for piece in s.pieces]

    def test_the_feeds_are_of_many_formats(self, running: Running) -> None:
        spoken = {parsed(fed(running.sites[s.key] + s.feed.path)).version for s in WORLD.sites if s.feed.format in READABLE}
        assert spoken == {"rss20", "rss091n", "rss10", "atom10"}

    def test_the_json_feed_is_one(self, running: Running) -> None:
        s = next(s for s in WORLD.sites if s.feed.format == "json")
        answer = ask(running.sites[s.key] + s.feed.path)
        told = json.loads(answer.body)
        assert answer.headers["content-type"].startswith("application/feed+json")
        assert told["version"] == "https://jsonfeed.org/version/1.1"
        assert [item["title"] for item in told["items"]] == [piece.title for piece in s.pieces]
        assert all(datetime.fromisoformat(item["date_published"]) < MIDNIGHT for item in told["items"])

    def test_one_feed_numbers_its_entries_and_tracks_its_readers(self, running: Running) -> None:
        s = next(s for s in WORLD.sites if s.feed.positions)
        feed = parsed(fed(running.sites[s.key] + s.feed.path))
        assert [entry.id for entry in feed.entries] == [str(n) for n in range(1, len(s.pieces) + 1)]
        assert all("utm_source=" in entry.link for entry in feed.entries)
        assert ask(feed.entries[0].link).status == 200

    def test_one_feed_tells_the_date_in_indonesian(self, running: Running) -> None:
        s = next(s for s in WORLD.sites if s.feed.indonesian_dates)
        body = ask(running.sites[s.key] + s.feed.path).body.decode()
        assert re.search(r"<pubDate>(Senin|Selasa|Rabu|Kamis|Jumat|Sabtu|Minggu), \d+ Agustus 2026 \d\d:00:00 \+0700</pubDate>", body)

    def test_one_site_speaks_windows_1252(self, running: Running) -> None:
        s = next(s for s in WORLD.sites if s.encoding == "windows-1252")
        answer = fed(running.sites[s.key] + s.feed.path)
        assert answer.headers["content-type"] == "text/xml"
        with pytest.raises(UnicodeDecodeError):
            answer.body.decode("utf-8")
        assert "’" in parsed(answer).entries[0].summary + ask(running.sites[s.key] + s.pieces[0].path).body.decode("windows-1252")

    def test_episodes_can_be_heard_and_videos_have_a_thumbnail(self, running: Running) -> None:
        podcast = next(s for s in WORLD.sites if s.feed.format == "podcast")
        sound = parsed(fed(running.sites[podcast.key] + podcast.feed.path)).entries[0].enclosures[0]
        heard = ask(sound.href)
        assert heard.headers["content-type"] == "audio/mpeg"
        assert int(sound.length) == len(heard.body)
        videos = next(s for s in WORLD.sites if s.feed.format == "youtube")
        thumbnail = parsed(fed(running.sites[videos.key] + videos.feed.path)).entries[0].media_thumbnail[0]
        assert ask(thumbnail["url"]).status == 200

    def test_a_dead_feed_says_gone(self, running: Running) -> None:
        s = next(s for s in WORLD.sites if s.feed.format == "gone")
        answer = ask(running.sites[s.key] + s.feed.path)
        assert answer.status == 410
        assert "etag" not in answer.headers

    def test_a_feed_that_became_a_page_answers_with_html(self, running: Running) -> None:
        s = next(s for s in WORLD.sites if s.feed.format == "html")
        answer = ask(running.sites[s.key] + s.feed.path)
        assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")

    def test_only_the_slow_feed_keeps_one_waiting(self, running: Running) -> None:
        slow = next(s for s in WORLD.sites if s.feed.delay)
        assert sum(bool(s.feed.delay) for s in WORLD.sites) == 1
        begun = time.monotonic()
        ask(running.sites[slow.key] + slow.pieces[0].path)
        assert time.monotonic() - begun < 1
        ask(running.sites[slow.key] + slow.feed.path)
        assert time.monotonic() - begun >= slow.feed.delay

    def test_robots_keep_one_path_to_themselves_and_an_article_lies_there(self, running: Running) -> None:
        closed = [s for s in WORLD.sites if s.disallow]
        assert len(closed) == 1
        assert f"Disallow: {closed[0].disallow[0]}" in ask(running.sites[closed[0].key] + "/robots.txt").body.decode()
        assert any(piece.path.startswith(closed[0].disallow[0]) for piece in closed[0].pieces)
        assert all(ask(f"{base}/robots.txt").status == 200 for base in running.sites.values())

    @pytest.mark.parametrize("key", [s.key for s in WORLD.sites if s.feed.format not in ("gone",) and not s.feed.delay])
    def test_an_unchanged_feed_answers_304(self, running: Running, key: str) -> None:
        url = running.sites[key] + site(key).feed.path
        first = ask(url)
        tag, changed = first.headers["etag"], first.headers["last-modified"]
        for headers in ({"If_None_Match": tag}, {"If_None_Match": f'"other", W/{tag}'}, {"If_Modified_Since": changed}):
            again = ask(url, **headers)
            assert (again.status, again.body) == (304, b"")
            assert again.headers["etag"] == tag

    def test_a_changed_feed_is_sent_whole(self, running: Running) -> None:
        url = running.sites["grindwise"] + site("grindwise").feed.path
        first = ask(url)
        older = format_datetime(MIDNIGHT - timedelta(days=30), usegmt=True)
        assert ask(url, If_Modified_Since=older).status == 200
        assert ask(url, If_Modified_Since="once upon a time").status == 200
        assert ask(url, If_None_Match='"other"', If_Modified_Since=first.headers["last-modified"]).status == 200

    def test_compressed_answers_are_the_same_page_under_another_tag(self, running: Running) -> None:
        url = running.sites["niaga-kecil"] + site("niaga-kecil").feed.path
        plain, packed = ask(url), ask(url, Accept_Encoding="gzip, br")
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == plain.body
        assert packed.headers["etag"] != plain.headers["etag"]
        assert ask(url, Accept_Encoding="gzip", If_None_Match=packed.headers["etag"]).status == 304

    def test_requests_are_remembered(self, running: Running) -> None:
        before = len(running.requests)
        ask(running.sites["jejak-hijau"] + "/robots.txt", User_Agent="someone/1")
        [request] = running.requests[before:]
        assert (request.host, request.path, request.status) == (running.allow[5], "/robots.txt", 200)
        assert request.headers["user-agent"] == "someone/1"

    def test_links_that_others_have_tagged_still_lead_there(self, running: Running) -> None:
        assert ask(running.sites["kanal-seduh"] + "/watch?v=fp4mENiT_aM&utm_source=x").status == 200
        assert ask(running.sites["refill-review"] + "/hobart-return-rates?utm_source=x").status == 200

    def test_nothing_is_served_beyond_this_machine(self, running: Running) -> None:
        for address in running.allow:
            host, port = address.split(":")
            assert host == "127.0.0.1"
            with pytest.raises(OSError), socket.create_connection(("127.0.0.2", int(port)), timeout=0.5):
                pass

    def test_addresses_and_ids_are_unique(self, running: Running) -> None:
        addresses = [running.sites[s.key] + piece.path for s in WORLD.sites for piece in s.pieces]
        assert len(set(addresses)) == len({item_id(address) for address in addresses}) == len(PIECES)


class TestStability:
    def test_bodies_are_the_same_all_day_and_dated_anew_the_next(self) -> None:
        today, again, tomorrow = (Press(load(), bases(), MIDNIGHT + timedelta(days=n)) for n in (0, 0, 1))
        for s in WORLD.sites:
            for path in (s.feed.path, "/", *(piece.path for piece in s.pieces)):
                assert today.sheet(s, path) == again.sheet(s, path)
        dated = site("biji-bubuk")
        assert today.sheet(dated, dated.feed.path) != tomorrow.sheet(dated, dated.feed.path)

    def test_the_hour_of_the_run_does_not_matter(self) -> None:
        tags = []
        for hour in (0, 23):
            with serving(WORLD, now=MIDNIGHT.replace(hour=hour), base_port=PORT + 1000) as running:
                tags.append([ask(running.sites[s.key] + s.feed.path).headers.get("etag") for s in WORLD.sites if not s.feed.delay])
        assert tags[0] == tags[1]

    def test_a_taken_port_moves_the_whole_block(self) -> None:
        with socket.create_server(("127.0.0.1", PORT + 2003)), serving(WORLD, now=NOON, base_port=PORT + 2000) as running:
            ports = [int(address.split(":")[1]) for address in running.allow]
        assert ports == list(range(PORT + 2100, PORT + 2100 + len(WORLD.sites)))

    def test_no_room_at_all_is_told(self) -> None:
        with pytest.raises(CuratorError, match="free ports"), serving(WORLD, now=NOON, base_port=65530):
            pass

    def test_when_the_block_is_left_the_ports_are_free_again(self) -> None:
        with serving(WORLD, now=NOON, base_port=PORT + 3000) as running:
            ask(running.sites["jejak-hijau"] + "/")
        for address in running.allow:
            socket.create_server(("127.0.0.1", int(address.split(":")[1]))).close()


class TestTheBrandDirectory:
    ADDED = '<outline xmlUrl="https://example.org/feed" />'

    def at(self, port: int, world: World = WORLD) -> Running:
        return Running(world=world, sites=bases(port))

    def test_a_new_directory_gets_a_brand_that_can_be_read(self, tmp_path: Path) -> None:
        home = tmp_path / "new" / "kopi-senja"
        self.at(PORT).write_brand(home)
        brand = config.load(home)
        assert (brand.name, brand.timezone, brand.reads) == (directory.NAME, "Asia/Jakarta", ("id", "en"))
        assert brand.fetch.allow == self.at(PORT).allow
        assert sum(brand.mix.values()) == pytest.approx(1)

    def test_the_subscriptions_hold_every_feed_in_folders(self) -> None:
        root = ElementTree.fromstring(self.at(PORT).opml().encode())
        feeds = [outline.get("xmlUrl") for outline in root.iter("outline") if outline.get("xmlUrl")]
        folders = root.findall("./body/outline")
        assert sorted(feeds) == sorted(bases()[s.key] + s.feed.path for s in WORLD.sites)
        assert len(folders) >= 4
        assert all(not folder.get("xmlUrl") for folder in folders)
        assert root.findall("./body/outline/outline/outline")

    def test_a_second_time_changes_nothing(self, tmp_path: Path) -> None:
        self.at(PORT).write_brand(tmp_path)
        before = [(tmp_path / name).read_bytes() for name in ("brand.toml", "feeds.opml")]
        self.at(PORT).write_brand(tmp_path)
        assert [(tmp_path / name).read_bytes() for name in ("brand.toml", "feeds.opml")] == before

    def test_what_a_person_changed_stays(self, tmp_path: Path) -> None:
        self.at(PORT).write_brand(tmp_path)
        brand, feeds = tmp_path / "brand.toml", tmp_path / "feeds.opml"
        brand.write_text(brand.read_text("utf-8").replace("size = 20", "size = 7  # my own"), "utf-8")
        feeds.write_text(feeds.read_text("utf-8").replace("</body>", f"{self.ADDED}</body>"), "utf-8")
        self.at(PORT).write_brand(tmp_path)
        assert "size = 7  # my own" in brand.read_text("utf-8")
        assert self.ADDED in feeds.read_text("utf-8")

    def test_other_ports_are_allowed_too_and_subscribed(self, tmp_path: Path) -> None:
        self.at(PORT).write_brand(tmp_path)
        brand, feeds = tmp_path / "brand.toml", tmp_path / "feeds.opml"
        brand.write_text(brand.read_text("utf-8").replace("size = 20", "size = 7"), "utf-8")
        feeds.write_text(feeds.read_text("utf-8").replace("</body>", f"{self.ADDED}</body>"), "utf-8")
        self.at(PORT + 100).write_brand(tmp_path)
        assert set(config.load(tmp_path).fetch.allow) == {*self.at(PORT).allow, *self.at(PORT + 100).allow}
        assert config.load(tmp_path).shortlist.size == 7
        assert feeds.read_text("utf-8").replace(self.ADDED, "") == self.at(PORT + 100).opml()

    @pytest.mark.parametrize(
        "theirs",
        [
            {"brand.toml": '[brand]\nname = "Teh Pagi"\n'},
            {"brand.toml": "not toml at all ["},
            {"feeds.opml": '<opml><body><outline xmlUrl="https://example.org/feed"/></body></opml>'},
            {"brand.toml": "[fetch]\nallow = []\n", "feeds.opml": '<outline xmlUrl="https://example.org/feed"/>'},
        ],
    )
    def test_another_brand_is_left_alone(self, tmp_path: Path, theirs: dict[str, str]) -> None:
        for name, text in theirs.items():
            (tmp_path / name).write_text(text, "utf-8")
        with pytest.raises(ConfigError) as refused:
            self.at(PORT).write_brand(tmp_path)
        assert refused.value.problems[0].hint
        assert {p.name: p.read_text("utf-8") for p in tmp_path.iterdir()} == theirs

    def test_a_brand_without_a_place_for_the_addresses_is_told_what_to_write(self, tmp_path: Path) -> None:
        (tmp_path / "brand.toml").write_text('[brand]\nname = "Kopi Senja"\n', "utf-8")
        with pytest.raises(ConfigError) as refused:
            self.at(PORT).write_brand(tmp_path)
        assert "127.0.0.1:18601" in refused.value.problems[0].hint
