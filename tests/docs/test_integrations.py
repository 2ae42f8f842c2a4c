"""What the action, the hook, the container file and the page about them call exists, and works."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from ourhalf.cli.main import ourhalf
from ourhalf.model.verdict import Status
from ourhalf.reports.report import all_reports
from ourhalf.run import Request, run

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
PAGE = (ROOT / "docs/integrations.md").read_text("utf-8")
CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")
PROGRAM = Path(sys.executable).parent / "ourhalf"

STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
INSTALL, ASSESS, SEND = STEPS.values()


def blocks(language: str) -> list[str]:
    """The blocks of code in a language on the page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def calls(text: str) -> Iterator[list[str]]:
    """Every call of ourhalf that a text of shell lines makes, as its words."""
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line.removeprefix("$ ").removeprefix("    - "), comments=True)
        for number, word in enumerate(words):
            if word == "ourhalf" and words[number + 1 : number + 2] and words[number + 1] in commands():
                yield words[number + 1 :]


def commands() -> list[str]:
    return ourhalf.list_commands(click.Context(ourhalf))


def options_of(name: str) -> set[str]:
    command = ourhalf.get_command(click.Context(ourhalf), name)
    assert command is not None, name
    return {option for parameter in command.params for option in parameter.opts if option.startswith("-")}


def check(call: list[str]) -> None:
    """The command, its options and its formats are there."""
    command, *words = call
    for number, word in enumerate(words):
        if not word.startswith("--") or word == "--":
            continue
        option, _, value = word.partition("=")
        assert option in options_of(command), f"{command} has no {option}"
        if option == "--format" and command == "assess":
            assert (value or words[number + 1]).split("=")[0] in all_reports()


def test_the_page_calls_what_is_there() -> None:
    found = [c for kind in ("sh", "console", "yaml") for text in blocks(kind) for c in calls(text)]
    assert len(found) >= 6
    assert {c[0] for c in found} == {"assess", "explain"}
    for call in found:
        check(call)


