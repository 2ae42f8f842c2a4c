"""Extracts which arguments the types of Terraform's AWS provider take and ask for, for test_terraform.py.

The facts come from the npm package `@cdktf/provider-aws`, as for tests/resources/make_terraform_schema.py, whose
docstring says how to get it. `python tests/monitor/make_provider.py package` writes provider.json.gz beside this
file: for each type that a template of a plan writes, its arguments, whether each must be given, and those below it.
Run it again when a template writes another type.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).with_name("provider.json.gz")
TEMPLATES = Path(__file__).parents[2] / "src/ourhalf/monitor/configuration/terraform"

_WRITTEN = re.compile(r'^(resource|data) "(aws_\w+)"', re.MULTILINE)
_VERSION = re.compile(r"providers/hashicorp/aws/([0-9.]+)/docs")
_INTERFACE = re.compile(r"^export interface (\w+) .*?\{(.*?)^\}", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"#(\w+) \w+#\w+\}.{0,8000}?readonly \w+(\??): ([^;]+);", re.DOTALL)
_NAME = re.compile(r"\w+")

Tree = dict[str, Any]


def arguments(source: str) -> Tree:
    """The arguments of one type, by its module's declarations: whether each is required, and those below it."""
    interfaces = dict(_INTERFACE.findall(source))

    def entries(name: str, depth: int) -> Tree:
        found: Tree = {}
        for argument, optional, kind in _FIELD.findall(interfaces[name]):
            below = next((n for n in _NAME.findall(kind) if n in interfaces), None)
            found[argument] = [not optional, entries(below, depth + 1) if below and depth < 8 else None]
        return found

    config = next(
        name for name in interfaces if name.endswith("Config") and "TerraformMetaArguments" in _head(source, name)
    )
    return entries(config, 0)


def _head(source: str, name: str) -> str:
    return source.split(f"export interface {name} ", 1)[1].split("{", 1)[0]


def main(package: Path) -> None:
    """Write the file for the types that templates write."""
    texts = [path.read_text() for path in TEMPLATES.rglob("*.tf")]
    wanted = {pair for text in texts for pair in _WRITTEN.findall(text)}
    found: dict[str, Tree] = {}
    version = ""
    for kind, name in sorted(wanted):
        folder = ("data-aws-" if kind == "data" else "") + name.removeprefix("aws_").replace("_", "-")
        source = (package / "lib" / folder / "index.d.ts").read_text()
        found[f"{kind} {name}"] = arguments(source)
        version = version or _VERSION.findall(source)[0]
    text = json.dumps({"provider": version, "types": found}, sort_keys=True, separators=(",", ":"))
    OUTPUT.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    sys.stdout.write(f"{len(found)} types of provider {version}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
