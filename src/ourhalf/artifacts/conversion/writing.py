"""Writes safetensors by the format's own description: a length, a JSON header, and the tensors' bytes.

The format: huggingface.co/docs/safetensors. Wider types come first, so that each tensor is aligned to its width.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from ourhalf.artifacts.conversion.tensors import ConversionError, Tensor
from ourhalf.artifacts.formats.safetensors import MAX_HEADER

_ALIGNMENT = 8


def ordered(tensors: dict[str, Tensor]) -> list[tuple[str, Tensor]]:
    """The tensors in the order of their bytes."""
    return sorted(tensors.items(), key=lambda item: (-item[1].dtype.width, item[0]))


def header(tensors: dict[str, Tensor], library: str) -> bytes:
    """The length and the header. Raises ConversionError where the format has no place for a name."""
    described: dict[str, object] = {"__metadata__": {"format": library}}
    at = 0
    for name, tensor in ordered(tensors):
        if name == "__metadata__":
            raise ConversionError("a tensor is named __metadata__, which the format keeps for itself")
        end = at + tensor.size
        described[name] = {"dtype": tensor.dtype.name, "shape": tensor.shape, "data_offsets": (at, end)}
        at = end
    try:
        raw = json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise ConversionError("the name of a tensor is no Unicode") from None
    raw += b" " * (-len(raw) % _ALIGNMENT)
    if len(raw) > MAX_HEADER:
        raise ConversionError("its names are longer than the format allows")
    return len(raw).to_bytes(8, "little") + raw


def write(stream: BinaryIO, tensors: dict[str, Tensor], library: str) -> None:
    """All of a file, in pieces."""
    stream.write(header(tensors, library))
    for _, tensor in ordered(tensors):
        stream.writelines(tensor.pieces())


def differing(written: memoryview, tensors: dict[str, Tensor]) -> Iterator[str]:
    """The names of tensors that are not in a written file as they are here, by what that file's header says."""
    size = int.from_bytes(written[:8], "little")
    said = json.loads(bytes(written[8 : 8 + size]))
    said.pop("__metadata__", None)
    yield from sorted(said.keys() ^ tensors.keys())
    for name in sorted(said.keys() & tensors.keys()):
        tensor, (start, end) = tensors[name], said[name]["data_offsets"]
        at = 8 + size + start
        same = said[name]["dtype"] == tensor.dtype.name and tuple(said[name]["shape"]) == tensor.shape
        for piece in tensor.pieces() if same else ():
            same = same and written[at : at + len(piece)] == piece
            at += len(piece)
        if not same or at != 8 + size + end:
            yield name
