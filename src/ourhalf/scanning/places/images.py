"""Model files in an image, judged while its layers stream by."""

from __future__ import annotations

from ourhalf.images.options import ImageOptions
from ourhalf.images.placed import read_images
from ourhalf.images.reading import is_image
from ourhalf.images.source import ImageError
from ourhalf.model.evidence import Evidence
from ourhalf.readers.reader import merged
from ourhalf.scanning.place import Place, PlaceError


def _evidence(target: str, options: ImageOptions) -> Evidence:
    try:
        found = read_images(target, options)
    except ImageError as error:
        raise PlaceError(f"{target}: {error}") from None
    return merged([Evidence(one.models, one.unread, files=one.inventory.files) for one in found])


IMAGES = Place("image", "oci:DIR[:TAG], REGISTRY/REPOSITORY:TAG", is_image, _evidence, precedence=90)
