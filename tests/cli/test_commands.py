from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from ourhalf import schemas
from ourhalf.catalogue import all_controls
from ourhalf.cli.controls import TOPICS
from ourhalf.cli.main import ourhalf, summary
from ourhalf.model.control import Topic
from ourhalf.profile.document import Profile, load

Run = Callable[..., Any]


def test_help_lists_every_command_with_what_it_does(run: Run) -> None:
    done = run("--help")
    assert done.status == 0
    for name in ourhalf.list_commands(None):  # type: ignore[arg-type]
        assert len(summary(name)) > 10, f"{name}: the first line of its file says what it does"
        assert f"{name} " in done.out


def test_help_imports_no_command_and_nothing_heavy() -> None:
    code = "import sys\nfrom ourhalf.cli.main import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
    code += "print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "ourhalf.cli.main" in loaded
    assert not {m for m in loaded if m.split(".")[0] in ("msgspec", "yaml", "jinja2", "tree_sitter")}
    assert {m for m in loaded if m.startswith("ourhalf.")} == {
        "ourhalf.cli",
        "ourhalf.cli.main",
        "ourhalf.cli.shell",
        "ourhalf.cli.shell.problem",
    }


@pytest.mark.parametrize("name", ourhalf.list_commands(None))  # type: ignore[arg-type]
def test_each_command_has_help(run: Run, name: str) -> None:
    done = run(name, "--help")
    assert done.status == 0
    assert done.out.startswith(f"Usage: ourhalf {name}")


def test_version(run: Run) -> None:
    from ourhalf import __version__

    assert run("--version").out == f"ourhalf, version {__version__}\n"


def test_unknown_command(run: Run) -> None:
    done = run("asses")
    assert done.status == 2
    assert done.err == "ourhalf: no command is named asses; did you mean assess? (see ourhalf --help)\n"


def test_controls_list(run: Run) -> None:
    listed = run("controls", "list").out
    assert all(control.id in listed and control.title in listed for control in all_controls())
    told = json.loads(run("controls", "list", "--format", "json").out)
    assert [c["id"] for c in told] == [c.id for c in all_controls()]
    assert set(told[0]) == {"id", "title", "topic", "severity", "same_as", "rows"}


def test_controls_list_narrows(run: Run) -> None:
    told = json.loads(
        run("controls", "list", "--topic", "infrastructure", "--severity", "high", "--format", "json").out
    )
    assert told
    assert {(c["topic"], c["severity"]) for c in told} == {("infrastructure", "high")}


def test_controls_show(run: Run) -> None:
    told = run("controls", "show", "container-unprivileged").out
    assert "Containers run without privileged mode" in told
    assert "CKV_K8S_16" in told
    whole = json.loads(run("controls", "show", "container-unprivileged", "--format", "json").out)
    assert whole["rationale"]
    assert whole["citations"][0]["url"].startswith("https://")


def test_controls_show_of_an_unknown_id_names_those_near(run: Run) -> None:
    done = run("controls", "show", "container-unpriviledged")
    assert done.status == 2
    assert "did you mean container-unprivileged" in done.err
    assert "`ourhalf controls list` shows all" in run("controls", "show", "zzzz").err


def test_topics_are_those_of_the_model() -> None:
    assert list(Topic) == TOPICS


def test_init_writes_a_profile_that_changes_nothing(run: Run) -> None:
    assert run("init").status == 0
    assert load("ourhalf.yaml") == Profile()


def test_init_never_writes_over_a_file_unasked(run: Run) -> None:
    Path("mine.yaml").write_text("mine")
    done = run("init", "mine.yaml")
    assert done.status == 2
    assert done.err == "ourhalf: mine.yaml is there already; --force writes over it\n"
    assert Path("mine.yaml").read_text() == "mine"
    assert run("init", "mine.yaml", "--force").status == 0
    assert load("mine.yaml") == Profile()
    assert run("init", "no/folder.yaml").status == 2


def test_every_comment_of_the_template_can_be_taken_up(run: Run) -> None:
    run("init")
    lines = Path("ourhalf.yaml").read_text().splitlines()
    prose = [line for line in lines if line.startswith("# ") and not _is_setting(line)]
    taken = [line[2:] if _is_setting(line) else line for line in lines]
    assert len(prose) > 8
    Path("all.yaml").write_text("\n".join(taken) + "\n")
    profile = load("all.yaml")
    assert all((profile.regulations, profile.severities, profile.disabled, profile.scopes, profile.exceptions))
    assert all(getattr(profile.parameters, name) for name in profile.parameters.__struct_fields__)
    schema = json.loads(schemas.shipped("profile"))
    document = yaml.safe_load(Path("all.yaml").read_text())
    jsonschema.validate(json.loads(json.dumps(document, default=str)), schema)


def _is_setting(line: str) -> bool:
    import re

    return re.match(r"# (  |[a-z]+:( |$))", line) is not None


@pytest.mark.parametrize("name", schemas.SHIPPED)
def test_schema(run: Run, name: str) -> None:
    assert json.loads(run("schema", name).out)["$id"].startswith(f"urn:ourhalf:schema:{name}-")


def test_completion_for_shells() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ourhalf"],
        env={
            "_OURHALF_COMPLETE": "bash_complete",
            "COMP_WORDS": "ourhalf con",
            "COMP_CWORD": "1",
            "PATH": "/usr/bin:/bin",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "plain,controls" in done.stdout
