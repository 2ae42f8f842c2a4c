"""Images of which the layers are folders of this machine."""

from __future__ import annotations

import msgspec

from ourhalf.images.folders import FolderBlob
from ourhalf.images.source import Blob, Descriptor, ImageError, Manifest, Spent

FOLDER = "inode/directory"


class Rooted:
    """A `Source` of one image whose layers are `folders`, from the bottom. Their digests are not known."""

    complete = False

    def __init__(self, manifest: Manifest, folders: tuple[FolderBlob, ...]) -> None:
        layers = tuple(
            msgspec.structs.replace(
                manifest.layers[index] if index < len(manifest.layers) else Descriptor(FOLDER, "", 0),
                annotations={"at": str(index)},
            )
            for index in range(len(folders))
        )
        self._manifest = msgspec.structs.replace(manifest, layers=layers)
        self._folders = folders

    def images(self, platform: str | None) -> tuple[Manifest, ...]:
        """See `Source`."""
        return (self._manifest,)

    def blob(self, descriptor: Descriptor) -> Blob:
        """See `Source`."""
        at = descriptor.annotations.get("at", "")
        if not at.isdecimal() or int(at) >= len(self._folders):
            raise ImageError(f"{self._manifest.reference} has no such layer")
        return self._folders[int(at)]

    def referrers(self, digest: str, artifact_type: str = "") -> tuple[Descriptor, ...] | None:
        """See `Source`: a folder has no place for them."""
        return None

    def spent(self) -> Spent:
        """See `Source`: what is read of folders is not counted."""
        return Spent()

    def close(self) -> None:
        """Nothing is held open."""
