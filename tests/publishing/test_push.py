"""Posts on a calendar server: a real one (Radicale), on loopback."""

import base64
import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Alarm, Calendar
from icalendar import Event as VEvent
from msgspec.structs import replace
from support.command import curator
from support.parts import BRAND, NOW, Quiet, Web, desk

from curator import config
from curator.core.brand import CalendarRules
from curator.core.errors import ConfigError, CuratorError, UsageError
from curator.core.item import Item, Source
from curator.core.post import Post
from curator.core.protocols import Changes
from curator.library import Library
from curator.publishing import caldav, push
from curator.publishing.caldav import Account, Event, PushResult
from curator.publishing.caldav.event import ServerEvent, pending_change, vevent
from curator.storage.memory import MemoryStore

ME = Account(user="sari", password="kopi tubruk é")
AT = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)


def event(uid: str = "a1b2c3d4-x", title: str = "Panen arabika", at: datetime = AT, *, sequence: int = 0) -> Event:
    inner = VEvent()
    inner.add("uid", f"{uid}@curator")
    inner.add("dtstamp", NOW)
    inner.add("dtstart", at)
    inner.add("duration", timedelta(minutes=15))
    inner.add("summary", title)
    inner.add("sequence", sequence)
    inner.add("status", "CONFIRMED")
    inner.add("categories", ["x", "education"])
    inner.add("x-curator-network", "x")
    calendar = Calendar()
    calendar.add("prodid", "-//curator//EN")
    calendar.add("version", "2.0")
    calendar.add_component(inner)
    return Event(uid=f"{uid}@curator", body=calendar.to_ical())


def off(uid: str) -> Event:
    return Event(uid=f"{uid}@curator")


