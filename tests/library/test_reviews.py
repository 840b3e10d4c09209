"""Links and files for reviewers: what they open, how long, and what is taken in of what comes back."""

import json
import stat
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from threading import Thread

import pytest
from support.command import curator
from support.day import BRAND, FIRST, NOW, SECOND, made

from curator.core.errors import CuratorError, StoreError, UsageError
from curator.core.review import PostAnswer, ReviewVerdict
from curator.library import Library

DAY, WEEK = timedelta(days=1), timedelta(days=7)
TODAY = NOW.date()
SPAN = TODAY, TODAY + WEEK


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A brand with two posts within the week, and one after it."""
    made(tmp_path, BRAND.replace("[calendar]", '[calendar]\napproval = "require"'))
    desk = Library.open(tmp_path)
    desk.decisions.pick(FIRST, at=NOW + 2 * DAY, networks=["x", "linkedin"])
    desk.decisions.pick(SECOND, at=NOW + 20 * DAY)
    return tmp_path


def came_back(home: Path, **changes: object) -> bytes:
    """The answers to a file, as its page gives them back: everything is approved."""
    desk = Library.open(home)
    review, token = desk.reviews.file(*SPAN, WEEK)
    posts = [{"post": each.post, "verdict": "approve", "text": each.fingerprint, "comment": ""} for each in desk.reviews.posts(review)]
    return json.dumps({"token": token, "name": "Rina", "answers": posts} | changes).encode()


def test_a_link_shows_the_posts_of_its_days_alone(home: Path):
    desk = Library.open(home)
    review, token = desk.reviews.link(*SPAN, WEEK)
    assert desk.reviews.opened(token) == review
    assert [each.post for each in desk.reviews.posts(review)] == [f"{FIRST}-linkedin", f"{FIRST}-x"]
    desk.decisions.skip(FIRST)
    assert desk.reviews.posts(review) == []


def test_the_token_is_kept_nowhere_and_the_file_is_for_its_owner_alone(home: Path):
    _, token = Library.open(home).reviews.link(*SPAN, WEEK)
    assert len(token) >= 43
    for path in (each for each in home.rglob("*") if each.is_file()):
        assert token.encode() not in path.read_bytes(), path
    assert stat.S_IMODE((home / "library" / "reviews.json").stat().st_mode) == 0o600


def test_an_export_of_the_library_holds_the_answers_and_no_links(home: Path):
    desk = Library.open(home)
    review, _ = desk.reviews.link(*SPAN, WEEK)
    desk.reviews.take_in(came_back(home))
    exported = b"".join(desk.publishing.export("json").chunks())
    assert review.hash.encode() not in exported
    assert b'"by":"Rina"' in exported


def test_a_link_ends_when_it_expires_or_is_revoked_and_the_others_stay(home: Path):
    reviews = Library.open(home).reviews
    (short, one), (_, other) = reviews.link(*SPAN, DAY, now=NOW), reviews.link(*SPAN, WEEK, now=NOW)
    assert reviews.opened(one, now=NOW + DAY) is None
    assert reviews.opened(one, now=NOW) == short
    reviews.revoke(short.id)
    assert reviews.opened(one, now=NOW) is None
    assert reviews.opened(other, now=NOW) is not None
    for wrong in ("", "x", other[:-1], f"{other} ", "é\ud800", short.hash):
        assert reviews.opened(wrong, now=NOW) is None
    reviews.link(*SPAN, WEEK, now=NOW + 2 * WEEK)
    assert len(reviews.all()) == 1, "the expired ones are forgotten"


@pytest.mark.parametrize(("first", "last", "lasting"), [(1, 0, DAY), (0, 1, -DAY), (0, 1, timedelta(0)), (0, 1, 91 * DAY)])
def test_days_and_times_that_make_no_sense_are_refused(home: Path, first: int, last: int, lasting: timedelta):
    with pytest.raises(UsageError):
        Library.open(home).reviews.link(date(2026, 1, 1 + first), date(2026, 1, 1 + last), lasting)


def test_a_file_of_days_without_a_post_is_not_made(home: Path):
    with pytest.raises(CuratorError, match="no post is planned"):
        Library.open(home).reviews.file(TODAY + 9 * DAY, TODAY + 10 * DAY, WEEK)


def test_a_damaged_file_of_reviews_is_named_and_kept(home: Path):
    kept = home / "library" / "reviews.json"
    kept.write_bytes(b"[{\xff")
    with pytest.raises(StoreError, match=r"reviews\.json is damaged"):
        Library.open(home).reviews.link(*SPAN, WEEK)
    assert kept.read_bytes() == b"[{\xff"


def test_answers_come_back_out_of_a_mail_whose_lines_were_broken(home: Path):
    sent = came_back(home).decode().replace('"Rina"', '"Rina dan Bu Sri"').replace(" dan", "\r\ndan")
    done = Library.open(home).reviews.take_in(f"Halo, ini jawabannya:\r\n\r\n{sent}\r\n\r\nSalam\r\n".encode())
    assert (done.by, len(done.kept), done.left) == ("Rina dan Bu Sri", 2, ())
    assert Library.open(home).publishing.export("csv", until=SPAN[1]).unapproved == ""


def test_a_post_that_was_moved_out_of_the_week_is_answered_all_the_same(home: Path):
    sent = came_back(home)
    Library.open(home).calendar.move(f"{FIRST}-x", NOW + 30 * DAY)
    assert len(Library.open(home).reviews.take_in(sent).kept) == 2


def test_answers_to_other_posts_or_to_other_texts_are_left_out(home: Path):
    other = {"post": f"{SECOND}-x", "verdict": "approve", "text": "0" * 32}
    forged = {"post": f"{FIRST}-x", "verdict": "approve", "text": "0" * 32}
    done = Library.open(home).reviews.take_in(came_back(home, answers=[other, forged]))
    assert done.kept == ()
    assert [each.where for each in done.left] == [f"{SECOND}-x", f"{FIRST}-x"]


def test_two_reviewers_and_the_owner_at_once_lose_nothing_and_approve_only_what_they_saw(home: Path):
    review, _ = Library.open(home).reviews.link(*SPAN, WEEK)

    def reviewer(name: str) -> None:
        desk = Library.open(home)
        for n in range(8):
            for each in desk.reviews.posts(review):
                verdict: ReviewVerdict = "approve" if n % 2 else "change"
                desk.reviews.answer(review, name, [PostAnswer(post=each.post, verdict=verdict, text=each.fingerprint, comment=f"{n}")])

    def owner() -> None:
        for n in range(8):
            Library.open(home).drafts.write(FIRST, f"Draft {n}", "x")

    threads = [Thread(target=reviewer, args=(name,)) for name in ("Rina", "Budi")] + [Thread(target=owner)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    decisions = Library.open(home).store.decisions()
    assert len({each.number for each in decisions}) == len(decisions)
    said = [each.answer.by for each in decisions if each.answer and each.answer.network == "linkedin"]
    assert Counter(said) == {"Rina": 8, "Budi": 8}
    assert sum(each.verdict == "text" for each in decisions) == 8
    approved = [each for each in Library.open(home).reviews.posts(review) if each.approval and each.approval.approved]
    assert all(each.approval and each.said[-1].answer and each.fingerprint == each.said[-1].answer.text for each in approved)


HOSTILE = (
    b"",
    b"{",
    b"}{",
    b"\xff\xfe{}",
    b"null",
    b"{}",
    b'{"token": 1}',
    b"[" * 200_000 + b"{}",
    b'{"token":' + b'{"a":' * 50_000 + b"}",
    b"{" + b" " * 300_000 + b"}",
)


@pytest.mark.parametrize("sent", HOSTILE, ids=range(len(HOSTILE)))
def test_what_holds_no_answers_is_refused_in_words(home: Path, sent: bytes):
    with pytest.raises(UsageError):
        Library.open(home).reviews.take_in(sent)


@pytest.mark.parametrize(
    "changes", [{"answers": [{"post": 1}]}, {"answers": [{"post": "x", "verdict": "pick", "text": ""}]}, {"more": 1}, {"name": ""}]
)
def test_answers_of_another_shape_or_without_a_name_are_refused_as_a_whole(home: Path, changes: dict[str, object]):
    before = Library.open(home).store.decisions()
    with pytest.raises(UsageError):
        Library.open(home).reviews.take_in(came_back(home, **changes))
    assert Library.open(home).store.decisions() == before


def test_answers_to_a_file_that_was_revoked_or_is_another_brands_are_refused(home: Path, tmp_path_factory: pytest.TempPathFactory):
    sent = came_back(home)
    with pytest.raises(CuratorError, match="belong to no file"):
        Library.open(made(tmp_path_factory.mktemp("other"))).reviews.take_in(sent)
    Library.open(home).reviews.revoke(Library.open(home).reviews.all()[0].id)
    with pytest.raises(CuratorError, match="belong to no file"):
        Library.open(home).reviews.take_in(sent)


def test_the_terminal_takes_answers_in_shows_them_and_takes_them_back(home: Path, tmp_path: Path):
    sent = tmp_path / "answers.json"
    sent.write_bytes(came_back(home))
    assert curator("export", "csv", "--home", home).returncode == 1
    done = curator("plan", "--answers", sent, "--home", home)
    assert (done.returncode, f"{FIRST}-x · approved by Rina" in done.stdout) == (0, True)
    assert "x: approved by Rina" in curator("plan", "--home", home).stdout
    document = json.loads(curator("plan", "--home", home, "--json").stdout)
    assert {each["approval"]["by"] for each in document["slots"] if each["item"] == FIRST} == {"Rina"}
    again = json.loads(curator("plan", "--answers", sent, "--home", home, "--json").stdout)
    assert again == {"by": "Rina", "answers": [], "left_out": []}
    assert curator("undo", "--home", home).returncode == 0
    assert "approved by" not in curator("plan", "--home", home).stdout
