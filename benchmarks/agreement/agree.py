"""Where ourhalf and Checkov test the same condition of the same resource, do they agree?

    python -m benchmarks.agreement.agree [--corpus DIR] [--checkov PATH] [--keep DIR] [--open]

Runs both over the corpus, matches their results by file and resource for every pair of controls
that `Control.same_as` names, judges disagreements by adjudicated.yaml and writes docs/agreement.md.
Ends with status 1 when a disagreement is not adjudicated or agreement is under the target.
--keep names a folder whose results of an earlier run are used again; --open lists what is not
adjudicated instead of writing the page.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import peer
from benchmarks.agreement.page import page
from benchmarks.agreement.results import Comparison, Judgement, Side

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "agreement.md"
TARGET = 0.99
AS_OF = "2026-11-01"
_INDEX = re.compile(r"\[[^\]]*\]")


def main() -> int:
    """Compare, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=peer.corpus())
    parser.add_argument("--checkov", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--open", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = options.keep or Path(folder)
        ours, theirs = _results(work, options.corpus, options.checkov)
    judgements = msgspec.yaml.decode((HERE / "adjudicated.yaml").read_bytes(), type=tuple[Judgement, ...])
    compared = [_judged(found, judgements) for found in compare(ours, theirs)]
    if options.open:
        _list(found for found in compared if not found.agrees and found.judgement is None)
        return 0
    text, share = page(compared, judgements, ours, theirs)
    PAGE.write_text(text)
    print(f"{PAGE.name}: {len(compared)} compared, {share:.2%} after adjudication")
    unjudged = sum(1 for found in compared if not found.agrees and found.judgement is None)
    unused = [j for j in judgements if not any(found.judgement is j for found in compared)]
    for judgement in unused:
        print(f"matches nothing: {judgement.peer} {judgement.control} {judgement.ours}/{judgement.theirs}")
    return 1 if share < TARGET or unjudged else 0


def _results(work: Path, source: Path, checkov: Path | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What both say, from files of an earlier run in `work` where they are there."""
    corpus = work / "corpus"
    theirs, ours = work / "theirs.json", work / "ours.json"
    if not corpus.exists():
        peer.copy(source, corpus)
    if not theirs.exists():
        with theirs.open("wb") as out:
            subprocess.run(
                peer.command(checkov or peer.install(), corpus), stdout=out, stderr=subprocess.DEVNULL, check=True
            )
    if not ours.exists():
        program = Path(sys.executable).parent / "ourhalf"
        subprocess.run(
            [
                program, "assess", corpus, "--profile", HERE / "profile.yaml",
                "--format", f"json={ours}", "--fail-on", "none", "--as-of", AS_OF,
            ],
            stdout=subprocess.DEVNULL,
            check=True,
        )  # fmt: skip
    return json.loads(ours.read_bytes()), json.loads(theirs.read_bytes())


def compare(ours: dict[str, Any], theirs: list[dict[str, Any]]) -> Iterator[Comparison]:
    """Every result of Checkov's that a finding of ours of the same condition is about."""
    pairs: dict[str, list[str]] = defaultdict(list)
    for control in ours["controls"]:
        for other in control["same_as"]:
            if other["tool"] == "Checkov":
                pairs[other["id"]].append(control["id"])
    findings: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for finding in ours["findings"]:
        findings[finding["control"], finding["subject"]["path"]].append(finding)
    for result in _checks(theirs):
        for control in pairs.get(result["check_id"], ()):
            side = Side.of(about(findings[control, result["file_path"].lstrip("/")], result))
            if side is not None:
                yield Comparison.of(control, result, side)


def _checks(theirs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every passed and failed check, once: Checkov repeats some for the same resource."""
    seen: dict[tuple[Any, ...], dict[str, Any]] = {}
    for part in theirs:
        for name in ("passed_checks", "failed_checks"):
            for check in part["results"][name]:
                key = (check["check_id"], check["file_path"], check["resource"], *check["file_line_range"])
                seen[key] = check
    yield from seen.values()


def about(findings: list[dict[str, Any]], result: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of `findings`, all of one file, that are about the resource of `result`.

    Checkov gives the lines of the whole resource. A subject of ours begins in them; in Terraform
    the address must also be the same without indices, as a module is read once for each call.
    """
    first, last = result["file_line_range"]
    inside = [f for f in findings if first <= f["subject"]["line"] <= last]
    if not result["file_path"].endswith(".tf"):
        return inside
    address = _INDEX.sub("", result["resource"])
    return [f for f in inside if _INDEX.sub("", f["subject"]["workload"] or f["subject"]["name"]) == address]


def _judged(found: Comparison, judgements: Iterable[Judgement]) -> Comparison:
    if found.agrees:
        return found
    fitting = (judgement for judgement in judgements if judgement.fits(found))
    return msgspec.structs.replace(found, judgement=next(fitting, None))


def _list(found: Iterable[Comparison]) -> None:
    classes: dict[tuple[str, ...], list[Comparison]] = defaultdict(list)
    for one in found:
        classes[one.peer, one.control, one.ours.status, one.theirs, one.ours.reason[:90]].append(one)
    for key, ones in sorted(classes.items(), key=lambda item: -len(item[1])):
        print(len(ones), *key, sep=" | ")
        for one in ones[:3]:
            print(f"      {one.path}:{one.line} {one.resource}")
    print(sum(map(len, classes.values())), "open")


if __name__ == "__main__":
    sys.exit(main())