class Radicale:
    """A calendar server with one user and one calendar; `ask` speaks to it as that user would by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.root = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.url = f"{self.root}/sari/kopi/"
        (folder / "users").write_text(f"{ME.user}:{ME.password}\n", encoding="utf-8")
        (folder / "config").write_text(
            f"[server]\nhosts = {self.root.removeprefix('http://')}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {folder}/users\n"
            f"htpasswd_encryption = plain\ndelay = 0\n[storage]\nfilesystem_folder = {folder}/collections\n"
            "[logging]\nlevel = error\n",
            encoding="utf-8",
        )

    def __enter__(self) -> "Radicale":
        self._process = subprocess.Popen([sys.executable, "-m", "radicale", "--config", str(self.folder / "config")])
        self._wait()
        return self

    def make(self) -> None:
        """An empty calendar."""
        kind = '<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop><D:displayname>Kalender Kopi'
        self.ask("MKCALENDAR", "", f"{kind}</D:displayname></D:prop></D:set></C:mkcalendar>".encode())

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)

    def _wait(self) -> None:
        while self._process.poll() is None:
            with contextlib.suppress(OSError):
                return socket.create_connection(("127.0.0.1", int(self.root.rpartition(":")[2])), 1).close()
            time.sleep(0.05)
        raise RuntimeError("radicale ended at once")

    def ask(self, method: str, name: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> bytes:
        basic = base64.b64encode(f"{ME.user}:{ME.password}".encode()).decode()
        asked = urllib.request.Request(f"{self.url}{name}", body, {"Authorization": f"Basic {basic}", **(headers or {})}, method=method)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return bytes(answer.read())

    def files(self) -> dict[str, bytes]:
        """Every event of the calendar as it lies on the server's disk."""
        return {path.name: path.read_bytes() for path in (self.folder / "collections/collection-root/sari/kopi").glob("*.ics")}

    def events(self) -> dict[str, VEvent]:
        found = [vevent(body) for body in self.files().values()]
        return {str(e["UID"]): e for e in found if e is not None}

    def push(self, *events: Event, dry_run: bool = False, account: Account = ME, url: str = "") -> PushResult:
        return caldav.push(url or self.url, account, events, Quiet(), dry_run=dry_run)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    with Radicale(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture
def server(running: Radicale) -> Iterator[Radicale]:
    running.make()
    yield running
    running.ask("DELETE", "")


def counts(pushed: PushResult) -> tuple[int, int, int, int]:
    return pushed.count("create"), pushed.count("update"), pushed.count("cancel"), pushed.unchanged


# --- what is done -----------------------------------------------------------------------------------------------


def test_a_first_push_creates_every_event_and_a_second_does_nothing(server):
    first = server.push(event("one"), event("two", "Kopi & teh, senja; “malam” ☕ قهوة กาแฟ 咖啡"))
    before = server.files()
    assert counts(first) == (2, 0, 0, 0)
    assert first.name == "Kalender Kopi"
    assert server.events()["two@curator"]["SUMMARY"] == "Kopi & teh, senja; “malam” ☕ قهوة กาแฟ 咖啡"
    assert counts(server.push(event("one"), event("two", "Kopi & teh, senja; “malam” ☕ قهوة กาแฟ 咖啡"))) == (0, 0, 0, 2)
    assert server.files() == before


def test_only_what_changed_is_sent_again_under_a_higher_sequence(server):
    server.push(event("one"), event("two"))
    before = server.files()
    again = server.push(event("one"), event("two", at=AT + timedelta(hours=3)))
    assert counts(again) == (0, 1, 0, 1)
    changed = server.events()["two@curator"]
    assert changed["DTSTART"].dt == AT + timedelta(hours=3)
    assert changed["SEQUENCE"] == 1
    assert server.files()["one@curator.ics"] == before["one@curator.ics"]
    assert counts(server.push(event("two", at=AT + timedelta(hours=3)))) == (0, 0, 0, 1)


def test_a_cancelled_post_is_cancelled_there_once_and_can_come_back(server):
    server.push(event("one"))
    assert counts(server.push(off("one"))) == (0, 0, 1, 0)
    assert server.events()["one@curator"]["STATUS"] == "CANCELLED"
    assert server.events()["one@curator"]["SEQUENCE"] == 1
    assert counts(server.push(off("one"))) == (0, 0, 0, 0)
    assert counts(server.push(event("one", sequence=2))) == (0, 1, 0, 0)
    assert server.events()["one@curator"]["STATUS"] == "CONFIRMED"
    assert len(server.files()) == 1


def test_what_was_cancelled_before_it_was_ever_pushed_is_not_put_there(server):
    assert counts(server.push(off("one"))) == (0, 0, 0, 0)
    assert server.files() == {}


def test_events_of_others_are_never_touched(server):
    server.ask("PUT", "dentist.ics", event("dentist").body, {"Content-Type": "text/calendar"})
    before = server.files()["dentist.ics"]
    server.push(event("one"))
    server.push(off("one"))
    assert server.files()["dentist.ics"] == before


def test_an_event_that_was_imported_by_hand_under_another_name_is_not_doubled(server):
    server.ask("PUT", "by-hand.ics", event("one").body, {"Content-Type": "text/calendar"})
    assert counts(server.push(event("one"))) == (0, 0, 0, 1)
    assert counts(server.push(event("one", "Judul baru"))) == (0, 1, 0, 0)
    assert list(server.files()) == ["by-hand.ics"]
    assert server.events()["one@curator"]["SUMMARY"] == "Judul baru"


def test_a_reminder_set_in_the_calendar_stays_when_the_event_moves(server):
    server.push(event("one"))
    calendar = Calendar.from_ical(server.files()["one@curator.ics"])
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", "Siapkan foto")
    alarm.add("trigger", timedelta(minutes=-30))
    calendar.walk("VEVENT")[0].add_component(alarm)
    server.ask("PUT", "one@curator.ics", calendar.to_ical(), {"Content-Type": "text/calendar"})
    assert counts(server.push(event("one"))) == (0, 0, 0, 1)
    server.push(event("one", at=AT + timedelta(days=1)))
    assert [a["DESCRIPTION"] for a in server.events()["one@curator"].walk("VALARM")] == ["Siapkan foto"]


def test_a_dry_run_says_what_it_would_do_and_does_nothing(server):
    server.push(event("one"), event("two"))
    before = server.files()
    would = server.push(event("one", "Judul baru"), off("two"), event("three"), dry_run=True)
    assert counts(would) == (1, 1, 1, 0)
    assert [(deed.kind, deed.title) for deed in would.changes] == [
        ("update", "Judul baru"),
        ("create", "Panen arabika"),
        ("cancel", "Panen arabika"),
    ]
    assert server.files() == before


def test_two_pushes_at_once_double_nothing_and_neither_fails(server):
    events = [event(f"e{n}") for n in range(20)]
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: server.push(*events), range(2)))
    assert len(server.files()) == len(server.events()) == 20
    assert all(not deed.failure for pushed in both for deed in pushed.changes)
    assert sum(pushed.count("create") for pushed in both) == 20


