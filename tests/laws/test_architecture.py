"""Who may import whom: evidence flows in one direction."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "ourhalf"

# What each part may import, besides itself and what stands below `model`.
MAY_IMPORT = {
    "model": set(),
    "resources": {"model"},
    "controls": {"model", "resources"},
    "iam": {"model", "resources"},
    "packages": {"model", "images", "artifacts"},
    "images": {"model", "resources", "packages", "artifacts", "readers", "registry", "web", "discovery", "cache"},
    "graph": {"model", "resources", "images", "discovery"},
    "responsibility": {"model", "resources", "images"},
    "artifacts": {"model", "resources", "discovery"},
    "readers": {"model", "resources", "discovery", "cache", "artifacts"},
    "reports": {"model", "discovery", "vulnerabilities"},  # which writes VEX from the details of findings
    "history": {"model", "cache"},
    "profile": {"model", "readers", "catalogue"},
    "compliance": {"model", "discovery", "readers", "catalogue", "reports"},
    "guide": {"model", "readers", "reports", "responsibility", "compliance"},
}


@pytest.mark.parametrize("part", sorted(MAY_IMPORT))
def test_parts_import_only_what_they_may(part: str) -> None:
    wrong = []
    for path in sorted((SOURCE / part).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module == "ourhalf":
                names = [f"ourhalf.{a.name}" for a in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                other = name.split(".")[1] if name.startswith("ourhalf.") else part
                if other not in MAY_IMPORT[part] | {part} and name != "ourhalf.__version__":
                    wrong.append(f"{path.relative_to(SOURCE)} imports {name}")
    assert not wrong


# What a dependency stands on, imported for its types or errors.
_PARTS = frozenset({"markupsafe", "botocore"})


def test_every_dependency_is_imported_and_has_its_reason() -> None:
    root = SOURCE.parents[1]
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    names = _names(project["dependencies"])
    extras = {
        extra: _names(ones) for extra, ones in project["optional-dependencies"].items() if extra not in ("all", "dev")
    }
    imported = {
        name.partition(".")[0]
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    others = imported - sys.stdlib_module_names - {"ourhalf", "_typeshed", *_PARTS}
    others -= {"mkdocs"}  # which loads our plugin, and so is there
    wanted = names.union(*extras.values()) - {"pyopenssl"}  # model-signing imports it and does not say so
    renamed = {"pyyaml": "yaml", "markdown-it-py": "markdown_it"}
    assert others == {renamed.get(name, name.replace("-", "_")) for name in wanted}
    core, _, rest = (root / "docs/dependencies.md").read_text().partition("## Extras")
    told = {name for row in re.findall(r"^\| ([a-z][\w, -]*) \|", core, re.MULTILINE) for name in row.split(", ")}
    assert told - {"package"} == names
    rows = re.findall(r"^\| `([\w-]+)` \| ([a-z][\w, -]*) \|", rest.partition("## Development")[0], re.MULTILINE)
    assert {extra: set(row.split(", ")) for extra, row in rows} == extras
    assert project["optional-dependencies"]["all"] == [f"ourhalf[{','.join(sorted(extras))}]"]


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=]", one)[0] for one in requirements}


def test_what_an_extra_brings_is_imported_only_inside_functions() -> None:
    optional = {"cryptography", "markdown_it", "model_signing", "sigstore"}
    wrong = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            wrong += [f"{path.name}: {name}" for name in names if name.partition(".")[0] in optional]
    assert not wrong


HEAVY = ("yaml", "tree_sitter", "jinja2", "msgspec", "concurrent.futures", "ourhalf.model")


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv = ['ourhalf', '--help']\n"
        "from ourhalf.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "assess" in done.stdout
