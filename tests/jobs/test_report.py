"""The report of the desk: what came of a fortnight of lists, picks and posts, and what is proposed."""

import json
import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace
from rich.console import Console
from support.command import Day, curator
from support.fortnight import BRAND, COFFEE, DAY, DAYS, DEAD, GOOD, SHARES, TEA, desk_after, item, of_day
from support.parts import NOW

from curator.cli.render import desk as terminal
from curator.core.brand import Watch
from curator.core.context import Context
from curator.core.desk_report import DeskReport, ListDay, Proposal, TopicYield
from curator.core.errors import StoreError
from curator.core.feed import Feed, FeedState
from curator.core.protocols import Changes
from curator.core.story import Mention
from curator.core.text import urls
from curator.jobs import daily, replay, report
from curator.jobs.report import figures, material, proposals
from curator.library import Library
from curator.library._desk_report import write
from curator.publishing.formats import charts, desk_markdown, desk_page, desk_tables
from curator.publishing.language import Language


@cache
def made() -> DeskReport:
    return report.report(desk_after(), NOW + timedelta(hours=6), DAYS * DAY)


def test_every_step_from_the_feeds_to_the_calendar_is_counted():
    steps = made().steps
    assert steps.new == 7 * DAYS
    assert steps.new > steps.fitting > steps.picked > 0
    assert steps.new > steps.listed > steps.picked
    assert steps.shared == steps.picked
    context = desk_after(3)
    twice = [replace(post, network="linkedin") for post in context.store.posts()]
    before = report.report(context, NOW + DAY / 4, 7 * DAY).steps.shared
    context.store.commit(Changes(posts=tuple(twice)))
    assert report.report(context, NOW + DAY / 4, 7 * DAY).steps.shared == before


def test_each_list_is_set_against_the_decisions_on_it():
    days = made().lists
    assert len(days) == DAYS
    assert all(each.precision == round(each.picked / each.listed, 4) for each in days)
    assert made().precision == round(sum(d.picked for d in days) / sum(d.listed for d in days), 4)


def test_every_feed_has_its_yield_the_best_first():
    feeds = {feed.url: feed for feed in made().feeds}
    assert next(iter(feeds)) == GOOD
    assert feeds[GOOD].seen == 2 * DAYS
    assert feeds[GOOD].picked == made().steps.picked
    assert feeds[SHARES].picked == 0 < feeds[SHARES].listed
    assert feeds[DEAD].seen == 0


def test_a_story_of_two_feeds_is_first_in_one_and_doubled_in_the_other():
    context = desk_after(3, decide=False)
    title = "Petani kopi sangrai espresso seduh bersama di lereng Merapi 77 orang"
    context.store.commit(Changes(items=(item(901, title, GOOD, 0.9), item(902, title, SHARES, 0.4))))
    daily.run(context, NOW, fetch=False)
    feeds = {feed.url: feed for feed in report.report(context, NOW + DAY, 7 * DAY).feeds}
    assert (feeds[GOOD].first, feeds[SHARES].doubled) == (1, 1)


def test_a_topic_that_nothing_is_about_starves():
    state = {topic.topic: topic.state for topic in made().topics}
    assert state == {"Kopi": "", "Teh": "starving"}
    young = report.report(desk_after(2, decide=False), NOW, 7 * DAY)
    assert {topic.state for topic in young.topics} == {""}


def test_the_mix_is_that_of_the_posts_and_the_share_of_voice_that_of_the_mentions():
    assert [(each.kind, each.actual, each.target) for each in made().mix] == [("education", 1.0, 0.6), ("quote", 0.0, 0.4)]
    voices = {voice.watch: voice for voice in made().voices}
    assert voices["Kami"].mentions + voices["Saingan"].mentions == DAYS
    assert voices["Kami"].share == pytest.approx(voices["Kami"].mentions / DAYS, abs=1e-4)


def test_the_slots_ahead_are_counted_and_the_next_gap_is_named():
    ahead = made().coverage
    assert (ahead.slots, ahead.filled) == (4, 0)
    assert ahead.next_gap
    assert ahead.next_gap > NOW


