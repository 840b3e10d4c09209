"""Feeds: their health and yield; adding, finding and removing them; OPML files in and out."""

from typing import Final

from curator.core.errors import CuratorError, Problem, UsageError
from curator.core.feed import Feed
from curator.library import Library, discover_feeds
from curator.serve import layout
from curator.serve.pages import uploads
from curator.serve.replies import Reply, download
from curator.serve.routes import LARGEST_FORM, Ask, Done, Route

DEAD: Final = 3  # failures in a row after which a feed is said to be dead


def show(desk: Library, ask: Ask) -> Reply:
    """Return the page of all feeds, those that fail first."""
    feeds = sorted(desk.feeds.health(), key=lambda feed: -feed.failures)
    return layout.render(desk, ask, "feeds.html.j2", feeds=feeds, dead=DEAD)


def _export(desk: Library, ask: Ask) -> Reply:
    return download("feeds.opml", desk.feeds.export_opml(), "text/x-opml")


def _add(desk: Library, ask: Ask) -> Done:
    """Subscribe to a feed that answers as one."""
    form = ask.form
    added = desk.feeds.add(form.get("url", "").strip(), title=form.get("title", ""), category=form.get("category", ""))
    if added is None:
        return Done(text=ask.say("This feed is there already."), to="/feeds", problem=True)
    return Done(text=ask.say("Added: %(title)s", title=added.title or added.url), to="/feeds")


def _discover(desk: Library, ask: Ask) -> Reply:
    """Return the feeds of a site, the best for the brand first. A form asks for it, for other hosts are contacted."""
    site = ask.form.get("site", "").strip()
    try:
        found, problem = discover_feeds(site, desk.home, now=ask.now), ""
    except CuratorError as error:
        found, problem = (), ask.problem(error)
    known = {feed.url for feed in desk.feeds}
    return layout.render(desk, ask, "discovered.html.j2", site=site, found=found, problem=problem, known=known)


def _remove(desk: Library, ask: Ask) -> Done:
    """Unsubscribe from the feed of an address."""
    url = ask.form.get("url", "")
    if url not in {feed.url for feed in desk.feeds}:
        raise UsageError(ask.say("this feed is not there any more"))
    removed = desk.feeds.remove(url)
    return Done(text=ask.say("Removed: %(title)s", title=removed.title or removed.url))


def _preview(desk: Library, ask: Ask) -> Reply:
    """Return what an OPML file would add, and the file with it, to be sent once more by who agrees."""
    added: tuple[Feed, ...] = ()
    problems: tuple[Problem, ...] = ()
    problem = ""
    try:
        added, problems = _taken(desk, ask.sent(), dry_run=True)
    except CuratorError as error:
        problem = ask.problem(error)
    return layout.render(desk, ask, "preview.html.j2", added=added, problems=problems, problem=problem)


def _import(desk: Library, ask: Ask) -> Done:
    """Add the feeds of an OPML file that was looked at before."""
    added, problems = _taken(desk, ask.sent())
    said = [ask.say("%(n)s feeds added.", n=len(added))]
    if problems:
        said.append(ask.say("Mended or left out: %(what)s", what="; ".join(problem.what for problem in problems[:5])))
    return Done(text=" ".join(said), to="/feeds", problem=bool(problems))


def _taken(desk: Library, sent: bytes, *, dry_run: bool = False) -> tuple[tuple[Feed, ...], tuple[Problem, ...]]:
    with uploads.kept(sent, "feeds.opml") as file:
        return desk.feeds.import_opml(file, dry_run=dry_run)


ROUTES: Final = (
    Route(path="/feeds", run=show),
    Route(path="/feeds.opml", run=_export),
    Route(path="/feeds/add", run=_add, method="POST", lane="patient"),
    Route(path="/feeds/discover", run=_discover, method="POST", lane="patient"),
    Route(path="/feeds/remove", run=_remove, method="POST"),
    Route(path="/feeds/preview", run=_preview, method="POST"),
    Route(path="/feeds/import", run=_import, method="POST", largest=2 * LARGEST_FORM),
)
