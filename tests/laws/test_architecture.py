"""Who may import whom: evidence flows in one direction."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "ourhalf"

# What each part may import, besides itself and what stands below `model`.
MAY_IMPORT = {
    "model": set(),
    "resources": {"model"},
    "controls": {"model", "resources"},
    "iam": {"model", "resources"},
    "images": {"model"},
    "graph": {"model", "resources", "discovery"},
    "responsibility": {"model", "resources", "images"},
    "readers": {"model", "resources", "discovery", "cache"},
    "reports": {"model", "discovery"},
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
