"""The reading list as a self-contained web page, with a content security policy that forbids scripts and remote content."""

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
from curator.publishing.formats import wording
from curator.publishing.language import chosen
from curator.publishing.retold import marked

_MAX_LENGTH = 4000  # characters of any one text or URL on the page


def render(report: RunReport, brand: Brand, *, previous: date | None = None, feed: bool = False) -> str:
    """Return the page in the language of the brand.

    `previous` is the day of an earlier page in the same folder, and `feed` says whether feed.xml is there.
    """
    language = chosen("", brand.language)
    return _template().render(
        report=report,
        brand=brand,
        language=language,
        say=language.say,
        counted=language.counted,
        previous=previous,
        feed=feed,
        style=Markup(style()),  # noqa: S704 - from a file of this package
        policy=Markup(policy()),  # noqa: S704 - made here
    )


def policy(css: str | None = None) -> str:
    """Return the content security policy of a page: its own style, and nothing else (CSP Level 3, 2.3.1)."""
    style_hash = base64.b64encode(hashlib.sha256((css or style()).encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{style_hash}'; base-uri 'none'; form-action 'none'"


def environment() -> Environment:
    """Return an environment for templates that escape whatever they print and reduce it to one clean line."""
    return Environment(autoescape=True, finalize=_one_line, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@lru_cache(maxsize=1)
def _template() -> Template:
    made = environment()
    made.filters |= {"web": web, "short": short, "retold": marked}
    made.globals |= {"wording": wording}
    return made.from_string(file("page.html.j2"))


def _one_line(value: object) -> object:
    """Reduce whatever the template prints to one clean line, before it is escaped."""
    return line(value, _MAX_LENGTH) if isinstance(value, str) and not isinstance(value, Markup) else value


@lru_cache(maxsize=1)
def style() -> str:
    """Return the style sheet of the page."""
    return file("page.css")


def file(name: str) -> str:
    """Read a file of this package."""
    return files("curator.publishing.formats").joinpath(name).read_text("utf-8")
