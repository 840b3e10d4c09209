"""Bring in: the bookmarklet and its key, the manifest that lets a telephone share, and files of other programs."""

import json
from typing import Final
from urllib.parse import urlencode

from curator.library import Library, import_library
from curator.publishing.formats import TABLES
from curator.serve import layout
from curator.serve.pages import uploads
from curator.serve.replies import Reply
from curator.serve.routes import Ask, Done, Route

_LARGEST_LIBRARY: Final = 64 * 2**20  # bytes: an export of some ten thousand items with their texts
_SCRIPT: Final = (
    "javascript:void(open({save}+'&u='+encodeURIComponent(location.href)+'&t='+encodeURIComponent(document.title),"
    "'_blank','width=560,height=560'))"
)


def show(desk: Library, ask: Ask) -> Reply:
    """Return the page of all ways in."""
    key = desk.saving_key.read()
    return layout.render(desk, ask, "bring.html.j2", bookmarklet=bookmarklet(ask.base, key) if key else "", tables=TABLES)


def bookmarklet(base: str, key: str) -> str:
    """Return the address of a bookmark that sends the page it is used on to the desk at `base`."""
    return _SCRIPT.format(save=json.dumps(f"{base}/save?{urlencode({'key': key})}"))


def manifest(desk: Library, ask: Ask) -> Reply:
    """Return what a browser needs to install the desk and to share pages with it (Web App Manifest; Web Share Target)."""
    said = {
        "name": f"curator · {desk.brand.name}",
        "short_name": desk.brand.name,
        "lang": ask.language.code,
        "start_url": f"{ask.root}/",
        "display": "standalone",
        "icons": [{"src": f"{ask.root}/icon.svg", "sizes": "any", "type": "image/svg+xml"}],
        "share_target": {"action": f"{ask.root}/save", "method": "GET", "params": {"title": "t", "text": "x", "url": "u"}},
    }
    return Reply(body=json.dumps(said, ensure_ascii=False).encode("utf-8", "replace"), type="application/manifest+json")


def _renew(desk: Library, ask: Ask) -> Done:
    """Make a new key; bookmarklets with the former one save nothing any more."""
    desk.saving_key.renew()
    return Done(text=ask.say("The bookmarklet is ready: drag it to the bookmarks."), to="/bring")


def _revoke(desk: Library, ask: Ask) -> Done:
    """Remove the key."""
    desk.saving_key.revoke()
    return Done(text=ask.say("The key was removed: bookmarklets with it save nothing any more."), to="/bring")


def _import(desk: Library, ask: Ask) -> Done:
    """Add an exported library to this one, of which everything stays as it is."""
    with uploads.kept(ask.sent(), "library.json") as file:
        _, moved = import_library(file, desk.home, merge=True)
    come, known = ask.language.number(moved.items), ask.language.number(moved.known)
    return Done(text=ask.say("%(n)s items came, %(known)s were there already.", n=come, known=known), to="/bring")


ROUTES: Final = (
    Route(path="/bring", run=show),
    Route(path="/desk.webmanifest", run=manifest),
    Route(path="/bring/key", run=_renew, method="POST"),
    Route(path="/bring/revoke", run=_revoke, method="POST"),
    Route(path="/bring/library", run=_import, method="POST", lane="patient", largest=_LARGEST_LIBRARY),
)
