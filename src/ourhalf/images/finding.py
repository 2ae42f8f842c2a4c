"""From the files of an image to what it is: packages with their owners, exhibits, model files and one resource."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from ourhalf.images.bases import stated_base
from ourhalf.images.cataloguer import Cataloguer, Installed, all_cataloguers
from ourhalf.images.configuration import Configuration
from ourhalf.images.examiner import Surroundings, all_examiners
from ourhalf.images.filesystem import FileSystem, Kind, Missing
from ourhalf.images.manifests import annotated
from ourhalf.images.merging import Merged
from ourhalf.images.models import KEY, placed, unjudged
from ourhalf.images.ownership import Owners
from ourhalf.images.reading import ImageRead
from ourhalf.images.resource import image_resource
from ourhalf.images.source import Manifest
from ourhalf.model.evidence import Unread
from ourhalf.model.field import Place
from ourhalf.model.inventory import Cost, Inventory, Layer, ModelSummary
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.resources.images import Exhibit, within
from ourhalf.resources.model_files import ModelFile

READER = "images"


class Looked(NamedTuple):
    """An image whose layers were read."""

    manifest: Manifest
    read: Configuration
    layers: tuple[Layer, ...]
    files: Merged
    cost: Cost


def found(looked: Looked) -> ImageRead:
    """What is in an image whose layers were read."""
    manifest, read, layers, files, cost = looked
    reference = manifest.reference
    installed, unread, incomplete = _packages(files)
    owners = Owners(installed, files)
    packages = tuple(sorted((owners.joined(one.package) for one in installed), key=_order))
    history = tuple(line for line, _ in read.history)
    surroundings = Surroundings(reference, read.config, layers, history)
    models, lines, unjudged_models = _models(files, reference)
    exhibits, unexamined = _exhibits(files, surroundings, owners)
    problems = [(layers[index], why) for index, why in files.problems()]
    told = (
        *(Unread(reference, 1, READER, f"layer {layer.index} ({layer.digest}): {why}") for layer, why in problems),
        *(_outside(reference, one) for one in (*unread, *unexamined, *unjudged_models)),
    )
    if problems:
        why = f"layer {problems[0][0].index} was not read whole: {problems[0][1]}"
        incomplete = dict.fromkeys(map(str, Ecosystem), why)
    regular = sum(node.kind is Kind.FILE for node in files.nodes())
    inventory = Inventory(
        reference=reference,
        digest=manifest.digest,
        platform=manifest.platform,
        distribution=next((one.distribution for one in packages if one.distribution), ""),
        config=read.config,
        base=stated_base(annotated(manifest.manifest), read.config.labels),
        layers=layers,
        packages=packages,
        models=tuple(lines),
        files=regular,
        unowned=owners.unowned(),
        incomplete=incomplete,
        unread=told,
        cost=cost,
    )
    at_their_places = tuple(_placed(reference, one) for one in exhibits)
    image = image_resource(inventory, read.history, at_their_places, told)
    return ImageRead(inventory, image, tuple(models), told)


def _models(files: FileSystem, reference: str) -> tuple[list[ModelFile], list[ModelSummary], list[Unread]]:
    """The model files that a container sees, in full and in a line each, and those that were not looked at."""
    found: list[ModelFile] = []
    lines: list[ModelSummary] = []
    missed: list[Unread] = []
    for node, data in files.kept(KEY):
        if isinstance(data, Missing):
            missed.append(Unread(node.path, 1, READER, data.reason))
            lines.append(unjudged(node, data.reason))
        else:
            model, line = placed(msgspec.msgpack.decode(data, type=ModelFile), reference, node)
            found.append(model)
            lines.append(line)
    return found, lines, missed


def _packages(files: FileSystem) -> tuple[list[Installed], list[Unread], dict[str, str]]:
    """What the cataloguers find, what they could not read, and of which ecosystems packages may be missing."""
    installed: list[Installed] = []
    unread: list[Unread] = []
    incomplete: dict[str, str] = {}
    for cataloguer in all_cataloguers():
        for one in _catalogued(cataloguer, files):
            if isinstance(one, Unread):
                unread.append(one)
                for ecosystem in cataloguer.ecosystems:
                    incomplete.setdefault(ecosystem.value, f"{one.path}: {one.reason}")
            else:
                installed.append(one)
    return installed, unread, incomplete


def _catalogued(cataloguer: Cataloguer, files: FileSystem) -> Iterator[Installed | Unread]:
    try:
        yield from cataloguer.catalogue(files)
    except Exception as error:  # noqa: BLE001 - a mistake of ours must not end the run, nor pass for an empty list
        yield Unread("", 1, cataloguer.name, f"listing {cataloguer.title} failed: {type(error).__name__}")


def _exhibits(files: FileSystem, surroundings: Surroundings, owners: Owners) -> tuple[list[Exhibit], list[Unread]]:
    """What the examiners find, with layer and owner, and what they could not read."""
    exhibits: list[Exhibit] = []
    unread: list[Unread] = []
    for examiner in all_examiners():
        try:
            for one in examiner.examine(files, surroundings):
                if isinstance(one, Unread):
                    unread.append(one)
                else:
                    exhibits.append(_known(one, files, surroundings, owners))
        except Exception as error:  # noqa: BLE001 - as above
            unread.append(Unread("", 1, examiner.name, f"looking for {examiner.name} failed: {type(error).__name__}"))
    return exhibits, unread


def _known(exhibit: Exhibit, files: FileSystem, surroundings: Surroundings, owners: Owners) -> Exhibit:
    """An exhibit with its layer, whose layer that is, and which package its file belongs to."""
    layer, path = exhibit.layer, exhibit.place.path
    if layer is None and exhibit.removed is None:
        node = files.node(path, follow=False) if path else None
        layer = node.layer if node is not None else None
    layers = surroundings.layers
    base = layers[layer].base if layer is not None and layer < len(layers) else ""
    owner = exhibit.owner or (owners.of(path) if path else "")
    return msgspec.structs.replace(exhibit, layer=layer, base=exhibit.base or base, owner=owner)


def _placed(reference: str, exhibit: Exhibit) -> Exhibit:
    """An exhibit at its place outside the image; one without a file is at the image itself."""
    place = exhibit.place
    if place.path == reference or place.path.startswith(within(reference, "")):
        return exhibit
    path = within(reference, place.path) if place.path else reference
    return msgspec.structs.replace(exhibit, place=Place(path, place.line, place.column, place.field))


def _outside(reference: str, unread: Unread) -> Unread:
    path = within(reference, unread.path) if unread.path else reference
    return Unread(path, unread.line, unread.reader, unread.reason)


def _order(package: Package) -> tuple[str, str, str, str]:
    return package.ecosystem.value, package.name, package.version or "", package.path
