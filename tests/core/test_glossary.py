import re
from importlib.util import find_spec
from pathlib import Path

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"


def test_every_module_that_the_glossary_names_exists() -> None:
    named = re.findall(r"`(curator[\w.]*)`", GLOSSARY.read_text(encoding="utf-8"))
    assert len(named) > 20
    assert [name for name in named if find_spec(name) is None] == []
