"""Notifications from the outside: what a person types, and what then reaches a webhook and a mailbox on loopback."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.console import Console
from support.command import curator
from support.parts import BRAND
from support.receivers import mail_server, webhook
from support.server import Site

from curator.cli.render import notify as render
from curator.core.brand import Brand, NotifyRules
from curator.core.notice import Notice
from curator.storage import open_store

TOML = """[brand]
name = "Senja"
timezone = "Asia/Jakarta"
[[topics]]
name = "Kopi"
about = "kopi"
[[watch]]
name = "Kami"
query = '"kopi senja"'
notify = "now"
[notify]
urls = ["env:KAIT", "env:SURAT"]
[fetch]
allow = ["{allow}"]
"""
FIRST = "<item><title>Kopi Senja buka di Bogor</title><link>https://warta.example/1</link></item>"
SECOND = "<item><title>Antrean Kopi Senja &amp; teman</title><link>https://warta.example/2</link></item>"


def rss(*entries: str) -> str:
    return f"<rss version='2.0'><channel><title>Warta</title><link>https://warta.example</link>{''.join(entries)}</channel></rss>"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def brand(home: Path, site: Site) -> None:
    (home / "feeds.opml").write_text(
        f'<opml version="2.0"><body><outline type="rss" text="Warta" xmlUrl="{site.url("/f")}"/></body></opml>'
    )
    (home / "brand.toml").write_text(TOML.format(allow=site.allow))


def test_an_hourly_fetch_tells_a_mention_on_every_channel_once(home: Path) -> None:
    with Site() as site, webhook() as hook, mail_server() as box:
        brand(home, site)
        env = {"KAIT": hook.url, "SURAT": box.url("sri@senja.example")}
        site.serves("/f", rss(FIRST))
        for _ in range(2):
            done = curator("fetch", "--all", "--home", home, env=env)
            assert done.returncode == 0, done.stderr
        site.serves("/f", rss(SECOND, FIRST))
        assert curator("fetch", "--all", "--home", home, env=env).returncode == 0
    assert [body["title"] for body in hook.bodies] == ["Senja: 1 mention"] * 2
    assert "Kopi Senja buka di Bogor" in hook.bodies[0]["message"]
    assert "Antrean Kopi Senja & teman" in hook.bodies[1]["message"]
    assert "Bogor" not in hook.bodies[1]["message"]
    assert [mail["Subject"] for mail in box.mails] == ["Senja: 1 mention"] * 2


def test_a_channel_that_is_away_does_not_hurt_the_fetch_and_gets_everything_when_it_is_back(home: Path) -> None:
    with Site() as site, webhook() as hook:
        brand(home, site)
        env = {"KAIT": hook.url}  # the mailbox has no address yet
        hook.status = 503
        site.serves("/f", rss(FIRST))
        done = curator("fetch", "--all", "--home", home, env=env)
        assert done.returncode == 0
        assert "503" in done.stderr
        assert "env:SURAT holds no address" in done.stderr
        shown = curator("notify", "--pending", "--home", home, env=env)
        assert shown.stdout.count("Kami: Kopi Senja buka di Bogor") == 2
        hook.status = 200
        again = curator("notify", "--retry", "--home", home, "--json", env=env)
        assert again.returncode == 1
        assert sorted(each["state"] for each in json.loads(again.stdout)["notices"]) == ["failed", "sent"]
        with mail_server() as box:
            done = curator("notify", "--retry", "--home", home, env=env | {"SURAT": box.url("sri@senja.example")})
            assert done.returncode == 0, done.stdout
        assert len(box.mails) == 1
    assert len(hook.bodies) == 2
    printed = done.stdout + done.stderr + shown.stdout + shown.stderr + again.stdout + again.stderr
    kept = "".join(path.read_text() for path in (home / "library").glob("outbox.json*"))
    assert [secret for secret in ("rahasia", "sandi") if secret in printed + kept] == []
    assert "nothing waits to be told" in curator("notify", "--home", home).stdout


def test_the_channels_are_tried_without_a_word_of_their_secrets(home: Path) -> None:
    with Site() as site, webhook() as hook, mail_server() as box:
        brand(home, site)
        env = {"KAIT": hook.url, "SURAT": box.url("sri@senja.example")}
        done = curator("notify", "--test", "--home", home, env=env)
        assert done.returncode == 0, done.stderr
        assert "mailto:sri@senja.example" in done.stdout
        hook.status = 401
        failed = curator("notify", "--test", "--home", home, "--json", env=env)
    assert failed.returncode == 1
    assert [each["ok"] for each in json.loads(failed.stdout)["channels"]] == [False, True]
    assert "rahasia" not in done.stdout + done.stderr + failed.stdout + failed.stderr
    assert box.mails[0]["Subject"] == "Senja: test"
    assert not (home / "library" / "outbox.json").exists()


def test_the_daily_run_mails_its_list_once_as_html_with_text_beside_it(day) -> None:
    toml = day.home / "brand.toml"
    toml.write_text(toml.read_text() + '\n[notify]\nurls = ["env:SURAT"]\n')
    with mail_server() as box:
        for _ in range(2):
            done = curator("run", "--no-fetch", "--home", day.home, env={"SURAT": box.url("sri@senja.example")})
            assert done.returncode == 0, done.stderr
    (mail,) = box.mails
    text, html = (part.get_content() for part in mail.iter_parts())
    first = open_store("tinydb", day.home / "library").report().items[0].title
    assert first in text
    assert "<ol" in html
    assert mail["Subject"].startswith("Kopi Senja: ")


def test_without_channels_nothing_is_loaded_written_or_sent(home: Path) -> None:
    with Site() as site:
        brand(home, site)
        (home / "brand.toml").write_text(TOML.format(allow=site.allow).replace('urls = ["env:KAIT", "env:SURAT"]', "urls = []"))
        site.serves("/f", rss(FIRST))
        assert curator("fetch", "--home", home).returncode == 0
    assert not (home / "library" / "outbox.json").exists()
    assert "no channel is named" in curator("notify", "--home", home).stdout
    refused = curator("notify", "--test", "--home", home)
    assert refused.returncode == 1
    assert "notify.urls" in refused.stderr


def test_three_commands_at_once_are_a_usage_error(home: Path) -> None:
    assert curator("notify", "--test", "--retry", "--home", home).returncode == 2


def test_feeds_that_all_fail_are_told_too_and_the_doctor_says_what_could_not_be_told(home: Path) -> None:
    with Site() as site, webhook() as hook:
        brand(home, site)
        (home / "brand.toml").write_text((home / "brand.toml").read_text().replace(', "env:SURAT"', ""))
        site.serves("/f", status=410)
        hook.status = 500
        assert curator("fetch", "--all", "--home", home, env={"KAIT": hook.url}).returncode == 3
        found = curator("doctor", "--home", home, env={"KAIT": hook.url})
        assert "notices that could not be told: 1" in found.stdout
        hook.status = 200
        assert curator("notify", "--retry", "--home", home, env={"KAIT": hook.url}).returncode == 0
    assert "no longer answers" in hook.bodies[-1]["message"]


def test_what_waits_is_told_by_channel_with_the_hour_at_which_it_may_go_out() -> None:
    now = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    night = replace(BRAND, timezone="Asia/Jakarta", notify=NotifyRules(urls=("env:CHAT",), quiet="22:00-07:00"))
    some = [notice(1, now), notice(2, now), replace(notice(3, now), state="failed", reason="no answer"), replace(notice(4, now), due=None)]
    lines = shown(some, night, now)
    assert lines[0] == "failed on env:CHAT: from Tuesday 24 November 2026, 07:00 on"
    assert lines[1:3] == ["no answer", "Kami: Kabar 3"]
    assert lines[3] == "waits on env:CHAT: from Tuesday 24 November 2026, 07:00 on"
    assert lines[4:6] == ["Kami: Kabar 1", "Kami: Kabar 2"]
    assert lines[6].startswith("waits on env:CHAT: it may have been received")
    assert shown(some[:1], BRAND, now)[0] == "waits on env:CHAT: with the next curator fetch or run"
    assert shown([], BRAND, now) == ["nothing waits"]


def notice(n: int, due: datetime) -> Notice:
    return Notice(id=f"{n}", channel="env:CHAT", kind="mention", about=f"{n}", made=due, due=due, watch="Kami", title=f"Kabar {n}")


def shown(notices: list[Notice], brand: Brand, now: datetime) -> list[str]:
    console = Console(width=100, record=True)
    render.show_notices(notices, brand, now, console, "nothing waits")
    return [row.strip() for row in console.export_text().splitlines() if row.strip()]
