"""Whose clocks a time is read on that names no zone."""

import pytest

from curator.core.text import zones


@pytest.mark.parametrize(
    ("domain", "zone"),
    [
        ("warta.co.id", "Asia/Jakarta"),
        ("berita.my", "Asia/Kuala_Lumpur"),
        ("zeitung.de", "Europe/Berlin"),
        ("paper.co.uk", "Europe/London"),
        ("paper.us", "UTC"),
        ("paper.com.au", "UTC"),
        ("startup.io", ""),
        ("warta.example", ""),
        ("127.0.0.1", ""),
        ("id", "Asia/Jakarta"),
        ("zz.zz", ""),
        ("", ""),
    ],
)
def test_a_domain_has_the_zone_of_its_country_and_utc_where_that_has_several(domain: str, zone: str) -> None:
    assert zones.of_domain(domain) == zone


@pytest.mark.parametrize(
    ("tag", "zone"),
    [
        ("id", "Asia/Jakarta"),
        ("ID-id", "Asia/Jakarta"),
        ("ms-my", "Asia/Kuala_Lumpur"),
        ("ja-jpan-jp", "Asia/Tokyo"),
        ("en-us", "UTC"),
        ("ja", "Asia/Tokyo"),
        ("in", "Asia/Jakarta"),
        ("ms", "Asia/Kuala_Lumpur"),
        ("en", ""),
        ("idn", ""),
        ("", ""),
    ],
)
def test_a_language_has_the_zone_of_the_country_that_its_tag_names_or_that_it_is_at_home_in(tag: str, zone: str) -> None:
    assert zones.of_language(tag) == zone
