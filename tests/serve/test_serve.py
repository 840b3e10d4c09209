"""The calendar and the list on an address: a real server, asked over real HTTP, and what it refuses."""

import http.client
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email.message import Message
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from support.browser import opened
from support.command import curator
from support.parts import WordCounter
from support.posts import SCRIPTS, item, placed, planned

from curator.core.errors import CuratorError, Locked, UsageError
from curator.core.protocols import Changes
from curator.library import Library
from curator.library.publishing import Publishing
from curator.publishing.formats import page
from curator.ranking import embed
from curator.ranking.embed.cache import CachedEncoder
from curator.serve.access import ServerAddress, listen
from curator.storage import open_store

BRAND = '[brand]\nname = "Kopi Senja"\n[[topics]]\nname = "Kopi"\nabout = "kopi"\n[calendar]\nnetworks = ["x", "linkedin"]\n'
ITEMS = tuple(item(n, title=title) for n, title in enumerate(SCRIPTS, 1))
HERE = ServerAddress(host="127.0.0.1", port=8600)
SECRET = ServerAddress(host="desk.local", port=8600, token="kopi tubruk é")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "senja"
    home.mkdir()
    (home / "brand.toml").write_text(BRAND)
    (home / "feeds.opml").write_text('<opml version="2.0"><body/></opml>')
    report = planned(ITEMS, []).store.report()
    posts = [placed(ITEMS[0]), placed(ITEMS[1], days=2, cancelled=True, sequence=3)]
    open_store("tinydb", home / "library").commit(Changes(items=ITEMS, posts=posts, report=report))
    return home


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Message
    body: bytes


