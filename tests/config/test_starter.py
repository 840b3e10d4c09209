"""The files a brand begins with, and the example brand at the root of the repository."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from msgspec.structs import replace

from curator import config
from curator.config import keys, opml
from curator.core.brand import ShortlistRules
from curator.core.errors import CuratorError

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "curator" / "config" / "starter"


def uncommented(text: str) -> str:
    """With every "#size = 20" as "size = 20"; prose has a space after its "#"."""
    return re.sub(r"^#(?=[a-z\[])", "", text, flags=re.M)


def languages(path: Path) -> list[str]:
    return [outline.get("language", "") for outline in ET.parse(path).iter("outline") if outline.get("xmlUrl")]


def test_a_new_brand_directory_works_as_it_is(tmp_path: Path) -> None:
    home = tmp_path / "merek" / "baru"
    assert config.init(home) == [home / "brand.toml", home / "feeds.opml"]
    assert config.find_home(home, {}) == home
    assert config.load(home).topics
    assert opml.parse((home / "feeds.opml").read_bytes()).feeds


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "brand.toml").write_text("punya saya", encoding="utf-8")
    assert config.init(tmp_path) == [tmp_path / "feeds.opml"]
    assert (tmp_path / "brand.toml").read_text(encoding="utf-8") == "punya saya"
    assert config.init(tmp_path) == []


def test_a_link_that_leads_nowhere_is_left_alone_too(tmp_path: Path) -> None:
    (tmp_path / "feeds.opml").symlink_to(tmp_path / "lain.opml")
    assert config.init(tmp_path) == [tmp_path / "brand.toml"]
    assert not (tmp_path / "lain.opml").exists()


def test_a_place_where_nothing_can_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("", encoding="utf-8")
    with pytest.raises(CuratorError):
        config.init(tmp_path / "berkas" / "kopi")


def test_the_starter_explains_every_key() -> None:
    lines = (STARTER / "brand.toml").read_text(encoding="utf-8").splitlines()
    for section, names in keys.KEYS.items():
        assert any(re.match(rf"#?\[+{section}\]+$", line) for line in lines), section
        for key in names:
            assert any(re.match(rf"#?{key} = .", line) for line in lines), key


def test_what_the_starter_comments_out_can_be_used_and_is_what_holds_anyway() -> None:
    text = (STARTER / "brand.toml").read_text(encoding="utf-8")
    assert config.parse(text.encode()).shortlist == ShortlistRules()
    brand = config.parse(uncommented(text).encode())
    assert (brand.shortlist, replace(brand.engine, reranker="")) == (ShortlistRules(), config.parse(text.encode()).engine)
    assert brand.watch
    assert brand.fetch.allow


@pytest.mark.parametrize(("home", "least", "indonesian"), [(ROOT, 40, 15), (STARTER, 8, 3)])
def test_feeds_are_many_in_both_languages_and_in_folders(home: Path, least: int, indonesian: int) -> None:
    found = opml.parse((home / "feeds.opml").read_bytes())
    assert found.problems == ()
    assert len(found.feeds) >= least
    assert len(found.feeds) == len(languages(home / "feeds.opml"))  # no two are the same
    assert all(feed.title and feed.site and feed.category for feed in found.feeds)
    assert languages(home / "feeds.opml").count("id") >= indonesian
    assert languages(home / "feeds.opml").count("en") >= indonesian


def test_the_example_brand_is_kopi_senja() -> None:
    brand = config.load(ROOT)
    assert (brand.name, brand.timezone, brand.reads) == ("Kopi Senja", "Asia/Jakarta", ("id", "en"))
    assert len(brand.topics) >= 4
    assert sum(brand.mix.values()) == pytest.approx(1)
