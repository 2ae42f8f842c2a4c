"""Model files in layers: judged while they stream by, and named by where they lie in the image.

A model file at /opt/ml/model.pt of `oci:DIR` is `oci:DIR!/opt/ml/model.pt` outside of it, as is every file of an image.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from ourhalf.artifacts.files import model_file, named_so
from ourhalf.artifacts.streaming import Streamed
from ourhalf.images.entries import Entry
from ourhalf.images.filesystem import Node
from ourhalf.model.field import Field, Known, Place
from ourhalf.model.inventory import ModelSummary
from ourhalf.model.resource import Origin
from ourhalf.resources.images import within
from ourhalf.resources.model_files import ModelFile, ModelReason

T = TypeVar("T")
KEY = "models/judged"
_MOST = 24 << 20
"""Bytes that are held of one model while it streams by: some are judged at once."""
LARGE = 1 << 20
"""Files of so many bytes are looked at whatever their name."""
_HEAD = 64


def _begins_as_model(head: bytes) -> bool:
    """Whether the first bytes are those of a format of weights: anything else needs the name of a model."""
    if head[:4] in {b"GGUF", b"\x89HDF", b"\x93NUM"} or head[4:8] == b"TFL3":
        return True
    if head[:1] == b"\x80" and 2 <= head[1] <= 5 and head[2] in b"c}](\x8a\x95qXKU":
        return True
    if head[:4] == b"PK\x03\x04":
        return b"data.pkl" in head or b".npy" in head or b"/version" in head
    return head[8:10] == b'{"' and int.from_bytes(head[:8], "little") < 100 << 20


class Judging:
    """A `Taker` for a file that may be a model; `model` is what was found once it is done."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._named = named_so(entry.path)
        self._head: bytearray | None = None if self._named else bytearray()
        self._streamed = Streamed(entry.size, _MOST)
        self.full = False
        self.model: ModelFile | None = None

    def feed(self, data: memoryview) -> None:
        """See `Taker`."""
        if self._head is not None:
            self._head += data[:_HEAD]
            if len(self._head) < _HEAD:
                return
            head = bytes(self._head)
            if not _begins_as_model(head[:_HEAD]):
                self.full = True
                return
            before = len(head) - len(data[:_HEAD])
            self._head = None
            self._streamed.feed(memoryview(head[:before]))
        if not self.full:
            self._streamed.feed(data)

    def done(self) -> None:
        """See `Taker`."""
        if not self.full:
            self.model = model_file(self._entry.path, self._streamed.done(), self._named)


def unjudged(node: Node, reason: str) -> ModelSummary:
    """The line of a model file that was not looked at."""
    return ModelSummary(node.path, node.size, node.layer, reason=reason)


def placed(model: ModelFile, reference: str, node: Node) -> tuple[ModelFile, ModelSummary]:
    """A model that was judged in a layer at its place in the image, in full and in a line."""
    path = within(reference, node.path)
    reasons = model.reasons
    if isinstance(reasons, Known):
        told = tuple(_moved(one, path) if isinstance(one, ModelReason) else one for one in reasons.value)
        reasons = Known(told, Place(path))
    made = msgspec.structs.replace(
        model,
        name=node.path.rsplit("/", 1)[-1],
        origin=Origin(Place(path), scope=reference, address=path),
        formats=_at(model.formats, path),
        judgement=_at(model.judgement, path),
        reasons=reasons,
        licenses=_at(model.licenses, path),
    )
    return made, _summary(made, node)


def _summary(model: ModelFile, node: Node) -> ModelSummary:
    formats = model.formats.value if isinstance(model.formats, Known) else ()
    judgement = model.judgement.value if isinstance(model.judgement, Known) else "unread"
    reasons = model.reasons.value if isinstance(model.reasons, Known) else ()
    why = next((str(one) for one in reasons if isinstance(one, ModelReason)), "")
    return ModelSummary(node.path, node.size, node.layer, tuple(map(str, formats)), judgement, why)


def _at(field: Field[T], path: str) -> Field[T]:
    return Known(field.value, Place(path)) if isinstance(field, Known) else field


def _moved(reason: ModelReason, path: str) -> ModelReason:
    place = reason.place
    return msgspec.structs.replace(reason, place=Place(path, place.line, place.column, place.field))
