"""A repository of the Hugging Face hub as its client keeps it: `models--ORGANISATION--NAME`, one revision of it.

Source: huggingface.co/docs/huggingface_hub/guides/manage-cache, on folders `refs`, `snapshots` and `blobs`.
"""

from __future__ import annotations

import os
import re

from ourhalf.files import TargetFiles
from ourhalf.images.options import ImageOptions
from ourhalf.model.evidence import Evidence, Unread
from ourhalf.readers.reader import merged
from ourhalf.scanning.files import judged
from ourhalf.scanning.place import Place, PlaceError

_TARGET = re.compile(r"hf:(?P<folder>[^@]+)(?:@(?P<revision>[\w./-]+))?", re.DOTALL)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_MOST_REF = 200


def _claims(target: str) -> bool:
    return target.startswith("hf:")


def _evidence(target: str, _: ImageOptions) -> Evidence:
    found = _TARGET.fullmatch(target)
    if found is None or not os.path.isdir(found["folder"]):
        raise PlaceError(f"{target} names no folder: write hf:DIR or hf:DIR@REVISION")
    folder = found["folder"]
    files = TargetFiles(folder)
    if not os.path.isdir(os.path.join(folder, "snapshots")):  # a clone, or what `snapshot_download` wrote elsewhere
        return _of(files, files.paths())
    commit = _commit(folder, found["revision"] or "main", target)
    prefix = f"snapshots/{commit}/"
    return _of(files, tuple(path for path in files.paths() if path.startswith(prefix)))


def _commit(folder: str, revision: str, target: str) -> str:
    """The commit of a revision: itself, or what the folder `refs` says of a branch or tag."""
    if _COMMIT.fullmatch(revision):
        commit = revision
    else:
        try:
            with open(os.path.join(folder, "refs", *_inside(revision)), encoding="ascii") as file:
                commit = file.read(_MOST_REF).strip()
        except (OSError, UnicodeDecodeError):
            raise PlaceError(f"{target}: no revision {revision} is kept there; name one with hf:DIR@REVISION") from None
    if not _COMMIT.fullmatch(commit) or not os.path.isdir(os.path.join(folder, "snapshots", commit)):
        raise PlaceError(f"{target}: the files of revision {revision} are not kept there")
    return commit


def _inside(revision: str) -> list[str]:
    return [part for part in revision.split("/") if part not in ("", ".", "..")]


def _of(files: TargetFiles, paths: tuple[str, ...]) -> Evidence:
    told = tuple(Unread(one.path, one.line, one.reader, one.reason) for one in files.unread)
    return merged([Evidence(unread=told), *(judged(files, path, wanted=False) for path in paths)])


HUB = Place("hub", "hf:DIR[@REVISION]", _claims, _evidence)
