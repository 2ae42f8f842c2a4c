"""Digests of model files, taken where a profile or a report asks for them: they need every byte of a file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from msgspec.structs import replace

from ourhalf.files import TargetFiles
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Field, Known, Unresolved
from ourhalf.readers.reader import UnreadableError
from ourhalf.resources.model_files import ModelFile

_PIECE = 1 << 26


def with_digests(evidence: Evidence, targets: Mapping[str, TargetFiles]) -> Evidence:
    """The same evidence, with the digest of each model file. Hashing leaves other threads free to run."""
    found = [resource for resource in evidence.resources if isinstance(resource, ModelFile)]
    if not found:
        return evidence
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        digests = dict(zip(map(id, found), pool.map(lambda one: _digest(one, targets), found), strict=True))
    resources = (
        replace(one, digest=digests[id(one)]) if isinstance(one, ModelFile) else one for one in evidence.resources
    )
    return replace(evidence, resources=tuple(resources))


def _digest(file: ModelFile, targets: Mapping[str, TargetFiles]) -> Field[str]:
    """By the path in the target that has it; where several have one, which of them it is is not told."""
    digests = set()
    reason = "it cannot be read again"
    for files in targets.values():
        try:
            with files.mapped(file.place.path) as data:
                digest = hashlib.sha256()
                for at in range(0, len(data), _PIECE):
                    digest.update(data[at : at + _PIECE])
                digests.add(digest.hexdigest())
        except UnreadableError as error:
            reason = error.reason
    if len(digests) == 1:
        return Known(digests.pop(), file.place)
    return Unresolved("several targets have a file of this path" if digests else reason, file.place)
