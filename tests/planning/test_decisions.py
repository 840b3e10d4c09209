"""What a person decides stays decided, reaches the calendar, and can be taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.parts import BRAND, NOW, Web, desk

from curator.core.brand import CalendarRules
from curator.core.context import Context
from curator.core.errors import CuratorError, UsageError
from curator.core.item import Item, Source
from curator.core.protocols import Changes
from curator.planning import decisions

SLOT = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLANNED = replace(BRAND, calendar=CalendarRules(networks=("instagram", "linkedin", "x")))


def item(id_: str, **changes: object) -> Item:
    source = Source(title="Warta Kopi", feed="https://warta.example/feed.xml")
    plain = Item(id=id_, url=f"https://warta.example/{id_}", title=f"Kabar {id_}", source=source, published=NOW, found=NOW)
    return replace(plain, **changes)


def stocked(*ids: str) -> Context:
    made = desk(Web(), brand=PLANNED)
    made.store.commit(Changes(items=tuple(map(item, ids))))
    return made


def status(of: Context, id_: str) -> str:
    return of.store.find(id_)[0].status


def test_a_pick_is_marked_and_stands_in_the_calendar() -> None:
    of = stocked("aaaa1111", "bbbb2222")
    (done,) = decisions.pick(of, ["aaaa"], NOW, at=SLOT, networks=["X", "linkedin"], kind="quote", note="untuk Jumat", tags=["#panen"])
    assert (done.item.status, done.item.kind, done.item.note, done.item.tags) == ("picked", "quote", "untuk Jumat", ("panen",))
    assert of.store.find("aaaa1111") == [done.item]
    assert [(p.id, p.at, p.kind) for p in of.store.posts()] == [("aaaa1111-linkedin", SLOT, "quote"), ("aaaa1111-x", SLOT, "quote")]
    assert status(of, "bbbb2222") == "new"


def test_without_a_network_a_pick_goes_to_the_first_of_the_brand_and_stays_where_it_stands() -> None:
    of = stocked("aaaa1111")
    decisions.pick(of, ["aaaa1111"], NOW)
    assert [(p.network, p.at) for p in of.store.posts()] == [("instagram", None)]
    decisions.pick(of, ["aaaa1111"], NOW + MINUTE, at=SLOT)
    assert [(p.network, p.at, p.sequence) for p in of.store.posts()] == [("instagram", SLOT, 1)]


def test_the_same_pick_typed_twice_changes_nothing_and_is_one_decision() -> None:
    of = stocked("aaaa1111")
    first = decisions.pick(of, ["aaaa1111"], NOW, at=SLOT)
    again = decisions.pick(of, ["aaaa1111"], NOW + MINUTE, at=SLOT)
    assert (first[0].changed, again[0].changed, len(of.store.decisions())) == (True, False, 1)
    assert first[0].posts == again[0].posts


def test_a_skip_cancels_what_was_planned_and_calendars_hear_of_it() -> None:
    of = stocked("aaaa1111")
    decisions.pick(of, ["aaaa1111"], NOW, at=SLOT)
    (done,) = decisions.skip(of, ["aaaa1111"], NOW + MINUTE)
    assert (status(of, "aaaa1111"), done.standing) == ("skipped", ())
    assert [(p.cancelled, p.sequence, p.changed) for p in of.store.posts()] == [(True, 1, NOW + MINUTE)]


def test_undo_takes_back_what_one_command_did_and_then_the_one_before() -> None:
    of = stocked("aaaa1111", "bbbb2222", "cccc3333")
    decisions.pick(of, ["aaaa1111"], NOW, at=SLOT, networks=["x"])
    decisions.skip(of, ["bbbb2222", "cccc3333"], NOW)
    assert {each.item.id for each in decisions.undo(of, NOW + MINUTE)} == {"bbbb2222", "cccc3333"}
    assert (status(of, "aaaa1111"), status(of, "bbbb2222"), status(of, "cccc3333")) == ("picked", "new", "new")
    decisions.undo(of, NOW + MINUTE)
    assert status(of, "aaaa1111") == "new"
    assert [(p.cancelled, p.sequence) for p in of.store.posts()] == [(True, 1)]
    with pytest.raises(CuratorError, match="nothing was decided"):
        decisions.undo(of, NOW)


def test_undoing_what_was_said_of_a_mention_leaves_the_posts_of_its_item_alone() -> None:
    of = stocked("aaaa1111")
    decisions.pick(of, ["aaaa1111"], NOW, at=SLOT)
    before = of.store.posts()
    decisions.teach(of.store, [decisions.Heard(item=of.store.find("aaaa1111")[0], watch="Our brand")], "us", NOW + MINUTE)
    decisions.undo(of, NOW + 2 * MINUTE)
    assert of.store.posts() == before


def test_undoing_a_move_puts_the_post_back_under_a_later_sequence() -> None:
    of = stocked("aaaa1111")
    decisions.pick(of, ["aaaa1111"], NOW, at=SLOT)
    decisions.pick(of, ["aaaa1111"], NOW + MINUTE, at=SLOT + timedelta(days=1))
    decisions.undo(of, NOW + 2 * MINUTE)
    assert [(p.at, p.sequence, p.cancelled) for p in of.store.posts()] == [(SLOT, 2, False)]


def test_an_id_that_names_none_changes_nothing_of_the_others() -> None:
    of = stocked("aaaa1111")
    with pytest.raises(CuratorError, match="no item has an id"):
        decisions.skip(of, ["aaaa1111", "zzzz"], NOW)
    assert (status(of, "aaaa1111"), of.store.decisions()) == ("new", [])


def test_a_kind_or_network_the_brand_does_not_have_is_told_with_the_one_meant() -> None:
    of = stocked("aaaa1111")
    with pytest.raises(UsageError, match="unknown kind") as kind:
        decisions.pick(of, ["aaaa1111"], NOW, kind="educaton")
    assert kind.value.problems[0].hint == "--kind education"
    with pytest.raises(UsageError, match="unknown network"):
        decisions.pick(of, ["aaaa1111"], NOW, networks=["myspace"])


def test_tags_and_notes_are_kept_and_taken_away() -> None:
    of = stocked("aaaa1111")
    decisions.tag(of, ["aaaa1111"], ["panen", "#Jawa Barat", "☕"], NOW)
    decisions.tag(of, ["aaaa1111"], ["panen"], NOW, remove=True)
    decisions.note(of, "aaaa1111", "tanya\nBu Sri", NOW)
    kept = of.store.find("aaaa1111")[0]
    assert (kept.tags, kept.note, kept.status) == (("Jawa Barat", "☕"), "tanya Bu Sri", "new")
    decisions.kind(of, ["aaaa1111"], "hard-selling", NOW)
    assert of.store.find("aaaa1111")[0].kind == "hard-selling"


@given(st.lists(st.tuples(st.sampled_from(["pick", "skip", "move", "tag"]), st.sampled_from(["aaaa1111", "bbbb2222"])), max_size=12))
def test_undoing_everything_leaves_the_items_as_they_were_and_no_post_standing(story: list[tuple[str, str]]) -> None:
    of = stocked("aaaa1111", "bbbb2222")
    before = of.store.items()
    for n, (verb, id_) in enumerate(story):
        now = NOW + n * MINUTE
        match verb:
            case "pick":
                decisions.pick(of, [id_], now)
            case "skip":
                decisions.skip(of, [id_], now)
            case "move":
                decisions.pick(of, [id_], now, at=SLOT + n * MINUTE)
            case "tag":
                decisions.tag(of, [id_], [f"t{n}"], now)
    while of.store.decisions():
        decisions.undo(of, NOW + timedelta(days=1))
    assert of.store.items() == before
    assert all(post.cancelled for post in of.store.posts())
