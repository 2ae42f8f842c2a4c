"""Signatures of models by OpenSSF's model-signing, verified with the keys that a profile names.

Only elliptic-curve keys are taken: verifying with one needs neither the network nor a root of trust. A signature
covers the files that its manifest names, each whole (`files` serialization). It lies as `*.sig` in the folder that it
is about, or beside the file or folder whose name it has.
"""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import io
import json
import os
import posixpath
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from ourhalf.files import TargetFiles
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Known, Many, Unresolved
from ourhalf.readers.reader import UnreadableError
from ourhalf.resources.model_files import ModelFile, key_name

MAX_SIGNATURES = 1000
_LONGEST_SIGNATURE = 32 * 1024 * 1024
_MISSING = "the library that verifies signatures of models is not there: install ourhalf[model-signing]"


def with_signers(evidence: Evidence, targets: Mapping[str, TargetFiles], keys: tuple[str, ...]) -> Evidence:
    """The same evidence, with the keys of whose owners a signature covers each model file."""
    there = importlib.util.find_spec("model_signing") is not None
    signed = _signed(targets, keys) if there else {}

    def signers(file: ModelFile) -> Many[str]:
        if not there:
            return Unresolved(_MISSING, file.place)
        found = [signed.get((target, file.place.path), set()) for target, files in targets.items() if _has(files, file)]
        if len(found) > 1:
            return Unresolved("several targets have a file of this path", file.place)
        return Known(tuple(sorted(found[0])) if found else (), file.place)

    resources = (
        replace(one, signers=signers(one)) if isinstance(one, ModelFile) else one for one in evidence.resources
    )
    return replace(evidence, resources=tuple(resources))


def _has(files: TargetFiles, file: ModelFile) -> bool:
    return bool(files.state(file.place.path))


def _signed(targets: Mapping[str, TargetFiles], keys: tuple[str, ...]) -> dict[tuple[str, str], set[str]]:
    """Names of keys by target and path of the file that a signature by them covers."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for target, files in targets.items():
        if files.single:
            continue
        paths = files.paths()
        for signature in [path for path in paths if path.endswith(".sig")][:MAX_SIGNATURES]:
            for key in keys:
                for path in _covered(files, signature, key):
                    found[target, path].add(key_name(key))
    return found


def _covered(files: TargetFiles, signature: str, key: str) -> Iterator[str]:
    """The files that a signature by this key covers, as they are now; none where it does not verify."""
    try:
        with files.mapped(signature) as data:
            raw = bytes(data[:_LONGEST_SIGNATURE])
    except UnreadableError:
        return
    for model in dict.fromkeys((posixpath.dirname(signature), signature.removesuffix(".sig"))):
        place = os.path.join(files.place, model)
        if os.path.islink(place) or not os.path.exists(place) or not _verifies(place, raw, key):
            continue
        for name in _names(raw):
            yield model if name == "." else posixpath.normpath(posixpath.join(model, name))
        return


def _verifies(place: str, raw: bytes, key: str) -> bool:
    """Whether a signature is by the owner of a key and what it covers is as it was signed."""
    from model_signing import verifying

    config: Callable[[], Any] = verifying.Config

    with tempfile.TemporaryDirectory() as folder:
        public, bundle = Path(folder, "key.pem"), Path(folder, "model.sig")
        public.write_text(key, "utf-8")
        bundle.write_bytes(raw)
        try:
            # The library prints warnings where reports are written.
            with contextlib.redirect_stdout(io.StringIO()):
                asked = config().use_elliptic_key_verifier(public_key=public)
                asked.set_ignore_unsigned_files(os.path.isdir(place)).verify(Path(place), bundle)
        except Exception:  # noqa: BLE001 - a signature may hold anything, and the library raises anything
            return False
    return True


def _names(raw: bytes) -> tuple[str, ...]:
    """What a signature that was verified names, as its own statement says."""
    statement: Any = json.loads(base64.b64decode(json.loads(raw)["dsseEnvelope"]["payload"]))
    predicate = statement["predicate"]
    if predicate["serialization"]["method"] != "files":
        return ()
    return tuple(one["name"] for one in predicate["resources"])
