"""Makes advisories beyond what the corpora hold: SYNTHETIC records, each a real one under another id and name.

Four in five are shaped like those of the Python Packaging Advisory Database, one in five like AlmaLinux's: with the
same ranges, lists of versions, texts and number of packages. Their ids hold SYNTHETIC.

    python -m benchmarks.vulnerabilities.make 250000 feed.jsonl
"""

from __future__ import annotations

import json
import lzma
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.peer import corpus

CORPUS = corpus().parent / "advisories"
NAMES = {"PyPI": "pypi-osv.jsonl.xz", "AlmaLinux": "almalinux-osv.jsonl.xz"}


def real(ecosystem: str) -> list[dict[str, Any]]:
    """The real records of one ecosystem."""
    with lzma.open(CORPUS / NAMES[ecosystem], "rt") as file:
        return [json.loads(line) for line in file]


def records(count: int) -> Iterator[dict[str, Any]]:
    """So many synthetic records; the same for the same count."""
    python, rpm = real("PyPI"), real("AlmaLinux")
    chooser = random.Random(6)
    for number in range(count):
        shape = chooser.choice(rpm if number % 5 == 0 else python)
        yield renamed(shape, number, number // len(python))


def renamed(shape: dict[str, Any], number: int, generation: int) -> dict[str, Any]:
    """A record under another id; from the second generation on about other packages."""
    made = {**shape, "id": f"{shape['id'].partition('-')[0]}-SYNTHETIC-{number}"}
    if generation:
        made["aliases"] = [f"{alias}{generation:04}" for alias in shape.get("aliases", [])]
        made["affected"] = [
            {**one, "package": {**one["package"], "name": f"{one['package']['name']}-{generation}"}}
            for one in shape["affected"]
        ]
    return made


def main(count: str, target: str) -> None:
    """Write JSON lines."""
    with Path(target).open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(one, separators=(",", ":")) + "\n" for one in records(int(count)))


if __name__ == "__main__":
    main(*sys.argv[1:3])
