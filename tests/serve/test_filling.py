"""Filling the calendar in a browser: what is proposed for open slots, and what of it is kept."""

from pathlib import Path

from support.browser import Browser, opened
from support.day import BRAND, FIRST, made

from curator.library import Library


def ticked(page: object) -> list[str]:
    return page.html.xpath("//input[@type='checkbox']/@name")


def test_what_is_ticked_of_a_proposal_is_kept_as_one_decision(home: Path, browser: Browser):
    page = browser.open("/calendar").follow("Propose posts for open slots")
    proposal, names = Library.open(home).calendar.propose(weeks=2), ticked(page)
    assert names == [f"keep-{one.item}" for one in proposal.assignments]
    assert len(names) > 1
    assert Library.open(home).store.posts() == []
    page = page.send("/calendar/fill", **{names[0]: ""})
    kept = {f"{one.item}-{network}": one.when for one in proposal.assignments[1:] for network in one.networks}
    assert page.notice == f"Kept in the calendar: {len(kept)}"
    assert {post.id: post.at for post in Library.open(home).store.posts()} == kept
    assert page.send("/undo").notice.startswith("Taken back")
    assert all(post.cancelled for post in Library.open(home).store.posts())


def test_a_proposal_is_not_kept_where_another_would_be_made_by_now(home: Path, browser: Browser):
    page = browser.open("/calendar/fill?weeks=1")
    assert "Nothing is ticked" in page.send("/calendar/fill", **dict.fromkeys(ticked(page), "")).notice
    (item, *_), weeks = [name.removeprefix("keep-") for name in ticked(page)], page.html.xpath("//input[@name='weeks']/@value")
    Library.open(home).decisions.skip(item)
    assert "Something else would be proposed by now" in page.send("/calendar/fill").notice
    assert (weeks, Library.open(home).store.posts()) == (["1"], [])


def test_a_brand_without_slots_is_told_how_to_name_them(tmp_path: Path):
    with opened(made(tmp_path, BRAND.replace('slots = ["Mon 09:00", "Thu 12:00"]', ""))) as desk:
        page = desk.browser().open("/calendar/fill?weeks=99")
        assert "there is no slot to fill" in page.words("//*[@role='alert']")[0]
        assert "Propose posts" not in desk.browser().open("/calendar").text
        assert FIRST not in page.text
