"""Channels on loopback: a mail server and a webhook, and how their answers are told apart."""

import logging
import socket
import threading
import time
from pathlib import Path

import pytest
from support.receivers import mail_server, webhook

from curator.core.errors import ConfigError
from curator.core.notice import Channel, Message
from curator.publishing.notify import channels as module
from curator.publishing.notify.channels import channels

MESSAGE = Message(
    id="abc-1", title="Kopi Senja: 2 penyebutan ☕", text="Panen kopi — “awal”\n.\nselesai", html="<p>Panen <b>kopi</b> ☕</p>"
)
SECRETS = ("sandi", "rahasia", "pengguna:")


def only(address: str) -> Channel:
    (channel,) = channels("env:X", {"X": address})
    return channel


def test_a_mail_is_html_with_text_beside_it_and_reads_in_any_program() -> None:
    with mail_server() as box:
        assert only(box.url("sri@kopisenja.example")).send(MESSAGE).delivered
    (mail,) = box.mails
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    text, html = (part.get_content() for part in mail.iter_parts())
    assert (text.splitlines(), html.strip()) == (MESSAGE.text.splitlines(), MESSAGE.html)
    assert (mail["Subject"], mail["To"], mail["Message-ID"]) == (MESSAGE.title, "sri@kopisenja.example", "<abc-1@kopisenja.example>")
    assert "meja@kopisenja.example" in mail["From"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"]


def test_every_target_of_a_mail_is_a_receiver_with_a_result_of_its_own_and_copies_go_once() -> None:
    with mail_server() as box:
        found = channels("env:X", {"X": box.url("sri@kopi.example", "ayu@kopi.example", cc="arsip@kopi.example")})
        assert len({each.name for each in found}) == len(found) == 2
        assert all(each.send(MESSAGE).delivered for each in found)
    assert sorted(map(sorted, box.to)) == [["arsip@kopi.example", "sri@kopi.example"], ["ayu@kopi.example"]]


def test_a_webhook_gets_the_text_and_the_id_of_the_message() -> None:
    with webhook() as hook:
        channel = only(hook.url)
        name = channel.name
        assert channel.send(MESSAGE).delivered
        assert channel.send(MESSAGE).delivered
        assert channel.name == name == only(hook.url).name
    assert (hook.bodies[0]["title"], hook.bodies[0]["message"]) == (MESSAGE.title, MESSAGE.text)
    assert hook.keys == ["abc-1", "abc-1"]


def test_what_was_not_reached_and_what_was_refused_is_sent_again_and_a_lost_answer_is_told_apart() -> None:
    with webhook() as hook:
        hook.status = 503
        refused = only(hook.url).send(MESSAGE)
        hook.status = 0
        lost = only(hook.url).send(MESSAGE)
    gone = only(hook.url).send(MESSAGE)
    assert [(each.delivered, each.unsure) for each in (refused, lost, gone)] == [(False, False), (False, True), (False, False)]
    assert "503" in refused.reason
    assert gone.reason == "the server cannot be reached"
    assert len(hook.bodies) == 2
    assert not [secret for secret in SECRETS for each in (refused, lost, gone) if secret in each.reason]


def test_a_server_that_takes_the_message_and_says_nothing_leaves_its_arrival_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.5)
    with webhook() as hook:
        hook.delay = 5.0
        begun = time.monotonic()
        answer = only(hook.url).send(MESSAGE)
    assert (answer.delivered, answer.unsure) == (False, True)
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize(("answer", "unsure"), [("554 no thanks", False), ("451 later", False), ("", True)])
def test_a_mail_that_is_refused_is_told_apart_from_one_whose_answer_was_lost(answer: str, unsure: bool) -> None:
    with mail_server() as box:
        box.answer = answer
        done = only(box.url("sri@kopi.example")).send(MESSAGE)
    assert (done.delivered, done.unsure) == (False, unsure)
    assert unsure or answer in done.reason.replace(": ", " ")


def test_a_mail_server_that_is_away_was_not_reached() -> None:
    with mail_server() as box:
        channel = only(box.url("sri@kopi.example"))
    done = channel.send(MESSAGE)
    assert (done.delivered, done.unsure, done.reason) == (False, False, "the server cannot be reached")


def test_a_server_that_is_no_mail_server_is_no_crash() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        silent.settimeout(5)

        def chat() -> None:
            caller, _ = silent.accept()
            caller.sendall(b"\x00\xff<html>\r\n" * 5)
            caller.close()

        talker = threading.Thread(target=chat)
        talker.start()
        done = only(f"mailto://127.0.0.1:{silent.getsockname()[1]}/sri@kopi.example?from=meja@kopi.example").send(MESSAGE)
        talker.join(5)
    assert not done.delivered


ADDRESSES = {
    "json": "json://pengguna:sandi@kait.example/rahasia?-kunci=rahasia",
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7rahasia/#kedai",
    "telegram": "tgram://123456789:abcdefg_hijklmnop_rahasia_sandi12/12315544",
    "discord": "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_rahasia",
    "matrix": "matrixs://pengguna:sandi@matrix.example/#kedai",
    "ntfy": "ntfys://pengguna:sandi@ntfy.example/kedai",
    "mail": "mailtos://pengguna:sandi@kopi.example?to=sri@kopi.example",
}


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_no_address_shows_its_secrets(address: str) -> None:
    channel = only(address)
    assert not [secret for secret in ("rahasia", "sandi") if secret in channel.address]
    assert channel.limit >= 1000
    assert len(channel.name) == 8


def test_a_name_stays_when_the_password_changes_and_not_when_the_receiver_does() -> None:
    old, new, other = (
        only(f"mailto://u:{p}@kopi.example?to={to}@kopi.example") for p, to in (("satu", "sri"), ("dua", "sri"), ("dua", "ayu"))
    )
    assert old.name == new.name
    assert new.name != other.name


@pytest.mark.parametrize("address", ["", "   ", "gopher://rahasia@x", "rahasia", "json://", "mailto://", "tgram://rahasia"])
def test_an_address_that_cannot_be_used_is_told_without_repeating_it(address: str) -> None:
    with pytest.raises(ConfigError) as told:
        channels("env:CURATOR_NOTIFY", {"CURATOR_NOTIFY": address})
    (problem,) = told.value.problems
    assert "env:CURATOR_NOTIFY" in problem.what
    assert "rahasia" not in f"{problem}"


def test_one_variable_may_hold_several_addresses() -> None:
    assert len(channels("env:X", {"X": "json://a.example\n json://b.example"})) == 2


def test_apprise_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with webhook() as hook:
        hook.status = 500
        only(hook.url).send(MESSAGE)
    logging.getLogger("apprise").warning("rahasia")
    assert capfd.readouterr() == ("", "")


def test_an_address_may_lie_in_the_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="needs the package keyring"):
        channels("keyring:kait", {})
    kept = "def get_password(service, user):\n    return 'json://kait.example' if (service, user) == ('curator notify', 'kait') else None\n"
    (tmp_path / "keyring.py").write_text(kept)
    monkeypatch.syspath_prepend(tmp_path)
    assert [each.address for each in channels("keyring:kait", {})] == ["json://kait.example"]
    with pytest.raises(ConfigError, match="keyring:lain holds no address"):
        channels("keyring:lain", {})
