"""`ourhalf compliance report` in OSCAL: over the example, with component definitions of others, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.compliance.oscal.schemas import SCHEMAS, errors, needs_reference

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"
FOREIGN = Path(__file__).parents[1] / "compliance" / "oscal" / "foreign.json"
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def assessed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The example's assessment as a file: read once, for every framework and format."""
    from datetime import date

    import msgspec

    from ourhalf.run import Request, run

    file = tmp_path_factory.mktemp("assessed") / "acme.json"
    file.write_bytes(msgspec.json.encode(run(Request((str(EXAMPLE),), date(2026, 11, 1)), use_cache=False)))
    return str(file)


@needs_reference
@pytest.mark.parametrize("name", sorted(SCHEMAS))
@pytest.mark.parametrize("framework", ["nist-800-53-r5", "fedramp-r5", "pci-dss-4.0.1", "soc-2"])
def test_the_example_in_every_document(run: Run, assessed: str, name: str, framework: str) -> None:
    done = run("compliance", "report", assessed, "--framework", framework, "--format", name)
    assert (done.status, done.err) == (0, "")
    assert not errors(name, done.out)


def test_components_of_others(run: Run, assessed: str) -> None:
    call = ("compliance", "report", assessed, "--framework", "nist-800-53-r5", "--format", "oscal-ssp")
    done = run(*call, "--component", str(FOREIGN), "--component", str(FOREIGN))
    assert (done.status, done.err) == (0, "")
    components = json.loads(done.out)["system-security-plan"]["system-implementation"]["components"]
    assert [one["title"] for one in components][-2:] == ["Admission policy", "Handbook"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--format", "table", "--component", str(FOREIGN)), "--component is for --format oscal-ssp"),
        (("--format", "oscal-ssp", "--component", "gone.json"), "gone.json: cannot be read: No such file"),
        (("--format", "oscal-sp"), "did you mean oscal-ssp?"),
    ],
)
def test_what_is_refused(run: Run, assessed: str, arguments: tuple[str, ...], told: str) -> None:
    done = run("compliance", "report", assessed, "--framework", "nist-800-53-r5", *arguments)
    assert done.status == 2
    assert done.out == ""
    assert told in done.err
    assert "Traceback" not in done.err


def test_a_bad_epoch_is_one_clear_error(run: Run, assessed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    done = run("compliance", "report", assessed, "--framework", "nist-800-53-r5", "--format", "oscal-ar")
    assert done.status == 2
    assert "SOURCE_DATE_EPOCH is no number of seconds" in done.err
