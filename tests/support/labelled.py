"""The labelled texts of the quality tests: label, language, title and text a row, and the topics they are labelled with."""

import json
from pathlib import Path

_HERE = Path(__file__).parents[1] / "quality"
TOPICS = json.loads((_HERE / "topics.json").read_text("utf-8"))
TEXTS = [line.split("\t") for line in (_HERE / "texts.tsv").read_text("utf-8").splitlines()]
