from datetime import UTC, datetime

from curator.core.text.dates import full_hour
from curator.core.text.language import primary
from curator.core.text.suggest import closest


def test_the_closest_known_name_is_suggested_and_none_for_a_name_unlike_all() -> None:
    assert closest("instagrm", ["x", "instagram", "linkedin"]) == "instagram"
    assert closest("zzz", ["x", "instagram"]) == ""


def test_the_primary_subtag_of_a_language_tag_is_what_stands_before_the_hyphen() -> None:
    assert [primary(tag) for tag in ("pt-BR", "id", "")] == ["pt", "id", ""]


def test_the_full_hour_is_when_the_hour_began() -> None:
    assert full_hour(datetime(2026, 11, 23, 6, 59, 59, 9, UTC)) == datetime(2026, 11, 23, 6, tzinfo=UTC)
