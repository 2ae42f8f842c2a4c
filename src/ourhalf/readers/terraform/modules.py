"""Modules as they are written: the files of a folder, merged."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator

import msgspec

from ourhalf.model.evidence import Suppression, Unread
from ourhalf.readers import suppressions
from ourhalf.readers.reader import Files, UnreadableError
from ourhalf.readers.terraform import hcl, json_syntax
from ourhalf.readers.terraform.syntax import Attribute, Block, Body, File

READER = "terraform"
ENDINGS = (".tf", ".tofu", ".tf.json", ".tofu.json")
_OVERRIDE = re.compile(r"(^|_)override\.(tf|tofu)(\.json)?$")
_LOCAL_SOURCE = re.compile(rb'\bsource"?\s*[=:]\s*"(\.\.?(?:/[^"$\n]*)?)"')


class Module(msgspec.Struct):
    """What the files of one folder declare, by address in the module."""

    folder: str
    variables: dict[str, Block] = msgspec.field(default_factory=dict)
    outputs: dict[str, Block] = msgspec.field(default_factory=dict)
    locals: dict[str, Attribute] = msgspec.field(default_factory=dict)
    resources: dict[str, Block] = msgspec.field(default_factory=dict)
    calls: dict[str, Block] = msgspec.field(default_factory=dict)
    providers: list[Block] = msgspec.field(default_factory=list)
    unread: list[Unread] = msgspec.field(default_factory=list)
    suppressions: list[Suppression] = msgspec.field(default_factory=list)
    files: int = 0


def sources(paths: tuple[str, ...] | list[str]) -> list[str]:
    """The paths that make up a module, in the order in which they count: a `.tofu` file hides its `.tf` twin."""
    chosen = [path for path in paths if path.endswith(ENDINGS)]
    hidden = {path.replace(".tofu", ".tf") for path in chosen if path.endswith((".tofu", ".tofu.json"))}
    kept = [path for path in chosen if path not in hidden]
    return sorted(kept, key=lambda path: (bool(_OVERRIDE.search(posixpath.basename(path))), path))


def load(folder: str, files: Files) -> Module:
    """The module that the files of `folder` make up."""
    module = Module(folder)
    for path in sources(files.folder(folder)):
        try:
            data = files.read(path)
            parsed = parse(data, path)
        except UnreadableError as error:
            module.unread.append(Unread(path, error.line, READER, error.reason))
            continue
        module.files += 1
        module.unread.extend(Unread(path, fault.line, READER, fault.reason) for fault in parsed.faults)
        found, unread = suppressions.find(data, path)
        module.suppressions.extend(found)
        module.unread.extend(unread)
        _declare(module, parsed.body, override=bool(_OVERRIDE.search(posixpath.basename(path))))
    return module


def parse(data: bytes, path: str) -> File:
    """A file in either syntax. Raises UnreadableError where nothing of it can be read."""
    if path.endswith(".json"):
        return json_syntax.parse(data, path)
    return hcl.parse(data, path)


def _declare(module: Module, body: Body, override: bool) -> None:
    for block in body.blocks:
        labels = block.labels
        match block.type, len(labels):
            case "locals", 0:
                module.locals.update(block.body.attributes)
            case "variable", 1:
                _add(module.variables, labels[0], block, override)
            case "output", 1:
                _add(module.outputs, labels[0], block, override)
            case "module", 1:
                _add(module.calls, labels[0], block, override)
            case "resource", 2:
                _add(module.resources, f"{labels[0]}.{labels[1]}", block, override)
            case "data" | "ephemeral", 2:
                _add(module.resources, f"{block.type}.{labels[0]}.{labels[1]}", block, override)
            case "provider", 1:
                module.providers.append(block)


def _add(known: dict[str, Block], name: str, block: Block, override: bool) -> None:
    before = known.get(name)
    known[name] = _overridden(before, block) if override and before is not None else block


def _overridden(before: Block, block: Block) -> Block:
    """A block with what an override file says put in its place: attributes one by one, blocks by type."""

    def make() -> Body:
        replaced = {inner.type for inner in block.body.blocks}
        return Body(
            {**before.body.attributes, **block.body.attributes},
            [*(b for b in before.body.blocks if b.type not in replaced), *block.body.blocks],
            before.body.rest or block.body.rest,
        )

    return Block(before.type, before.labels, before.path, before.line, before.column, make)


def local_sources(data: bytes, folder: str) -> Iterator[str]:
    """The folders that a file of `folder` may call as modules, by a quick look at its text."""
    if b"source" in data:
        for found in _LOCAL_SOURCE.finditer(data):
            yield joined(folder, found[1].decode("utf-8", "replace"))


def joined(folder: str, path: str) -> str:
    """A path relative to a folder, as a path of the target; the target itself is the empty text."""
    found = posixpath.normpath(posixpath.join(folder, path))
    return "" if found == "." else found


def installed(folder: str, files: Files) -> dict[str, str]:
    """The folders that `terraform init` put modules into, by the key of their call."""
    path = joined(folder, ".terraform/modules/modules.json")
    if not files.exists(path):
        return {}
    try:
        listed = json.loads(files.read(path))["Modules"]
        return {str(entry["Key"]): joined(folder, str(entry["Dir"])) for entry in listed if entry.get("Key")}
    except (UnreadableError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def values(data: bytes, path: str) -> File:
    """A file of variables' values. Raises UnreadableError where nothing of it can be read."""
    return json_syntax.parse_values(data, path) if path.endswith(".json") else hcl.parse(data, path)
