"""What a client or boss says of posts: it is kept with a name, holds for the text that was shown, and can be taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from support.parts import BRAND, NOW, Web, desk
from support.posts import item

from curator.core.brand import CalendarRules
from curator.core.context import Context
from curator.core.errors import UsageError
from curator.core.protocols import Changes
from curator.core.review import PostAnswer, ReviewVerdict
from curator.planning import decisions, drafts, plan
from curator.planning.answers import Answered, ReviewPost, answer, planned, sheet
from curator.planning.approval import Approval, approvals, unapproved

AT = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ITEM = item(1)
POST = f"{ITEM.id}-x"
RULES = CalendarRules(networks=("x", "linkedin"), slots=("Fri 09:00",), approval="warn")


@pytest.fixture
def of() -> Context:
    """A library with one item that is planned on X."""
    made = desk(Web(), brand=replace(BRAND, calendar=RULES))
    made.store.commit(Changes(items=(ITEM,), texts={ITEM.id: "Petani kopi menyeduh hasil panen mereka tahun ini."}))
    decisions.pick(made, [ITEM.id], NOW, at=AT, networks=["x"])
    return made


def shown(of: Context) -> ReviewPost:
    (found,) = sheet(of, planned(of, AT.date(), AT.date(), NOW), NOW)
    return found


def say(
    of: Context, verdict: ReviewVerdict, comment: str = "", *, by: str = "Rina", seen: str = "", post: str = POST, n: int = 1
) -> Answered:
    given = PostAnswer(post=post, verdict=verdict, text=seen or shown(of).fingerprint, comment=comment)
    return answer(of, [POST], by, [given], NOW + n * MINUTE)


def state(of: Context) -> Approval | None:
    return approvals(of.store.posts(), of.store.decisions()).get(POST)


def test_an_approved_text_is_the_one_that_goes_out_and_is_kept_with_name_and_time(of: Context) -> None:
    text = shown(of).text
    assert unapproved(of.store.posts(), of.store.decisions()) != []
    (kept,) = say(of, "approve", "Bagus! ☕\nทำต่อ", by="  Rina\n Dewi ").kept
    assert state(of) == Approval(verdict="approve", by="Rina Dewi", at=NOW + MINUTE, comment="Bagus! ☕\nทำต่อ")
    assert (kept.item, kept.verdict) == (ITEM.id, "approve")
    assert drafts.drafts(of, ITEM.id, NOW)[0].text == of.store.posts()[0].text == text
    assert unapproved(of.store.posts(), of.store.decisions()) == []


def test_another_text_makes_an_approval_void_and_the_approved_one_makes_it_good_again(of: Context) -> None:
    text = shown(of).text
    say(of, "approve")
    drafts.write(of, ITEM.id, "Lain.", NOW + 2 * MINUTE, network="x")
    assert (found := state(of))
    assert not found.stands
    assert not found.approved
    drafts.write(of, ITEM.id, text, NOW + 3 * MINUTE, network="x")
    assert (found := state(of))
    assert found.approved


def test_a_moved_post_stays_approved(of: Context) -> None:
    say(of, "approve")
    decisions.pick(of, [ITEM.id], NOW + 2 * MINUTE, at=AT + timedelta(days=1))
    assert (found := state(of))
    assert found.approved


def test_a_wish_for_a_change_holds_until_the_text_is_written_anew(of: Context) -> None:
    say(of, "change", "Tanpa emoji, tolong")
    assert state(of) == Approval(verdict="change", by="Rina", at=NOW + MINUTE, comment="Tanpa emoji, tolong")
    drafts.write(of, ITEM.id, "Tanpa emoji.", NOW + 2 * MINUTE, network="x")
    assert (found := state(of))
    assert not found.stands
    say(of, "approve", n=3)
    assert (found := state(of))
    assert found.approved


def test_a_comment_says_nothing_of_approval(of: Context) -> None:
    say(of, "approve")
    say(of, "comment", "Tanggalnya sudah benar?", n=2)
    assert (found := state(of))
    assert found.approved
    assert [each.verdict for each in shown(of).said] == ["approve", "comment"]


def test_the_last_word_counts_whoever_says_it(of: Context) -> None:
    say(of, "approve", by="Rina")
    say(of, "change", by="Bos", n=2)
    assert (found := state(of))
    assert (found.verdict, found.by) == ("change", "Bos")


def test_undo_takes_an_answer_back_with_the_text_that_it_kept(of: Context) -> None:
    before = of.store.posts()[0]
    say(of, "change", by="Bos")
    say(of, "approve", n=2)
    decisions.undo(of, NOW + 3 * MINUTE)
    assert (found := state(of))
    assert found.by == "Bos"
    assert of.store.posts()[0].text == before.text == ""
    assert not of.store.posts()[0].cancelled
    decisions.undo(of, NOW + 4 * MINUTE)
    assert state(of) is None


def test_the_answers_of_one_sheet_are_one_command(of: Context) -> None:
    decisions.pick(of, [ITEM.id], NOW, at=AT, networks=["linkedin"])
    posts = sheet(of, planned(of, AT.date(), AT.date(), NOW), NOW)
    given = [PostAnswer(post=each.post, verdict="approve", text=each.fingerprint) for each in posts]
    assert len(answer(of, [each.post for each in posts], "Rina", given, NOW + MINUTE).kept) == 2
    decisions.undo(of, NOW + 2 * MINUTE)
    assert [(post.text, post.cancelled) for post in of.store.posts()] == [("", False), ("", False)]
    assert [each.verdict for each in of.store.decisions()] == ["pick", "pick"]


def test_the_same_answer_that_comes_twice_is_kept_once_and_a_changed_mind_is_kept(of: Context) -> None:
    first = shown(of).fingerprint
    for n, (verdict, kept) in enumerate((("approve", 1), ("approve", 0), ("change", 1), ("approve", 1)), 1):
        assert len(say(of, verdict, seen=first, n=n).kept) == kept


def test_a_text_that_was_changed_after_it_was_shown_is_not_approved_but_a_comment_on_it_is_kept(of: Context) -> None:
    seen = shown(of).fingerprint
    drafts.write(of, ITEM.id, "Lain.", NOW + MINUTE, network="x")
    done = say(of, "approve", seen=seen, n=2)
    assert (done.kept, [each.where for each in done.left]) == ((), [POST])
    assert state(of) is None
    assert say(of, "change", "Lebih pendek", seen=seen, n=3).left == ()
    assert (found := state(of))
    assert not found.stands


@pytest.mark.parametrize("name", [f"{ITEM.id}-linkedin", "zzzz9999-x", "", "../x", "\x1b[31m"])
def test_what_was_not_shown_cannot_be_answered(of: Context, name: str) -> None:
    done = say(of, "approve", post=name)
    assert done.kept == ()
    assert "no such post" in done.left[0].what
    assert [each.verdict for each in of.store.decisions()] == ["pick"]


def test_a_post_that_was_dropped_meanwhile_is_left_out(of: Context) -> None:
    seen = shown(of).fingerprint
    decisions.skip(of, [ITEM.id], NOW + MINUTE)
    assert len(say(of, "approve", seen=seen, n=2).left) == 1


def test_names_and_comments_are_cleaned_and_cut(of: Context) -> None:
    (kept,) = say(of, "change", "x" * 5000 + "\x00\x1b[2J", by="\u202eanoN\x07" + "a" * 500).kept
    assert kept.answer
    assert len(kept.answer.comment) == 2000
    assert len(kept.answer.by) <= 80
    assert not set(kept.answer.by) & set("\u202e\x07")
    with pytest.raises(UsageError, match="a name"):
        say(of, "approve", by=" \u200b ")


def test_the_plan_tells_what_was_said_and_how_much_is_missing(of: Context) -> None:
    (entry,) = [each for each in plan.plan(of, NOW, 1).slots if each.item]
    assert entry.approval is None
    assert "1 of 1 posts not approved" in plan.plan(of, NOW, 1).warnings
    say(of, "approve")
    (entry,) = [each for each in plan.plan(of, NOW, 1).slots if each.item]
    assert entry.approval
    assert entry.approval.by == "Rina"
    assert not any("approved" in each for each in plan.plan(of, NOW, 1).warnings)


def test_a_brand_that_does_not_ask_is_not_told(of: Context) -> None:
    quiet = replace(of, brand=replace(of.brand, calendar=replace(RULES, approval="none")))
    assert not any("approved" in each for each in plan.plan(quiet, NOW, 1).warnings)


def test_a_past_post_is_shown_to_nobody(of: Context) -> None:
    assert planned(of, AT.date(), AT.date(), AT) == []
    assert [post.id for post in planned(of, AT.date(), AT.date(), AT - MINUTE)] == [POST]
