# ruff: noqa: S603, T201 - a script that starts what it measures and prints what it found
"""One harvest for many brands: what a fleet takes beside one brand alone, in requests and in time.

    ./dev bench fleet [--feeds 500] [--items 6] [--brands 20]

Every brand follows all feeds and has the same topics, so that all of them want the same pages. Scoring, ranking, writing and
indexing are done for each brand. The harvest is what the reports count to fetch, extract and embed, the scoring of texts by a brand's
own topics among it.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import feed_world

from curator.config import opml
from curator.core.feed import Feed

BRAND = """[brand]
name = "Benchmark"
[[topics]]
name = "Coffee"
about = "small coffee houses, roasting and brewing"
[[topics]]
name = "Neighbourhood"
about = "pasar malam, perajin dan toko di lingkungan sekitar"
[fetch]
allow = {}
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, usual in (("feeds", 500), ("items", 6), ("brands", 20)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    asked = parser.parse_args()
    rows = {}
    with feed_world.serving(asked.feeds, asked.items, 50, (0, 0)) as (urls, tally):
        for count in (1, asked.brands):
            with TemporaryDirectory(prefix="curator-fleet-") as folder:
                write(Path(folder), urls, count)
                rows[count] = run(folder) | {"requests seen by the hosts": tally().requests}
    one, many = rows.values()
    print(f"{asked.feeds} feeds of {asked.items} items:    {'1 brand':>10} {f'{asked.brands} brands':>10} {'times':>7}")
    for name in one:
        print(f"{name:>28} {one[name]:>12,.1f} {many[name]:>10,.1f} {many[name] / one[name] if one[name] else 0:>7.2f}")
    further = (many["all, s of processors"] - one["all, s of processors"]) / (asked.brands - 1) / asked.feeds / asked.items
    print(f"each further brand takes {further * 1000:.1f} ms an item")


def write(folder: Path, urls: list[str], count: int) -> None:
    allow = json.dumps(sorted({url.split("/")[2] for url in urls}))
    for n in range(count):
        (folder / f"brand-{n}").mkdir()
        (folder / f"brand-{n}" / "brand.toml").write_text(BRAND.format(allow), "utf-8")
        (folder / f"brand-{n}" / "feeds.opml").write_bytes(opml.build([Feed(url=url) for url in urls], title="Benchmark"))


def run(folder: str) -> dict[str, float]:
    before = os.times()
    report = curator("fleet", "run", "--brands", folder)
    busy = sum(os.times()[2:4]) - sum(before[2:4])
    brands = report["brands"]
    spent = {stage: sum(brand["seconds"][stage] for brand in brands) for stage in ("fetch", "extract", "embed", "rank")}
    harvest = spent["fetch"] + spent["extract"] + spent["embed"]
    counts = {"requests": report["harvest"]["requests"], "documents read": report["harvest"]["read"]}
    stages = {f"{name}, s": took for name, took in spent.items()}
    return {**counts, **stages, "harvest, s": harvest, "all, s": report["seconds"], "all, s of processors": busy}


def curator(*args: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", "curator", *args, "--json"], capture_output=True, check=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


if __name__ == "__main__":
    main()