class Served(NamedTuple):
    """The running command, and what it said of itself."""

    told: dict[str, str]
    process: "subprocess.Popen[str]"

    @property
    def port(self) -> int:
        return int(self.told["url"].rstrip("/").rpartition(":")[2])

    def ask(self, path: str = "/feed.ics", method: str = "GET", **headers: str) -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as line:
            line.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = line.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def ends(self, number: int = signal.SIGTERM) -> str:
        """Ends it by a signal; what it had said on stderr."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=60)[1]


@contextmanager
def served(home: Path, *options: str) -> Iterator[Served]:
    command = [sys.executable, "-m", "curator", "serve", "--port", "0", "--json", "--home", str(home), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield Served(json.loads(process.stdout.readline()), process)
        finally:
            process.kill()


def exported(home: Path) -> bytes:
    return Library.open(home).publishing.export("ics").single()


def on_disk(home: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in home.rglob("*")}


# --- several brands -------------------------------------------------------------------------------------------------


def test_a_folder_of_brands_is_served_with_a_desk_and_a_calendar_for_each(home: Path, tmp_path: Path):
    with served(tmp_path) as desk:
        assert desk.told["desks"] == [f"http://127.0.0.1:{desk.port}/b/senja/"]
        assert desk.ask("/b/senja/feed.ics").body == exported(home)
        assert desk.ask("/").headers["Location"] == "/b/senja/"
        assert desk.ask("/feed.ics").status == 404


# --- the calendar ---------------------------------------------------------------------------------------------------


def test_the_calendar_is_what_an_export_makes_and_a_calendar_program_reads_it(home: Path):
    with served(home) as desk:
        assert desk.told["calendar"] == f"http://127.0.0.1:{desk.port}/feed.ics"
        answer = desk.ask()
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.body == exported(home)
    events = {str(event["summary"]): event for event in Calendar.from_ical(answer.body).walk("VEVENT")}
    assert [str(event["status"]) for event in events.values()] == ["CONFIRMED", "CANCELLED"]
    assert next(iter(events)) == f"X: {SCRIPTS[0]}"


def test_what_was_decided_meanwhile_is_there_the_next_time_one_asks(home: Path):
    with served(home) as desk:
        before = desk.ask()
        assert curator("pick", "00000003", "--at", "2026-12-01 09:00", "--network", "linkedin", "--home", home).returncode == 0
        picked = desk.ask()
        assert curator("skip", "00000003", "--home", home).returncode == 0
        skipped = desk.ask()
    events = Calendar.from_ical(picked.body).walk("VEVENT")
    assert len(events) == 3
    assert SCRIPTS[2] in str(events[-1]["summary"])
    (same,) = [event for event in Calendar.from_ical(skipped.body).walk("VEVENT") if event["uid"] == events[-1]["uid"]]
    assert str(same["status"]) == "CANCELLED"
    assert same["sequence"] > events[-1]["sequence"]
    assert len({before.headers["ETag"], picked.headers["ETag"], skipped.headers["ETag"]}) == 3
    assert skipped.body == exported(home)


@pytest.mark.parametrize("path", ["/reading-list", "/feed.ics"])
def test_who_has_it_already_is_sent_no_bytes(home: Path, path: str):
    with served(home) as desk:
        tag = desk.ask(path).headers["ETag"]
        assert tag[0] == '"'
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            answer = desk.ask(path, If_None_Match=known)
            assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", tag)
        assert desk.ask(path, If_None_Match='"other"').status == 200
        head, whole = desk.ask(path, "HEAD"), desk.ask(path)
    assert head.status == 200
    assert head.body == b""
    assert head.headers["Content-Length"] == str(len(whole.body))
    assert head.headers["Cache-Control"] == "private, no-cache"


def test_asking_changes_nothing_on_the_disk_and_does_not_wait_for_a_writer(home: Path):
    before = on_disk(home)
    with served(home) as desk:
        assert [desk.ask(path).status for path in ("/", "/reading-list", "/feed.ics", "/nothing")] == [200, 200, 200, 404]
        assert on_disk(home) == before
        with open_store("tinydb", home / "library").writing():
            assert desk.ask().status == 200


def test_a_sentence_that_must_be_sought_is_sought_without_keeping_a_vector(home: Path, monkeypatch: pytest.MonkeyPatch):
    def counting(model: str, vectors, words, spaces, reranker, executor) -> embed.EncoderEnsemble:
        return embed.EncoderEnsemble((CachedEncoder("word-counter@1", WordCounter, vectors, dim=256),), spaces)

    monkeypatch.setattr(embed, "open_engine", counting)
    saved = item(99, listed=None)
    text = "Petani kopi menyeduh dan menyangrai sendiri hasil panen espresso mereka tahun ini."
    open_store("tinydb", home / "library").commit(Changes(items=[saved], posts=[placed(saved, "linkedin")], texts={saved.id: text}))
    made = Library(home).publishing.calendar()
    assert b"menyangrai" in made.replace(b"\r\n ", b"")
    assert not (home / "library" / "vectors.db").exists()
    assert made == exported(home)
    assert (home / "library" / "vectors.db").exists()


# --- the list -------------------------------------------------------------------------------------------------------


def test_the_latest_list_is_a_page_that_may_show_its_own_style_and_nothing_else(home: Path):
    with served(home) as desk:
        answer = desk.ask("/reading-list")
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["Content-Security-Policy"] == f"{page.policy()}; frame-ancestors 'none'"
        assert (answer.headers["X-Content-Type-Options"], answer.headers["Referrer-Policy"]) == ("nosniff", "no-referrer")
        assert f'content="{page.policy()}"'.encode() in answer.body
        assert "咖啡農直接銷售，價格更公平".encode() in answer.body
        assert b"feed.xml" not in answer.body
        (home / "brand.toml").write_text(BRAND.replace("Kopi Senja", "Kopi <Pagi>"))
        assert b'<h1 dir="auto">Kopi &lt;Pagi&gt;</h1>' in desk.ask("/reading-list").body


def test_before_the_first_run_the_page_says_what_makes_a_list(tmp_path: Path):
    (tmp_path / "brand.toml").write_text(BRAND)
    (tmp_path / "feeds.opml").write_text('<opml version="2.0"><body/></opml>')
    with served(tmp_path) as desk:
        answer, calendar = desk.ask("/"), desk.ask()
    assert answer.status == 200
    assert b"curator run" in answer.body
    assert Calendar.from_ical(calendar.body).walk("VEVENT") == []
    assert not (tmp_path / "library").exists()


# --- who is answered ------------------------------------------------------------------------------------------------


def test_another_name_another_verb_and_another_path_are_refused_in_one_line(home: Path):
    with served(home) as desk:
        answers = {
            421: [desk.ask(Host=host) for host in ("evil.example", f"evil.example:{desk.port}", "127.0.0.1", f"127.0.0.1:{desk.port}1")],
            405: [
                desk.ask(path, method) for path in ("/", "/feed.ics") for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE")
            ],
            404: [desk.ask(path) for path in ("/feed", "/feed.ics/", "/../brand.toml", "/library/posts.json", "//")],
            200: [desk.ask(Host=f"{host}:{desk.port}") for host in ("localhost", "LOCALHOST", "[::1]")],
        }
    for status, those in answers.items():
        assert {answer.status for answer in those} == {status}
        assert status == 200 or all(answer.body.count(b"\n") == 1 and answer.headers["Cache-Control"] == "no-store" for answer in those)
    assert {answer.headers["Allow"] for answer in answers[405]} == {"GET, HEAD"}


def test_with_a_token_only_who_knows_it_is_answered_and_it_is_told_to_nobody(home: Path):
    with served(home, "--token", "kopi tubruk é") as desk:
        for path in ("/", "/feed.ics", "/nothing", "/feed.ics?token=", "/feed.ics?token=kopi", "/feed.ics?token=%FF%00"):
            assert desk.ask(path).status == 403
        assert desk.ask("/feed.ics?token=kopi%20tubruk%20%C3%A9").body == exported(home)
        assert desk.ask("/feed.ics?token=kopi+tubruk+%C3%A9", Host="evil.example").status == 421
        with socket.create_connection(("127.0.0.1", desk.port)) as line:
            line.sendall(b"GE\x00T /feed.ics?token=tubruk HTTP/1.1\r\nHost: \r\n\r\n")
            assert b" 400 " in line.recv(4096)
        assert desk.ask("/?token=kopi%20tubruk%20%C3%A9").status == 200
        assert "tubruk" not in str(desk.told)
        assert desk.ends() == ""


def test_what_others_reach_must_have_a_token(home: Path):
    done = curator("serve", "--host", "0.0.0.0", "--port", "0", "--home", home)
    assert done.returncode == 2
    assert "--token" in done.stderr
    for host in ("192.0.2.1", "desk.local", "::", "localhost.example", "127.1"):
        with pytest.raises(UsageError):
            listen(ServerAddress(host=host, port=0))


def test_other_machines_are_served_under_any_name_with_the_token_alone(home: Path):
    with served(home, "--host", "0.0.0.0", "--token", "rahasia") as desk:
        for host in ("192.0.2.7", f"desk.local:{desk.port}", f"[fd00::7]:{desk.port}", "behind.a.proxy.example"):
            assert desk.ask("/feed.ics?token=rahasia", Host=host).body == exported(home)
            assert desk.ask("/feed.ics", Host=host).status == 403
        assert desk.told["url"] == f"http://{socket.gethostname()}:{desk.port}/"


def test_on_loopback_the_server_answers_to_names_of_this_machine_alone():
    assert all(HERE.answers_to(host) for host in ("localhost:8600", "127.0.0.1:8600", "[::1]:8600"))
    assert not any(HERE.answers_to(host) for host in ("", "localhost", "::1:8600", "localhost.:8600", "127.0.0.1:8600.evil.example"))
    assert ServerAddress(host="127.0.0.1", port=80).answers_to("LocalHost")
    assert not ServerAddress(host="127.0.0.1", port=8600, token="x").answers_to("evil.example:8600")
    assert ServerAddress(host="fd00::1", port=8600, token="x").url == "http://[fd00::1]:8600/"


@given(st.text(st.characters(codec=None)))
def test_no_other_token_opens_it(token: str):
    assert SECRET.admits(token) is (token == SECRET.token)
    assert HERE.admits(token)


# --- what is wrong --------------------------------------------------------------------------------------------------


def test_a_broken_brand_or_library_is_told_in_one_line_until_it_is_mended(home: Path):
    posts = home / "library" / "posts.json"
    whole = posts.read_bytes()
    with served(home) as desk:
        (home / "brand.toml").write_text(BRAND.replace("about", "abuot"))
        broken = desk.ask()
        (home / "brand.toml").write_text(BRAND)
        posts.write_bytes(whole[:50])
        damaged = desk.ask()
        posts.write_bytes(whole)
        assert desk.ask().body == exported(home)
        told = desk.ends()
    assert (broken.status, damaged.status) == (500, 500)
    assert b"abuot" in broken.body
    assert b"curator doctor --fix" in damaged.body
    assert broken.body.count(b"\n") == damaged.body.count(b"\n") == 1
    assert told == f"error: {broken.body.decode()}error: {damaged.body.decode()}"


@pytest.mark.parametrize(("error", "status"), [(Locked("another command is writing"), 503), (RuntimeError("two\nlines"), 500)])
def test_whatever_goes_wrong_is_an_answer(home: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int):
    def failing(publishing: Publishing) -> bytes:
        raise error

    monkeypatch.setattr(Publishing, "calendar", failing)
    with opened(home) as desk:
        reply = desk.browser().ask("GET", "/feed.ics")
    assert reply.status == status
    assert reply.body.count(b"\n") == 1
    assert desk.failed == [reply.body.decode().rstrip()]


def test_a_port_that_another_program_has_is_told_with_the_next_one(home: Path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = curator("serve", "--port", port, "--home", home)
    assert done.returncode == 1
    assert done.stderr == f"error: another program listens there\nwhere: 127.0.0.1:{port}\nhint:  curator serve --port {port + 1}\n"


def test_an_address_of_another_machine_is_told():
    with pytest.raises(CuratorError, match="cannot listen there"):
        listen(ServerAddress(host="192.0.2.1", port=0, token="x"))
    for host in ("", "é" * 70, "x..y", "\udce9"):
        with pytest.raises(UsageError, match="not a host name"):
            listen(ServerAddress(host=host, port=0, token="x"))


# --- how it starts and ends -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_it_with_open_connections_and_nothing_to_say(home: Path, number: int, code: int):
    with served(home) as desk:
        with closing(http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60)) as line:
            line.request("GET", "/")
            line.getresponse().read()
            assert desk.ends(number) == ""
        assert desk.process.returncode == code


def test_it_says_where_to_look_and_how_to_stop(home: Path):
    command = [sys.executable, "-m", "curator", "serve", "--port", "0", "--token", "rahasia", "--home", str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        lines = [process.stdout.readline() for _ in range(3)]
        process.terminate()
    assert [line.partition("  ")[2].strip() for line in lines[:2]] == ["the desk", "the calendar, to subscribe to"]
    assert "/feed.ics?token=…" in lines[1]
    assert lines[2] == "Ctrl-C ends it\n"
    assert "rahasia" not in "".join(lines)


def test_without_a_brand_it_does_not_start(tmp_path: Path):
    done = curator("serve", "--home", tmp_path)
    assert done.returncode == 1
    assert "curator init" in done.stderr