def test_among_three_hundred_events_the_few_that_changed_are_found(server):
    events = [event(f"e{n}", at=AT + timedelta(hours=n)) for n in range(300)]
    whole = Calendar.from_ical(events[0].body)
    whole.subcomponents = [found for e in events if (found := vevent(e.body))]
    server.ask("PUT", "", whole.to_ical(), {"Content-Type": "text/calendar"})
    assert counts(server.push(*events)) == (0, 0, 0, 300)
    moved = [event(f"e{n}", at=AT + timedelta(days=n)) for n in range(290, 300)]
    fresh = [event(f"fresh{n}") for n in range(5)]
    assert counts(server.push(*events[:285], *map(off, ("e285", "e286")), *events[287:290], *moved, *fresh)) == (5, 10, 2, 288)
    assert len(server.files()) == 305


def test_a_time_stays_the_same_moment_across_a_change_of_the_clocks(server):
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 10, 24, 9, 0, tzinfo=berlin)
    after = datetime(2026, 10, 26, 9, 0, tzinfo=berlin)
    server.push(event("summer", at=before.astimezone(UTC)), event("winter", at=after.astimezone(UTC)))
    starts = {uid: e["DTSTART"].dt.astimezone(berlin) for uid, e in server.events().items()}
    assert starts == {"summer@curator": before, "winter@curator": after}
    assert {e["DTSTART"].dt.hour for e in server.events().values()} == {7, 8}


def test_the_same_moment_told_in_another_zone_is_no_change(server):
    server.push(event("one", at=AT.astimezone(ZoneInfo("Asia/Jakarta"))))
    assert counts(server.push(event("one", at=AT))) == (0, 0, 0, 1)


@given(title=st.text(max_size=80), hours=st.integers(-10_000, 10_000), sequence=st.integers(0, 5))
def test_an_event_is_never_sent_where_it_stands_already(title, hours, sequence):
    one = event("one", title.replace("\r", ""), AT + timedelta(hours=hours), sequence=sequence)
    first = pending_change(one, None, "https://dav.example.org/kopi/")
    assert first
    assert pending_change(one, ServerEvent(href=first.href, etag='"1"', body=first.body), "https://dav.example.org/kopi/") is None


# --- the posts ----------------------------------------------------------------------------------------------------


def post(item: str = "a1b2c3d4", *, at: datetime | None = AT, **changes: object) -> Post:
    return replace(Post(item=item, network="linkedin", at=at, text="Kopi dari Pangalengan.", changed=NOW), **changes)


def kept(*posts: Post) -> MemoryStore:
    """A library with an item for every post."""
    store = MemoryStore()
    made = [
        Item(id=id_, url=f"https://warta.example/{id_}", title=f"Panen {id_}", source=FEED, published=NOW, found=NOW, status="picked")
        for id_ in sorted({p.item for p in posts})
    ]
    store.commit(Changes(items=tuple(made), posts=posts))
    return store


FEED = Source(title="Warta", feed="https://warta.example/rss")


def test_posts_are_created_moved_called_off_and_left_alone(server):
    store = kept(post("aaaaaaaa"), post("bbbbbbbb"), post("cccccccc"), post("dddddddd", at=None))
    made = desk(Web(), store=store)
    assert counts(push.push(made, server.url, ME, NOW)) == (3, 0, 0, 0)
    later = AT + timedelta(days=1)
    moved = post("bbbbbbbb", at=later, sequence=1, changed=later)
    store.commit(Changes(posts=(moved, post("cccccccc", cancelled=True, sequence=1), post("dddddddd", sequence=1))))
    assert counts(push.push(made, server.url, ME, NOW)) == (1, 1, 1, 1)
    store.commit(Changes(posts=(post("dddddddd", at=None, sequence=2),)))
    assert counts(push.push(made, server.url, ME, NOW)) == (0, 0, 1, 2)
    before = server.files()
    assert counts(push.push(made, server.url, ME, NOW + timedelta(days=3))) == (0, 0, 0, 2)
    assert server.files() == before
    assert [str(e["STATUS"]) for e in sorted(server.events().values(), key=lambda e: str(e["SUMMARY"]))] == [
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
        "CANCELLED",
    ]