def test_the_minutes_saved_follow_from_the_assumption_that_is_told():
    found, listed = made().steps.new, made().steps.listed
    assert made().saved.minutes == max(round((found * figures.HEADLINE - listed * figures.CARD) / 60), 0)
    assert f"{figures.HEADLINE} s" in made().saved.assumption


def test_a_feed_that_is_gone_is_proposed_to_be_dropped_with_the_command():
    dropped = {each.command: each for each in made().proposals if each.kind == "drop feed"}
    assert set(dropped) == {f"curator feeds remove {DEAD}"}
    assert "gone for good" in dropped[f"curator feeds remove {DEAD}"].why
    assert "nothing that was listed or picked" in dropped[f"curator feeds remove {DEAD}"].effect
    assert "no item of it was ranked" in dropped[f"curator feeds remove {DEAD}"].effect


def test_a_dead_feed_whose_items_were_listed_says_what_would_have_come_in_their_place():
    context = desk_after()
    context.store.commit(Changes(states=(FeedState(url=SHARES, gone=True),)))
    (found,) = (each for each in report.report(context, NOW + DAY / 4, 7 * DAY).proposals if each.command.endswith(SHARES))
    missed = r"what would have been missed in 30 days: [1-9]\d* listed, 0 picked; of the top 6, 6 would be new and 6 gone; "
    assert re.match(missed + "picks on it 0 → [1-9];", found.effect)


def test_a_feed_of_which_nothing_fits_is_proposed_to_be_dropped():
    context = desk_after()
    other = "https://cuaca.example/feed"
    context.store.commit(
        Changes(items=tuple(item(5000 + n, f"Hasil pertandingan bulu tangkis tunggal putra {n}", other, 0.01 * n) for n in range(40)))
    )
    daily.run(context, NOW, fetch=False)
    told = report.report(replace(context, feeds=(*context.feeds, Feed(url=other))), NOW + DAY / 4, 7 * DAY)
    (found,) = (each for each in told.proposals if each.command == f"curator feeds remove {other}")
    assert found.why == "none of its 40 items fits a topic"
    assert "nothing that was listed or picked in 30 days would have been missed; of the top 6, 0 would be new and 0 gone" in found.effect
    assert "nDCG@10" in found.effect


