"""Extracts which attributes and blocks Terraform's AWS provider has, for test_field_tables.py.

The facts come from the npm package `@cdktf/provider-aws`, which is generated from the provider's own
schema. In an empty folder:

    npm pack @cdktf/provider-aws
    tar xzf cdktf-provider-aws-*.tgz
    python tests/resources/make_terraform_schema.py package

That writes terraform_schema.json.gz beside this file: the names of the attributes of every resource
type of a service of which ourhalf maps some type, and nothing else of the package. Run it again when
a type of another service is mapped.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path
from typing import Any

from ourhalf.resources import resource_types

OUTPUT = Path(__file__).with_name("terraform_schema.json.gz")

_TYPE = re.compile(r'\.tfResourceType = "(\w+)"')
_VERSION = re.compile(r"providers/hashicorp/aws/([0-9.]+)/docs")
_FUNCTION = re.compile(r"^function (\w+)ToTerraform\(struct\) \{(.*?)^\}", re.DOTALL | re.MULTILINE)
_RESOURCE = re.compile(r"synthesizeAttributes\(\) \{\s+return \{(.*?)^\s+\};", re.DOTALL | re.MULTILINE)
_ENTRY = re.compile(r"^\s+'?(\w+)'?: (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"(?<!cdktf\.)\b(\w+)ToTerraform\b")
_COMPUTED = re.compile(r"this\.get\w+Attribute\('(\w+)'\)")

Tree = dict[str, Any]


def attributes(source: str) -> Tree:
    """The attributes of one resource, by its module in JavaScript: blocks are mappings, others None."""
    functions = dict(_FUNCTION.findall(source))
    known: dict[str, Tree] = {}

    def entries(body: str) -> Tree:
        return {key: block(value) for key, value in _ENTRY.findall(body)}

    def block(value: str) -> Tree | None:
        name = next((n for n in _BLOCK.findall(value) if n in functions), None)
        if name is None:
            return None
        if name not in known:
            known[name] = entries(functions[name].partition("return {")[2])
        return known[name]

    resource = _RESOURCE.search(source)
    assert resource is not None
    _, _, main = source.partition(" extends cdktf.TerraformResource {")
    return {**dict.fromkeys(_COMPUTED.findall(main)), **entries(resource[1])}


def _service(name: str) -> str:
    return "_".join(name.split("_")[:2])


def main(package: Path) -> None:
    """Write the file for the services that are mapped now; names the types that the provider lacks."""
    wanted = {n for kind in resource_types() for n in kind.names.terraform.split("|") if n.startswith("aws_")}
    services = {_service(name) for name in wanted}
    found: dict[str, Tree] = {}
    version = ""
    for module in sorted(package.glob("lib/*/index.js")):
        source = module.read_text()
        declared = _TYPE.search(source)
        if declared is None or _service(declared[1]) not in services or module.parent.name.startswith("data-"):
            continue
        found[declared[1]] = attributes(source)
        version = version or _VERSION.findall(module.with_suffix(".d.ts").read_text())[0]
    text = json.dumps({"provider": version, "types": found}, sort_keys=True, separators=(",", ":"))
    OUTPUT.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    sys.stdout.write(f"{len(found)} types of provider {version}; it has none of {sorted(wanted - set(found))}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
