"""Converts a file that was proved safe to safetensors, which holds nothing but tensors. Nothing is executed."""

from __future__ import annotations

import mmap
import os
import secrets
import stat

import msgspec

from ourhalf.artifacts.conversion.sources import FORMATS
from ourhalf.artifacts.conversion.tensors import ConversionError, Tensor
from ourhalf.artifacts.conversion.writing import differing, write
from ourhalf.artifacts.format import Content
from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.judging import judge, together

__all__ = ["ConversionError", "Converted", "convert"]

_MOST_GROWTH = 8
_ALWAYS_FITS = 1 << 26


class Converted(msgspec.Struct, frozen=True):
    """What was written: how many tensors and bytes, and what of the file is no tensor and was left out."""

    tensors: int
    size: int
    left_out: tuple[str, ...] = ()


def convert(path: str, output: str, replace: bool = False) -> Converted:
    """Write the tensors of the file at `path` to `output`, in one step once each was compared with its source.

    Raises ConversionError with the one reason where the file was not proved safe or cannot be converted.
    """
    if not replace and os.path.lexists(output):
        raise ConversionError(f"{output} exists already")
    try:
        return _converted(os.path.basename(path), _mapped(path), output)
    except OSError as error:
        raise ConversionError(f"{error.filename or output}: {error.strerror or error}") from None


def _mapped(path: str) -> memoryview:
    """A file, mapped until the last view of it is gone: tensors are views."""
    with open(path, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode) or not os.fstat(file.fileno()).st_size:
            raise ConversionError("it is empty or no regular file")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _converted(name: str, data: memoryview, output: str) -> Converted:
    """The same of its content."""
    kind = _proved(Content(name, data))
    read, library = FORMATS[kind]
    found = read(data)
    if not found.tensors:
        raise ConversionError("it holds no tensors")
    size = sum(tensor.size for tensor in found.tensors.values())
    if size > max(_ALWAYS_FITS, _MOST_GROWTH * len(data)):
        raise ConversionError(f"its tensors show the same bytes so often that they would take {size:,} bytes")
    beside = f"{output}.{secrets.token_hex(4)}.part"
    try:
        _write(beside, found.tensors, library)
        os.replace(beside, output)
    finally:
        if os.path.lexists(beside):
            os.unlink(beside)
    return Converted(len(found.tensors), size, found.others)


def _proved(content: Content) -> str:
    """The one format that a file is; an error where it is not proved safe, is several or is none that is converted."""
    found = judge(content)
    if not found:
        raise ConversionError("its content is of no format that is known here")
    judgement, reasons = together(found)
    if judgement is not Judgement.SAFE:
        raise ConversionError(f"it is {judgement}: {reasons[0].what}")
    kinds = sorted({one.format for one in found})
    if len(kinds) > 1:
        raise ConversionError(f"it is several formats at once: {', '.join(kinds)}")
    if kinds[0] not in FORMATS:
        already = " already" if kinds[0] == "safetensors" else ""
        raise ConversionError(f"it is {kinds[0]}{already}, and {', '.join(sorted(FORMATS))} are converted")
    return kinds[0]


def _write(path: str, tensors: dict[str, Tensor], library: str) -> None:
    """A file beside the one that is asked for, compared with what it was made of."""
    with open(path, "xb") as stream:
        write(stream, tensors, library)
        stream.flush()
        os.fsync(stream.fileno())
    written = _mapped(path)
    judgement, reasons = together(judge(Content("written.safetensors", written)))
    if judgement is not Judgement.SAFE:
        raise ConversionError(f"what was written is {judgement}: {reasons[0].what}")
    wrong = next(differing(written, tensors), None)
    if wrong is not None:
        raise ConversionError(f"tensor {wrong[:80]} was not written as it is")
