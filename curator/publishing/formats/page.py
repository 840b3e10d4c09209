"""The reading list as one self-contained web page: no script, nothing remote, and a policy inside that forbids both."""

import base64
import hashlib
from datetime import date
from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from curator.core.brand import Brand
from curator.core.report import RunReport
from curator.core.text.plain import line
from curator.core.text.urls import short, web
from curator.publishing.formats import words

_LONGEST = 4000  # characters of any one text or address on the page


def render(report: RunReport, brand: Brand, *, previous: date | None = None, feed: bool = False) -> str:
    """The page. `previous`: the day of an earlier page beside it; `feed`: whether feed.xml lies beside it."""
    return _template().render(
        report=report,
        brand=brand,
        previous=previous,
        feed=feed,
        style=Markup(_style()),  # noqa: S704 - a file of ours, not foreign text
        policy=Markup(policy()),  # noqa: S704 - quotes and all
    )


def policy() -> str:
    """What a browser may do for the page: show its own style, and nothing else (CSP Level 3, 2.3.1)."""
    style_hash = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{style_hash}'; base-uri 'none'; form-action 'none'"


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(autoescape=True, finalize=_shown, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"web": web, "short": short}
    environment.globals |= {"words": words}
    return environment.from_string(_file("page.html.j2"))


def _shown(value: object) -> object:
    """Everything a template prints passes here before it is escaped: one clean line, whatever a feed put into it."""
    return line(value, _LONGEST) if isinstance(value, str) and not isinstance(value, Markup) else value


@lru_cache(maxsize=1)
def _style() -> str:
    return _file("page.css")


def _file(name: str) -> str:
    return files("curator.publishing.formats").joinpath(name).read_text("utf-8")