def test_the_page_lists_the_inputs_of_the_action() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (?:`([^`]*)`)? ?\|", PAGE, re.MULTILINE)
    assert dict(rows) == {n: i["default"] for n, i in ACTION["inputs"].items()}


def test_the_page_tells_the_severities_of_gitlab() -> None:
    from ourhalf.reports.gitlab import _SEVERITIES

    rows = dict(re.findall(r"^\| (\w+) \| (\w+) \|$", PAGE, re.MULTILINE))
    assert {s: rows.get(s) for s in map(str, _SEVERITIES)} == {str(s): name for s, name in _SEVERITIES.items()}


def test_workflows_of_the_page_use_inputs_and_hooks_that_are_there() -> None:
    workflow, gitlab, pre_commit = (yaml.safe_load(text) for text in blocks("yaml"))
    (step,) = [s for s in workflow["jobs"]["ourhalf"]["steps"] if s["uses"].startswith("REPOSITORY")]
    assert set(step["with"]) <= set(ACTION["inputs"])
    assert set(gitlab["ourhalf"]["artifacts"]["reports"]) == {"codequality", "junit"}
    (hook,) = pre_commit["repos"][0]["hooks"]
    assert hook["id"] in {h["id"] for h in HOOKS}
    check(["assess", *hook["args"]])


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_lines_give_a_script(shell: str) -> None:
    assert f"_OURHALF_COMPLETE={shell}_source ourhalf" in PAGE
    environment = {**os.environ, "_OURHALF_COMPLETE": f"{shell}_source"}
    # Without bash 4.4 on the machine click says so on standard error, and gives the script all the same.
    done = subprocess.run([PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert f"_OURHALF_COMPLETE={shell}_complete" in done.stdout


def test_hooks_call_what_is_there() -> None:
    (hook,) = HOOKS
    program, *words = shlex.split(hook["entry"])
    assert (program, hook["id"], hook["pass_filenames"]) == ("ourhalf", "ourhalf", False)
    check([*words, *hook["args"]])


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("main.tf", True),
        ("a/terraform.tfvars", True),
        ("k8s/pod.yaml", True),
        ("task.json", True),
        ("Dockerfile", True),
        ("images/train.Dockerfile", True),
        ("Dockerfile.gpu", True),
        ("Containerfile", True),
        ("train.py", True),
        ("README.md", False),
        ("photo.png", False),
    ],
)
def test_the_hook_runs_for_files_that_are_read(path: str, wanted: bool) -> None:
    assert (re.search(HOOKS[0]["files"], path) is not None) is wanted


def test_the_action_calls_what_is_there() -> None:
    script = ASSESS["run"]
    assert '/bin/ourhalf" assess "${options[@]}" -- "${targets[@]}"' in script
    options = re.findall(r"(--[a-z-]+)", script)
    assert set(options) <= options_of("assess")
    assert {"--baseline", "--changed-since", "--fail-on", "--format", "--profile", "--strict"} <= set(options)
    for form in re.findall(r'--format="(\w+)=', script):
        assert form in all_reports()


def test_inputs_never_become_part_of_a_script() -> None:
    for step in STEPS.values():
        assert "${{" not in step.get("run", "")
    named = set(re.findall(r"\$\{\{ inputs\.([a-z-]+) \}\}", str(ASSESS["env"])))
    assert named | {"upload-sarif"} == set(ACTION["inputs"])
    assert set(re.findall(r"\bINPUT_\w+", ASSESS["run"])) == set(ASSESS["env"])


def test_the_action_installs_what_is_pinned_from_its_own_checkout() -> None:
    assert '--require-hashes -r "$GITHUB_ACTION_PATH/requirements/core.txt"' in INSTALL["run"]
    assert '--no-deps --no-build-isolation "$GITHUB_ACTION_PATH"' in INSTALL["run"]
    assert (ROOT / "requirements/core.txt").is_file()


def act(folder: Path, **inputs: str) -> tuple[int, str, dict[str, str], str]:
    """Run the assess step: its status, what it prints, its outputs, and the summary of the job."""
    (folder / "ourhalf/bin").mkdir(parents=True, exist_ok=True)
    link = folder / "ourhalf/bin/ourhalf"
    if not link.exists():
        link.symlink_to(PROGRAM)
    given = {name: i["default"] for name, i in ACTION["inputs"].items()} | {
        name.replace("_", "-"): value for name, value in inputs.items()
    }
    names = {variable: text.removeprefix("${{ inputs.").removesuffix(" }}") for variable, text in ASSESS["env"].items()}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        **{variable: given[name] for variable, name in names.items()},
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(folder / "outputs"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "OURHALF_CACHE_DIR": str(folder / "cache"),
    }
    (folder / "outputs").write_text("")
    (folder / "summary").write_text("")
    call = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", ASSESS["run"]]
    done = subprocess.run(call, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    outputs = dict(line.split("=", 1) for line in (folder / "outputs").read_text().splitlines())
    return done.returncode, done.stdout + done.stderr, outputs, (folder / "summary").read_text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one privileged pod in `my files`."""
    (tmp_path / "my files").mkdir()
    (tmp_path / "my files/pod.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: train}\nspec:\n  containers:\n"
        "    - {name: main, image: 'registry.example.com/train:1.2', securityContext: {privileged: true}}\n"
    )
    return tmp_path


def test_the_assess_step_fails_a_job_with_reports(folder: Path) -> None:
    status, printed, outputs, summary = act(folder, path="my files\n", format="table\njunit=j.xml")
    assert (status, outputs["status"]) == (1, "1"), printed
    assert "Containers run without privileged mode" in printed
    assert summary.startswith("## Our half: ")
    assert (folder / "j.xml").is_file()
    sarif = json.loads(Path(outputs["sarif"]).read_text())
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in sarif["runs"][0]["results"]}
    assert uris == {"my%20files/pod.yaml"}


def test_the_assess_step_passes_a_job(folder: Path) -> None:
    status, printed, outputs, summary = act(folder, path="my files", fail_on="none", summary="false")
    assert (status, outputs["status"], summary) == (0, "0", ""), printed


def test_the_assess_step_takes_a_baseline(folder: Path) -> None:
    assert act(folder, path="my files", format="json=base.json")[0] == 1
    status, printed, _, _ = act(folder, path="my files", baseline="base.json")
    assert status == 0, printed
    assert "baseline  0 failures are new" in printed


@pytest.mark.parametrize(
    "inputs",
    [
        {"path": "$(touch sprung)"},
        {"path": "--help"},
        {"path": "."} | {"changed_since": "; touch sprung"},
        {"path": "."} | {"changed_since": "--output=sprung"},
        {"path": "."} | {"fail_on": "none; touch sprung"},
        {"path": "."} | {"profile": "`touch sprung`"},
    ],
)
def test_hostile_inputs_are_data(folder: Path, inputs: dict[str, str]) -> None:
    status, printed, outputs, summary = act(folder, **inputs)
    assert (status, outputs, summary) == (2, {"status": "2"}, ""), printed
    assert "ourhalf: " in printed
    assert not (folder / "sprung").exists()


def test_the_container_holds_our_own_controls(tmp_path: Path) -> None:
    (tmp_path / "Containerfile").write_text(CONTAINERFILE)
    assessment = run(Request((str(tmp_path),), date(2026, 11, 1)), use_cache=False)
    failing = {f.control for f in assessment.findings if f.status is Status.FAIL}
    assert failing <= {"dockerfile-health-check"}, "it is accepted beside the line, and nothing else is"
    assert not [f for f in assessment.findings if f.counts or f.status is Status.UNKNOWN]
    assert sum(f.status is Status.PASS for f in assessment.findings) >= 10
    assert assessment.unread == ()


def test_the_container_copies_what_is_there() -> None:
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", CONTAINERFILE, re.MULTILINE):
        for path in source.split():
            assert (ROOT / path).exists(), path
    assert 'ENTRYPOINT ["ourhalf"]' in CONTAINERFILE
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", CONTAINERFILE, re.MULTILINE)
