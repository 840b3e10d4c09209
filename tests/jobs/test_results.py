"""What worked: results of posts are kept, compared by topic, kind, slot and source, and change no fit."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.console import Console
from support.command import Day, curator
from support.fortnight import BRAND, COFFEE, DAY, desk_after
from support.parts import NOW

from curator.cli.render import desk as terminal
from curator.core.context import Context
from curator.core.desk_report import Worked, WorkedGroup
from curator.core.errors import UsageError
from curator.core.post import Post
from curator.core.protocols import Changes
from curator.core.result import PostResult
from curator.jobs import daily, report, results
from curator.jobs.report import proposals
from curator.jobs.report.worked import _Post, groups, worked
from curator.publishing.formats import desk_markdown, desk_page
from curator.publishing.language import ENGLISH

LATER = NOW + timedelta(hours=6)


def export_of(context: Context, file: Path, likes: int = 5, network: bool = True) -> Path:
    """An export with a row for each post, by link; each has some likes more than the one before."""
    items = {item.id: item for item in context.store.items()}
    rows = [
        f"{post.at:%Y-%m-%d %H:%M}Z,{post.network if network else ''},{items[post.item].url}?utm_source=x,{likes + n},2"
        for n, post in enumerate(context.store.posts())
        if post.at
    ]
    file.write_text("\n".join(("Date,Channel,Link,Likes,Clicks", *rows)), "utf-8")
    return file


def test_rows_are_kept_as_results_of_posts_and_read_again_they_replace_themselves(tmp_path: Path):
    context = desk_after(5)
    read = results.read(context, export_of(context, tmp_path / "buffer.csv"), LATER)
    assert (read.tool, read.rows, read.left) == ("Buffer", len(read.results), ())
    assert context.store.results() == sorted(read.results, key=lambda result: result.post)
    assert {result.post for result in read.results} == {post.id for post in context.store.posts()}
    assert all(result.engagements == (result.likes or 0) + (result.clicks or 0) for result in read.results)
    again = results.read(context, export_of(context, tmp_path / "buffer.csv", likes=50), LATER + DAY)
    assert len(context.store.results()) == len(again.results) == len(read.results)
    assert min(result.likes or 0 for result in context.store.results()) == 50


def test_posts_to_come_and_cancelled_ones_get_no_results(tmp_path: Path):
    context = desk_after(3)
    posts = context.store.posts()
    context.store.commit(Changes(posts=(replace(posts[0], cancelled=True), replace(posts[1], at=LATER + DAY))))
    read = results.read(context, export_of(context, tmp_path / "a.csv"), LATER)
    assert {result.post for result in read.results} == {post.id for post in posts[2:]}
    assert len(read.left) == 2


def test_an_unknown_network_is_refused_with_the_nearest_name(tmp_path: Path):
    context = desk_after(1)
    with pytest.raises(UsageError, match="unknown network 'linkdin'") as caught:
        results.read(context, export_of(context, tmp_path / "a.csv"), LATER, network="linkdin")
    assert caught.value.problems[0].hint == "--network linkedin"


def test_the_report_says_what_posts_got_by_topic_kind_slot_and_source(tmp_path: Path):
    context = desk_after(5)
    assert report.report(context, LATER, 7 * DAY).worked is None
    read = results.read(context, export_of(context, tmp_path / "a.csv"), LATER)
    told = report.report(context, LATER, 7 * DAY)
    assert told.worked
    assert told.worked.posts == len(read.results)
    assert told.worked.engagements == sum(result.engagements or 0 for result in read.results)
    named = {group.by: group.name for group in told.worked.groups}
    assert (named["topic"], named["kind"], named["source"]) == (COFFEE.name, "education", "baik.example")
    assert {group.state for group in told.worked.groups} == {"few"}
    console = Console(width=120, record=True)
    terminal.show(told, BRAND.timezone, console)
    for text in (console.export_text(), desk_markdown.render(told, BRAND.timezone), desk_page.render(told, BRAND.timezone)):
        assert "What worked" in text
        assert "too few to say" in text


def test_results_change_no_score_and_no_fit(tmp_path: Path):
    context = desk_after(5)
    before = [(card.id, card.score, card.fits) for card in daily.rank(context, LATER, all_=True)]
    results.read(context, export_of(context, tmp_path / "a.csv", likes=900), LATER)
    assert [(card.id, card.score, card.fits) for card in daily.rank(context, LATER, all_=True)] == before


def measured(name: str, *ratios: float) -> list[_Post]:
    return [_Post(by={"topic": name, "kind": "", "slot": "", "source": ""}, engagements=round(10 * r), ratio=r) for r in ratios]


def test_a_group_gets_more_or_less_only_where_it_is_hardly_chance():
    well, badly = measured("Kopi", *(2 + n / 10 for n in range(9))), measured("Teh", *(0.5 + n / 10 for n in range(9)))
    states = {group.name: (group.state, group.posts) for group in groups([*well, *badly], "topic")}
    assert states == {"Kopi": ("more", 9), "Teh": ("less", 9)}
    same = measured("Kopi", 1, 2, 3, 4, 5, 6) + measured("Teh", 1.5, 2.5, 3.5, 4.5, 5.5, 0.5)
    assert {group.state for group in groups(same, "topic")} == {""}
    assert {group.state for group in groups(well[:4] + badly, "topic")} == {"few"}
    assert groups(well, "kind") == []


def test_networks_of_different_size_are_compared_by_their_own_median():
    context = desk_after(6)
    posts = context.store.posts()
    large = [replace(post, network="linkedin") for post in posts]
    context.store.commit(Changes(posts=tuple(large)))
    got = [results_of(post, 3) for post in posts] + [results_of(post, 900) for post in large]
    context.store.commit(Changes(results=tuple(got)))
    found = worked(context, LATER, 7 * DAY)
    assert found
    assert {group.ratio for group in found.groups} == {1.0}


def results_of(post: Post, engagements: int) -> PostResult:
    return PostResult(post=post.id, measured=LATER, engagements=engagements)


def test_a_topic_whose_posts_got_more_is_proposed_to_weigh_more_once():
    group = WorkedGroup(by="topic", name=COFFEE.name, posts=12, engagements=400, ratio=1.8, state="more")
    found = Worked(posts=30, engagements=900, measured=NOW, groups=(group, replace(group, by="kind"), replace(group, name="Lain")))
    (idea,) = proposals._worked(BRAND, found, ENGLISH)
    assert (idea.kind, idea.topic.weight) == ("weight", proposals.MORE)
    assert "12 posts with results got 1.8 times" in idea.why
    assert list(proposals._worked(BRAND, None, ENGLISH)) == []
    less = proposals._weighed(COFFEE, proposals.LESS, "its picks are rare", ENGLISH)
    assert proposals._once([less, idea]) == [less]


def test_the_command_tells_what_was_joined_and_what_was_left_out(day: Day, tmp_path: Path):
    file = tmp_path / "metricool.csv"
    file.write_text("Published,Network,Content,Interactions\n2026-11-20 09:00,x,Promo https://kami.example/1,12\n", "utf-8")
    done = curator("report", "--results", file, "--json", "--home", day.home)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["worked"] is None
    assert "read metricool.csv as Metricool: 0 of 1 rows joined to posts" in done.stderr
    assert "row 2 is left out: no post shared that page: Promo" in done.stderr
    assert curator("report", "--like", file, "--home", day.home).returncode == 2
