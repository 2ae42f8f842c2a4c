"""Puts a guide into its folder, whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable

from ourhalf.guide.errors import GuideError

MARK = ".ourhalf-guide"
"""A file that lists all that a guide wrote, so that only a guide is ever replaced."""


def check_place(folder: str) -> None:
    """Raise GuideError where a guide cannot be put: it takes a folder that is new, empty, or a guide already."""
    if os.path.islink(folder) or (os.path.exists(folder) and not os.path.isdir(folder)):
        raise GuideError(folder, None, "is no folder; name one that is new, empty, or holds a guide")
    parent = os.path.dirname(os.path.abspath(folder))
    if not os.path.isdir(parent):
        raise GuideError(folder, None, f"cannot be written: there is no folder {parent}; make it first")
    try:
        held = set(_held(folder)) if os.path.isdir(folder) else set()
        if not held:
            return
        if MARK not in held:
            raise GuideError(folder, None, "holds something else; name a folder that is new, empty, or holds a guide")
        with open(os.path.join(folder, MARK), encoding="utf-8") as file:
            strange = held - set(file.read().splitlines()) - {MARK}
    except (OSError, UnicodeDecodeError) as error:
        raise GuideError(folder, None, f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if strange:
        raise GuideError(folder, None, f"holds {min(strange)}, which no guide wrote; move it, or name another folder")


def _held(folder: str) -> Iterable[str]:
    for above, _, names in os.walk(folder):
        for name in names:
            yield os.path.relpath(os.path.join(above, name), folder).replace(os.sep, "/")


def write(files: Iterable[tuple[str, str]], folder: str) -> int:
    """Put files, by their paths, in the place of `folder`; gives how many. Raises GuideError."""
    check_place(folder)
    place = os.path.abspath(folder)
    beside = f"{place}.{secrets.token_hex(4)}.part"
    try:
        os.mkdir(beside)
        try:
            names = [_write(beside, path, text) for path, text in files]
            _write(beside, MARK, "\n".join(sorted(names)) + "\n")
            _swap(beside, place)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
    except OSError as error:
        raise GuideError(folder, None, f"cannot be written: {error.strerror or error}") from None
    return len(names)


def _write(folder: str, path: str, text: str) -> str:
    full = os.path.join(folder, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "xb") as file:
        file.write(text.encode("utf-8", "replace"))
    return path


def _swap(beside: str, place: str) -> None:
    """Put the new folder where the old one is, which goes only once the new one stands."""
    if not os.path.isdir(place):
        os.rename(beside, place)
        return
    old = f"{place}.{secrets.token_hex(4)}.old"
    os.rename(place, old)
    try:
        os.rename(beside, place)
    except BaseException:
        os.rename(old, place)
        raise
    shutil.rmtree(old)