def test_the_command_pushes_tells_and_keeps_the_password_to_itself(server, tmp_path):
    config.init(tmp_path)
    with Library.open(tmp_path) as library, library.store.writing():
        source = kept(post(at=AT))
        library.store.commit(Changes(items=tuple(source.items()), posts=tuple(source.posts())))
    env = {"CURATOR_CALDAV_USER": ME.user, "CURATOR_CALDAV_PASSWORD": ME.password}
    would = curator("push", "caldav", "--home", tmp_path, "--url", server.url, "--dry-run", env=env)
    assert would.returncode == 0, would.stderr
    assert "Panen a1b2c3d4" in would.stdout
    assert "nothing was changed" in would.stdout
    assert server.files() == {}
    done = curator("push", "caldav", "--home", tmp_path, "--url", server.url, "--json", env=env)
    told = json.loads(done.stdout)
    assert (told["created"], told["unchanged"], told["failed"], told["events"][0]["kind"]) == (1, 0, 0, "create")
    wrong = curator("push", "caldav", "--home", tmp_path, "--url", server.url, env=env | {"CURATOR_CALDAV_PASSWORD": "salah-besar"})
    assert wrong.returncode == 1
    assert "hint:" in wrong.stderr
    assert "salah-besar" not in wrong.stderr + wrong.stdout
    assert ME.password not in would.stdout + would.stderr + done.stdout + done.stderr


@pytest.mark.parametrize("url", ["https://sari:rahasia@dav.example.org/kopi/", "sari:rahasia@dav.example.org/kopi/"])
def test_a_password_in_an_address_is_refused_and_not_repeated(url, tmp_path):
    with pytest.raises(UsageError, match="CURATOR_CALDAV_PASSWORD") as caught:
        push.calendar_url(BRAND, url)
    assert "rahasia" not in told(caught)
    config.init(tmp_path)
    brand = tmp_path / "brand.toml"
    brand.write_text(brand.read_text(encoding="utf-8").replace("[calendar]", f'[calendar]\ncaldav = "{url}"'), encoding="utf-8")
    with pytest.raises(ConfigError, match="CURATOR_CALDAV_PASSWORD") as caught:
        config.load(tmp_path)
    assert "rahasia" not in told(caught)


def test_the_calendar_is_the_one_that_is_told_else_the_brand_s_else_a_hint_is():
    brand = replace(BRAND, calendar=CalendarRules(caldav="https://dav.example.org/me@example.org/posts/"))
    assert push.calendar_url(brand, "") == "https://dav.example.org/me@example.org/posts/"
    assert push.calendar_url(brand, "https://other.example/posts/") == "https://other.example/posts/"
    with pytest.raises(ConfigError, match="no calendar is named"):
        push.calendar_url(BRAND, "")
    with pytest.raises(UsageError, match="not a web address"):
        push.calendar_url(BRAND, "ftp://other.example/posts/")


def test_a_password_that_the_environment_does_not_say_is_asked_of_the_keyring(monkeypatch):
    ring = ModuleType("keyring")
    ring.get_password = lambda service, user: f"{service}/{user}"
    ring.__spec__ = ModuleSpec("keyring", None)
    monkeypatch.setitem(sys.modules, "keyring", ring)
    assert caldav.account({"CURATOR_CALDAV_USER": "sari"}).password == "curator caldav/sari"
    assert caldav.account({"CURATOR_CALDAV_USER": "sari", "CURATOR_CALDAV_PASSWORD": "x"}).password == "x"
    assert caldav.account({}) == Account()


# --- what goes wrong --------------------------------------------------------------------------------------------


def told(caught: "pytest.ExceptionInfo[CuratorError]") -> str:
    problem = caught.value.problems[0]
    return f"{problem.what}\n{problem.where}\n{problem.hint}"


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (Account(user="sari", password="wrong-secret"), "does not accept this user and password"),
        (Account(), "asks who you are"),
    ],
)
def test_a_wrong_password_is_told_and_never_shown(server, account, words):
    with pytest.raises(CuratorError, match=words) as caught:
        server.push(event(), account=account)
    assert "CURATOR_CALDAV_PASSWORD" in told(caught)
    assert "wrong-secret" not in told(caught) + repr(account)


def test_the_address_of_the_account_is_answered_with_the_addresses_of_its_calendars(server):
    with pytest.raises(CuratorError, match="no calendar at this address") as caught:
        server.push(event(), url=f"{server.root}/sari/")
    assert server.url in told(caught)


def test_an_address_where_nothing_is_and_somebody_else_s_are_told(server):
    with pytest.raises(CuratorError, match="at this address"):
        server.push(event(), url=f"{server.root}/sari/none/")
    with pytest.raises(CuratorError, match="may not read"):
        server.push(event(), url=f"{server.root}/budi/kopi/")


def test_a_server_that_is_down_is_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/kopi/"
        with pytest.raises(CuratorError, match="cannot be reached: nobody answers there"):
            caldav.push(url, ME, [event()], Quiet())