def test_what_skips_share_is_proposed_to_be_avoided_with_what_replay_says(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(replay, "HIGH", 0.0)
    told = report.report(desk_after(), NOW + timedelta(hours=6), DAYS * DAY)
    (found,) = (each for each in told.proposals if each.kind == "avoid")
    phrase = found.what.split("“")[1].rstrip("”")
    assert all((phrase in each.title.lower()) == (each.source.feed == SHARES) for n in range(DAYS) for each in of_day(n))
    assert "nDCG@10" in found.effect
    assert found.command == f"curator report --apply {found.id}"
    assert found.edit == '[[topics]]\nname = "Kopi"\navoid = ["' + phrase + '"]'


def test_a_proposal_is_written_into_the_brief_and_the_former_one_kept(day: Day):
    before = (day.home / "brand.toml").read_text("utf-8")
    library = Library.open(day.home)
    topic = library.brand.topics[0].name
    made_ = Proposal(id="abcd", kind="avoid", what="a", why="b", effect="c", command="d", topic=topic, values={"avoid": ("meja kopi",)})
    library.apply_proposal(replace(made(), proposals=(made_,)), "abcd")
    assert Library.open(day.home).brand.topics[0].avoid == ("meja kopi",)
    assert (day.home / "brand.toml.bak").read_text("utf-8") == before
    done = curator("report", "--apply", "zzzz", "--home", day.home)
    assert (done.returncode, "no proposal for brand.toml has the id 'zzzz'" in done.stderr) == (2, True)


def test_nothing_is_said_or_proposed_on_too_little():
    few = report.report(desk_after(1), NOW + timedelta(hours=6), 7 * DAY)
    assert few.precision is None
    assert "2 picks: too few to say how good the lists are" in few.notes
    assert {each.kind for each in few.proposals} <= {"drop feed"}
    nothing = report.report(desk_after(0), NOW, 7 * DAY)
    assert nothing.steps.new == nothing.saved.minutes == 0
    assert "0 picks: too few to say how good the lists are" in nothing.notes


def test_a_watch_term_that_finds_nothing_for_weeks_is_told_with_the_command_that_says_why():
    context = desk_after()
    silent = Watch(name="Misspelt", query='"kopi sejna" OR @sejna')
    (note,) = (each for each in report.report(heard(context, silent), NOW + DAY / 4, 7 * DAY).notes if "Misspelt" in each)
    assert note.endswith("""curator watch test '"kopi sejna" OR @sejna'""")
    found = Mention(watch="Misspelt", item=next(iter(context.store.report(NOW.date()).items)), sentence="x", certain=False)  # type: ignore[union-attr]
    context.store.commit(Changes(report=replace(context.store.report(NOW.date()), mentions=(found,))))  # type: ignore[type-var]
    assert not [each for each in report.report(heard(context, silent), NOW + DAY / 4, 7 * DAY).notes if "Misspelt" in each]


def heard(context: Context, watch: Watch) -> Context:
    return replace(context, brand=replace(context.brand, watch=(watch,)))


def test_a_report_is_wholly_in_the_language_that_is_asked_for():
    told = report.report(desk_after(), NOW + DAY / 4, 7 * DAY, Language(code="id"))
    (dropped,) = (each for each in told.proposals if each.command.endswith(DEAD))
    (english,) = (each for each in made().proposals if each.command.endswith(DEAD))
    assert (dropped.id, dropped.what.split()[0], english.what.split()[0]) == (english.id, "lepas", "drop")
    text, page = desk_markdown.render(told, "Asia/Jakarta"), desk_page.render(told, "Asia/Jakarta")
    for words in ("## Usulan", "sudah tidak ada", "Dicoba pada yang tersimpan"):
        assert words in text
        assert words.strip("# ") in page
    assert not re.search(r"\b(?:the|picked|listed|fitting|posts?|week)\b", re.sub(r"`[^`]*`|curator [a-z ]+", "", text))


# --- formats ---


def test_the_lists_of_a_month_are_told_by_week_and_their_precision_by_what_was_decided():
    first = date(2026, 11, 2)
    days = [ListDay(day=first + timedelta(days=n), listed=4, picked=n % 2, skipped=0, precision=0.25 if n % 2 else None) for n in range(15)]
    (lists,) = (each for each in desk_tables.sections(replace(made(), lists=tuple(days))) if each.name == "lists")
    assert lists.rows == (
        ("2 Nov – 8 Nov", "28", "3", "0", "25%"),
        ("9 Nov – 15 Nov", "28", "4", "0", "25%"),
        ("16 Nov", "4", "0", "0", "–"),
    )


def test_what_was_listed_fitted_whatever_was_learned_since():
    told = made()
    assert told.steps.new >= told.steps.fitting >= told.steps.listed
    assert all(each.fitting >= each.listed for each in told.feeds)


def test_the_page_is_self_contained_and_each_picture_has_a_title_a_description_and_a_table():
    html = desk_page.render(made(), "Asia/Jakarta")
    assert "<script" not in html
    assert not re.search(r'(?:src|href)="', html)
    assert "default-src 'none'" in html
    assert "<b>" not in html.split("<h1", 1)[1].split("</h1>", 1)[0]
    pictures = re.findall(r"<svg.*?</svg>", html, re.S)
    assert len(pictures) >= 5
    for picture in pictures:
        drawn = ElementTree.fromstring(picture)
        ids = drawn.attrib["aria-labelledby"].split()
        assert [drawn.find(name).attrib["id"] for name in ("title", "desc")] == ids  # type: ignore[union-attr]
        assert all(len(html.split(f'id="{id_}"')) == 2 for id_ in ids)
    assert html.count('<table class="values">') >= len(pictures)
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html


def test_markdown_and_the_terminal_tell_the_same_figures():
    text, console = desk_markdown.render(made(), "Asia/Jakarta"), Console(width=100, record=True)
    terminal.show(made(), "Asia/Jakarta", console)
    shown = console.export_text()
    for feed in made().feeds[:2]:
        row = rf"{re.escape(urls.short(feed.url))}.*\b{feed.seen}\b.*\b{feed.picked}\b"
        assert re.search(row, shown)
        assert re.search(row, text)
    assert "gone for good" in text
    assert "gone for good" in shown


def test_bars_fit_their_picture_and_nothing_has_no_length():
    rows = [charts.Row(label="a" * 90, value=n, shown=str(n), mark=5) for n in (0, 3, 9)]
    bars = charts.bars(rows)
    assert [bar.width == 0 for bar in bars] == [True, False, False]
    assert max(bar.x + bar.width for bar in bars) < charts.WIDTH
    assert all(len(bar.label) < 30 for bar in bars)
    assert charts.bars([]) == charts.columns([]) == []
    assert [column.whole for column in charts.columns([("a", 0, 0)])] == [0]


def test_a_file_that_cannot_be_written_is_an_error_in_plain_words(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError):
        write(made(), BRAND, html=tmp_path / "folder", md=None)


def test_the_command_prints_a_document_and_writes_the_files_that_are_named(day: Day, tmp_path: Path):
    before = {path: path.read_bytes() for path in day.home.rglob("*") if path.is_file()}
    page, text = tmp_path / "report.html", tmp_path / "report.md"
    done = curator("report", "--since", "30d", "--html", page, "--md", text, "--json", "--home", day.home)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["steps"]["listed"] == len(day.report["items"])
    assert told["lists"][0]["precision"] is None
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert text.read_text("utf-8").startswith("# ")
    assert {path: path.read_bytes() for path in day.home.rglob("*") if path.is_file()} == before
    assert '<html lang="id">' in page.read_text("utf-8")
    assert Library.open(day.home).report().steps.listed == told["steps"]["listed"]


def test_the_report_is_printed_in_the_language_of_the_terminal_and_written_in_that_of_the_brand(day: Day, tmp_path: Path):
    page = tmp_path / "report.html"
    printed = curator("report", "--html", page, "--home", day.home)
    assert "too few to" in printed.stdout
    assert '<html lang="id">' in page.read_text("utf-8")
    assert "terlalu sedikit untuk" in page.read_text("utf-8")
    assert "terlalu sedikit untuk" in curator("report", "--home", day.home, env={"LC_ALL": "id_ID.UTF-8"}).stdout


def test_a_feed_title_of_another_script_or_with_markup_harms_no_format():
    hostile = replace(made(), feeds=tuple(replace(feed, title="<svg onload=x>|`\x1b[31m") for feed in made().feeds))
    html, text = desk_page.render(hostile, "UTC"), desk_markdown.render(hostile, "UTC")
    assert "<svg onload" not in html
    assert "\x1b" not in html + text


def test_what_was_listed_counts_also_after_a_later_run_of_the_day_made_a_new_list():
    context = desk_after(3)
    before = report.report(context, NOW + DAY / 4, 7 * DAY)
    daily.run(context, NOW + DAY / 8, fetch=False)
    after = report.report(context, NOW + DAY / 4, 7 * DAY)
    assert before.lists[-1].picked == after.lists[-1].picked > 0
    assert after.lists[-1].listed >= before.lists[-1].listed
    assert after.steps.listed >= before.steps.listed


@pytest.mark.parametrize(("listed", "picked", "factor"), [(20, 1, proposals.LESS), (20, 12, proposals.MORE), (20, 5, None), (9, 0, None)])
def test_a_topic_that_is_picked_half_or_twice_as_often_as_the_others_gets_another_weight(listed: int, picked: int, factor: float | None):
    topic = TopicYield(topic="Kopi", fitting=50, listed=listed, picked=picked, per_day=1, room=5)
    assert proposals._factor(topic, listed + 40, picked + 10) == factor


def test_a_topic_is_split_by_the_words_of_its_picks_that_no_skip_says():
    context = desk_after(12)
    month = material.gathered(context, NOW + DAY / 4, 30 * DAY)
    titles = {s.item.id: s.item.title.lower() for s in month.scored}
    (words,) = proposals._part(COFFEE, month)
    assert all(words in titles[id_] for id_ in month.picked)
    assert not any(words in titles[id_] for id_ in month.skipped)
    assert proposals._part(TEA, month) == []
    few = replace(month, said={id_: said for id_, said in month.said.items() if said.verdict == "pick"})
    assert proposals._part(COFFEE, few) == []
