"""The drafts of some days before the eyes of a client or boss: a page that its link alone opens, and the same as one file.

It stands alone: no session, no script but that of the file, and nothing of the desk beside it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup
from msgspec.structs import replace

from curator.core.errors import UsageError
from curator.core.review import LARGEST_ANSWERS, PostAnswer, Review
from curator.library import Library
from curator.publishing.language import chosen
from curator.serve import layout
from curator.serve.replies import CLOSED, Reply, plain, redirect
from curator.serve.routes import Ask, Route

_MOST: Final = 500  # posts that a form is read for


def file(desk: Library, ask: Ask, review: Review, token: str) -> bytes:
    """Return the page as one file, which gathers the answers and gives them back as a file or a text."""
    policy = f"{CLOSED}; style-src {_hash(_style())}; script-src {_hash(_script())}; base-uri 'none'; form-action 'none'"
    return _page(desk, ask, review, token, policy=policy, script=_markup(_script())).body


def _show(desk: Library, ask: Ask) -> Reply:
    """Return the page of a link."""
    ask, token = _in_its_language(desk, ask), ask.parts["token"]
    review = desk.reviews.opened(token, now=ask.now)
    return _page(desk, ask, review, token) if review else _closed(desk, ask)


def _answer(desk: Library, ask: Ask) -> Reply:
    """Keep the answers of a form, and show the page again."""
    ask, token = _in_its_language(desk, ask), ask.parts["token"]
    review = desk.reviews.opened(token, now=ask.now)
    if review is None:
        return _closed(desk, ask)
    if not hmac.compare_digest(_csrf(token).encode(), ask.form.get("csrf", "").encode("utf-8", "replace")):
        return plain(403, ask.say("this form is not of this page: load it again"))
    try:
        done = desk.reviews.answer(review, ask.form.get("by", ""), given(ask.form), now=ask.now)
    except UsageError:
        return _page(desk, ask, review, token, status=422, typed=ask.form)
    told = {"kept": len(done.kept), "left": len(done.left), "by": done.by, "language": ask.language.code}
    return redirect(f"{ask.root}/review/{token}?{urlencode(told)}")


def given(form: Mapping[str, str]) -> list[PostAnswer]:
    """Return what a form says of each post. A comment alone approves nothing, not even with the button that approves the rest."""
    found = []
    for n in range(_MOST):
        if not (post := form.get(f"post-{n}")):
            break
        comment, verdict = form.get(f"comment-{n}", "").strip(), form.get(f"verdict-{n}", "")
        said = PostAnswer(post=post, verdict="comment", text=form.get(f"text-{n}", ""), comment=comment)
        if verdict == "change":
            found.append(replace(said, verdict="change"))
        elif verdict == "approve" or (form.get("all") and not comment):
            found.append(replace(said, verdict="approve"))
        elif comment:
            found.append(said)
    return found


def _in_its_language(desk: Library, ask: Ask) -> Ask:
    """Return the request in the language that the address names, else that of the brand: whoever answers has no settings here."""
    return replace(ask, language=chosen(ask.query.get("language", ""), desk.brand.language))


def _page(
    desk: Library,
    ask: Ask,
    review: Review,
    token: str,
    *,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    policy: str = "",
    script: Markup | None = None,
) -> Reply:
    posts = desk.reviews.posts(review, now=ask.now)
    reply = layout.render(
        desk,
        ask,
        "review.html.j2",
        status=status,
        review=review,
        posts=posts,
        waiting=sum(not (each.approval and each.approval.approved) for each in posts),
        token=token,
        form_token=_csrf(token),
        typed=typed or {},
        told={name: int(value) for name in ("kept", "left") if (value := ask.query.get(name, "")).isdecimal() and len(value) < 4},
        style=_markup(_style()),
        policy=_markup(policy),
        script=script,
    )
    return replace(reply, policy=_open())


def _closed(desk: Library, ask: Ask) -> Reply:
    """Return the page of a link that opens nothing, whatever the reason is."""
    return replace(layout.render(desk, ask, "review_closed.html.j2", status=404, style=_markup(_style())), policy=_open())


def _csrf(token: str) -> str:
    """Return what the forms of a link carry, which only its holder can know. It stays good when the server starts again."""
    return hmac.new(token.encode("utf-8", "replace"), b"form of a review", hashlib.sha256).hexdigest()


def _open() -> str:
    """Return the policy of the page: its own style, and its own form (CSP Level 3, 2.3.1)."""
    return f"{CLOSED}; style-src {_hash(_style())}; base-uri 'none'; form-action 'self'"


@cache
def _style() -> str:
    return layout.asset("/desk.css").body.decode()


@cache
def _script() -> str:
    return files("curator.serve").joinpath("static/review.js").read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _markup(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - files of this package, and what is made here of their hashes


ROUTES: Final = (
    Route(path="/review/{token}", run=_show, lane="model", linked=True),
    Route(path="/review/{token}", run=_answer, method="POST", lane="model", linked=True, largest=LARGEST_ANSWERS),
)
