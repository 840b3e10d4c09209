"""The languages of pages, files, messages and the terminal: Indonesian and English, with days and numbers as each writes them.

The catalogues are `locale/*.po` as translators edit them; they are read when the first text of a language is said. English texts
and numbers need no Babel, whose import a short command would wait for.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from curator.core.text.language import primary

if TYPE_CHECKING:
    from babel import Locale

CODES: Final = ("id", "en")
_COMMA_AND_POINT: Final = str.maketrans(",.", ".,")  # Indonesian has them the other way round (CLDR, numbers of id)
NAMES: Final = {"id": "Bahasa Indonesia", "en": "English"}


class Language(Struct, frozen=True, kw_only=True, dict=True):
    """A language of what people read. A code other than `id` is English."""

    code: str

    @cached_property
    def catalogue(self) -> NullTranslations:
        """The translations of what is said on pages; English is what the code says."""
        return _catalogue(self.code)

    def say(self, text: str, /, **values: object) -> str:
        """Return a text in the language, with its values filled in."""
        return self.catalogue.gettext(text) % values

    def counted(self, one: str, many: str, n: int) -> str:
        """Return a text with a number in it, which stands where it has %(num)s."""
        return self.catalogue.ngettext(one, many, n) % {"num": self.number(n)}

    def day(self, day: date, form: str = "full") -> str:
        """Return a day as "Monday, 23 November 2026"; `form` is one of Babel's, or a pattern."""
        from babel.dates import format_date

        return str(format_date(day, form, self._locale))

    def clock(self, when: datetime, timezone: str) -> str:
        """Return the day and time in a time zone as "Mon 23 Nov 09:00"."""
        day = when.astimezone(ZoneInfo(timezone)).date()
        return f"{self.day(day, 'EEE d MMM')} {self.time(when, timezone)}"

    def span(self, since: datetime, until: datetime, timezone: str) -> str:
        """Return the days in a time zone from the first to the last as "1 November 2026 – 29 November 2026"."""
        first, last = (self.day(when.astimezone(ZoneInfo(timezone)).date(), "d MMMM y") for when in (since, until))
        return f"{first} – {last}"

    def time(self, when: datetime, timezone: str) -> str:
        """Return the time of day in a time zone as "09:00"."""
        return f"{when.astimezone(ZoneInfo(timezone)):%H:%M}"

    def number(self, number: float) -> str:
        """Return a number with its thousands set apart and at most three decimals."""
        return self._written(f"{number:,.3f}".rstrip("0").rstrip("."))

    def decimal(self, number: float) -> str:
        """Return a number with one decimal."""
        return self._written(f"{number:,.1f}")

    def _written(self, english: str) -> str:
        return english.translate(_COMMA_AND_POINT) if self.code == "id" else english

    def percent(self, share: float) -> str:
        """Return a share as "40%"."""
        return f"{share:.0%}"

    def name(self, code: str) -> str:
        """Return the name of a language; an unknown code as it is."""
        return _names(self.code).get(primary(code).lower(), code)

    @cached_property
    def _locale(self) -> Locale:
        """The conventions of the language. Babel would parse the name of one anew for each date."""
        from babel import Locale

        return Locale.parse("id" if self.code == "id" else "en_GB")


ENGLISH: Final = Language(code="en")


def N_(text: str) -> str:  # noqa: N802 - the name that extractors of messages know
    """Mark a text for translation, which is done where it is used."""
    return text


def chosen(wanted: str, brand: str) -> Language:
    """Return the language that was chosen, else the one of a brand that posts in `brand`."""
    return Language(code=wanted if wanted in CODES else "id" if primary(brand) == "id" else "en")


@lru_cache
def _catalogue(code: str) -> NullTranslations:
    file = files("curator.publishing").joinpath(f"locale/{code}.po")
    if not file.is_file():
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(file.read_bytes()), locale=code))
    return GNUTranslations(BytesIO(compiled.getvalue()))


@lru_cache
def _names(code: str) -> dict[str, str]:
    from babel import Locale

    return dict(Locale(code).languages)
