"""Which module a call means: a folder of the target, one that was installed, or none that is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ourhalf.model.field import Unresolved
from ourhalf.readers.terraform import modules
from ourhalf.readers.terraform.evaluate import settled
from ourhalf.readers.terraform.modules import Module
from ourhalf.readers.terraform.syntax import Block

if TYPE_CHECKING:
    from ourhalf.readers.terraform.instances import Instance

_DEEPEST = 16
_MOST = 2000


class Called(msgspec.Struct):
    """A module that was found, and the key under which `terraform init` lists its own calls."""

    module: Module
    key: str


def called(caller: Instance, name: str, block: Block) -> Called | Unresolved:
    """The module that a call means; what is not here is also noted as unread."""
    source = block.body.attributes.get("source")
    value = settled(source.expr, caller.scope).value if source is not None else None
    if not isinstance(value, str):
        return _missing(caller, block, f"module `{name}` has a source that is not known")
    key = f"{caller.key}.{name}" if caller.key else name
    local = value.startswith(("./", "../")) or value in {".", ".."}
    folder = modules.joined(caller.module.folder, value) if local else caller.root.installed.get(key)
    if folder is None:
        _missing(caller, block, f"module from {value[:200]} is not here: run terraform init or give a plan")
        return Unresolved(f"module `{name}` from {value[:200]} is not here")
    if folder == ".." or folder.startswith(("../", "/")):
        return _missing(caller, block, f"module `{name}` lies outside of what was read")
    if any(instance.module.folder == folder for instance in caller.ancestors):
        return _missing(caller, block, f"module `{name}` calls itself")
    if len(caller.root.instances) > _MOST or sum(1 for _ in caller.ancestors) > _DEEPEST:
        return _missing(caller, block, f"module `{name}` is nested too deep or called too often")
    module: Module = caller.root.module(folder)
    if not module.files and not module.unread:
        return _missing(caller, block, f"module `{name}`: the folder {folder or '.'} holds no configuration")
    return Called(module, key)


def _missing(caller: Instance, block: Block, reason: str) -> Unresolved:
    caller.root.note(block.place, reason)
    return Unresolved(reason, block.place)
