"""Which files were read, with their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from ourhalf.collect import Targets
from ourhalf.evidence.errors import EvidenceError
from ourhalf.files import TargetFiles


class InputFile(msgspec.Struct, frozen=True):
    """A file that was read. `target` is the number of its target, from 0; `path` is relative to that."""

    target: int
    path: str
    sha256: str
    size: int


class ReadTargets(Targets):
    """Targets that remember what of them was read."""

    def __init__(self, targets: Iterable[str]) -> None:
        self._recorded = {target: _Recorded(target) for target in targets}
        self.files = dict(self._recorded)
        self.paths = {target: files.paths() for target, files in self.files.items()}

    def inputs(self) -> tuple[InputFile, ...]:
        """Every file that was read, by target and path. Raises EvidenceError where one is no longer as it was."""
        return tuple(
            read
            for number, (target, files) in enumerate(self._recorded.items())
            for read in _hashed(number, target, files.read_digests)
        )


class _Recorded(TargetFiles):
    """Files that remember the digests of what was read of them."""

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.read_digests: dict[str, str] = {}

    def note(self, seen: Mapping[str, str]) -> None:
        """See `TargetFiles.note`."""
        self.read_digests.update(seen)
        super().note(seen)


class _Hashing(TargetFiles):
    """Files that keep the SHA-256 and the size of what is read of them."""

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.hashed: dict[str, tuple[str, int]] = {}

    def _bytes(self, path: str) -> bytes:
        data = super()._bytes(path)
        self.hashed[path] = (hashlib.sha256(data).hexdigest(), len(data))
        return data


def _hashed(number: int, target: str, digests: Mapping[str, str]) -> list[InputFile]:
    files = _Hashing(target)
    found = []
    for path, digest in sorted(digests.items()):
        if path.endswith("/"):  # a folder that was listed
            continue
        if files.digest(path) != digest:
            raise EvidenceError(f"{path} changed while the bundle was made; make it again")
        if path in files.hashed:  # else it is not there, or cannot be read, and `unread` says why
            found.append(InputFile(number, path, *files.hashed[path]))
    return found
