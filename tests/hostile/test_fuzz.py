"""Files of each format after small changes: readers say what they cannot read, and never fail themselves.

`make fuzz` runs many more examples, at random. What it finds is kept below `found`, one folder a case.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ourhalf.assess import assess
from ourhalf.collect import decode, encode, read_all
from ourhalf.files import TargetFiles
from ourhalf.model.evidence import Evidence
from tests.hostile.mutations import CHANGES, MUTATIONS, Change
from tests.hostile.samples import FILES, SCRIPT
from tests.support import TODAY, MemoryFiles

EXAMPLES = int(os.environ.get("OURHALF_FUZZ_EXAMPLES", "0"))
FOUND = Path(__file__).parent / "found"
ACME = Path(__file__).parents[2] / "examples" / "acme"

Seed = dict[str, bytes]


def _example(folder: str) -> Seed:
    return {path.name: path.read_bytes() for path in sorted((ACME / folder).iterdir())}


SEEDS: dict[str, Seed] = {name: {path: text.encode() for path, text in files.items()} for name, files in FILES.items()}
SEEDS |= {f"acme {folder}": _example(folder) for folder in sorted(p.name for p in ACME.iterdir() if p.is_dir())}


def sound(found: Evidence) -> None:
    """Every reason is the file's, what was found can be kept, and every control can judge it."""
    assert not [u for u in found.unread if "the reader failed" in u.reason or not u.reason]
    kept = encode(found)
    assert encode(decode(kept)) == kept
    judged = assess(found, ("x",), TODAY)
    assert not [f.reason for f in judged.findings if f.reason.startswith("control ")]


BOUNDED = settings(
    max_examples=EXAMPLES or 50,
    deadline=None,
    derandomize=not EXAMPLES,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.parametrize("how", MUTATIONS)
@pytest.mark.parametrize("name", SEEDS)
def test_changed_files_are_read_or_said(name: str, how: str) -> None:
    files = SEEDS[name]

    @BOUNDED
    @given(st.integers(0, len(files) - 1), CHANGES)
    def run(number: int, changes: list[Change]) -> None:
        path = sorted(files)[number]
        sound(read_all(MemoryFiles({**files, path: MUTATIONS[how](files[path], changes)})))

    run()


@BOUNDED
@given(CHANGES, st.sampled_from(["plain", "gzip", "cut"]))
def test_changed_boot_scripts_are_read_or_said(changes: list[Change], form: str) -> None:
    script = MUTATIONS["bytes"](SCRIPT.encode(), changes)
    packed = script if form == "plain" else gzip.compress(script)
    if form == "cut":
        packed = packed[: changes[0][1] % (len(packed) + 1)]
    data = {"LaunchTemplateName": "x", "LaunchTemplateData": {"UserData": base64.b64encode(packed).decode()}}
    sound(read_all(MemoryFiles({"lt.json": json.dumps(data)})))


@pytest.mark.parametrize("case", sorted(p.name for p in FOUND.iterdir() if p.is_dir()) if FOUND.is_dir() else [])
def test_what_was_found_stays_mended(case: str) -> None:
    sound(read_all(TargetFiles(str(FOUND / case))))