class Odd(BaseHTTPRequestHandler):
    """Answers every ask as `script` says of its method, the last answer again and again; remembers the headers it got."""

    script: dict[str, list[tuple[int, dict[str, str], bytes]]]
    asked: list[dict[str, str]]

    def do_PROPFIND(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append({name.lower(): value for name, value in self.headers.items()})
        answers = self.script[self.command]
        status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_REPORT(self) -> None:
        self.do_PROPFIND()

    def do_PUT(self) -> None:
        self.do_PROPFIND()

    def log_message(self, *_: object) -> None: ...


def calendar_that(*puts: int) -> dict[str, list[tuple[int, dict[str, str], bytes]]]:
    """A calendar without events that answers PUTs so."""
    kind = "<D:resourcetype><C:calendar/></D:resourcetype>"
    stat = f"<D:propstat><D:prop>{kind}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
    head = '<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
    found = f"{head}<D:response><D:href>/kopi/</D:href>{stat}</D:response></D:multistatus>"
    none = f"{head}</D:multistatus>"
    return {"PROPFIND": [(207, {}, found.encode())], "REPORT": [(207, {}, none.encode())], "PUT": [(status, {}, b"") for status in puts]}


@pytest.fixture
def odd() -> Iterator[str]:
    Odd.asked = []
    with HTTPServer(("127.0.0.1", 0), Odd) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/kopi/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "headers", "body", "words"),
    [
        (302, {"Location": "https://evil.example/kopi/"}, b"", "sends on to https://evil.example/kopi/"),
        (200, {"Content-Type": "text/html"}, b"<html>", "answered 200"),
        (207, {}, b"<html>broken", "answer cannot be read"),
        (207, {}, b'<D:multistatus xmlns:D="DAV:"/>', "no calendar at this address"),
        (503, {}, b"", "not available now"),
        (404, {}, b"", "nothing at this address"),
    ],
)
def test_an_odd_answer_is_told_in_plain_words_and_no_password_goes_out(odd, status, headers, body, words):
    Odd.script = {"PROPFIND": [(status, headers, body)]}
    with pytest.raises(CuratorError, match=words):
        caldav.push(odd, ME, [event()], Quiet())
    assert all("authorization" not in asked for asked in Odd.asked)


def test_a_server_that_offers_digest_never_sees_the_password(odd):
    challenge = {"WWW-Authenticate": 'Digest realm="dav", nonce="abc", qop="auth", algorithm=SHA-256'}
    Odd.script = {"PROPFIND": [(401, challenge, b"")]}
    with pytest.raises(CuratorError, match="does not accept"):
        caldav.push(odd, ME, [event()], Quiet())
    sent = [asked["authorization"] for asked in Odd.asked if "authorization" in asked]
    assert sent
    assert all(value.startswith("Digest ") for value in sent)


def test_entities_of_a_hostile_answer_are_not_read(odd, tmp_path):
    (tmp_path / "secret").write_text("rahasia")
    dtd = f'<!DOCTYPE m [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
    body = f'{dtd}<D:multistatus xmlns:D="DAV:"><D:response><D:href>&x;</D:href></D:response></D:multistatus>'
    Odd.script = {"PROPFIND": [(207, {}, body.encode())]}
    with pytest.raises(CuratorError) as caught:
        caldav.push(odd, ME, [event()], Quiet())
    assert "rahasia" not in told(caught)


def test_a_calendar_that_takes_nothing_is_told_as_one_thing(odd):
    Odd.script = calendar_that(403)
    with pytest.raises(CuratorError, match=r"took none of the changes: .* read-only"):
        caldav.push(odd, ME, [event("one"), event("two")], Quiet())


def test_what_the_server_does_not_take_is_told_and_the_rest_goes_on(odd):
    Odd.script = calendar_that(507, 201)
    pushed = caldav.push(odd, ME, [event("one"), event("two"), event("three")], Quiet())
    assert (pushed.count("create"), pushed.failed) == (2, 1)
    assert [deed.failure for deed in pushed.changes if deed.failure] == ["the server has no space left"]


def test_a_server_that_tells_the_end_for_the_length_has_said_the_same():
    one = event("one")
    there = Calendar.from_ical(one.body)
    inner = there.walk("VEVENT")[0]
    inner.pop("DURATION")
    inner.add("dtend", AT + timedelta(minutes=15))
    assert pending_change(one, ServerEvent(href="/one.ics", etag='"1"', body=there.to_ical()), "https://dav.example.org/kopi/") is None
