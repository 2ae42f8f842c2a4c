"""Files of `torch.save`: an archive with one pickle and the bytes of storages, or, before 1.6, five pickles in a row.

The layout is that of torch/serialization.py and caffe2/serialize of PyTorch. Storages are bytes: they are passed
over. What is a program of PyTorch as well, another file of this folder judges too.
"""

from __future__ import annotations

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.formats.pickle import TORCH_LEGACY
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.pickles.machine import run
from ourhalf.artifacts.pickles.state import Loader
from ourhalf.artifacts.zips import Member, ZipError, content, is_zip, members

MAX_PICKLE = 256 * 1024 * 1024
_LEGACY_PICKLES = 5
_END = 1 << 20
_MOST_PICKLES = 20
_STEPS_TO_TELL = 4096
_WIDTHS = {
    "Double": 8, "Long": 8, "ComplexFloat": 8, "ComplexDouble": 16, "Float": 4, "Int": 4, "QInt32": 4, "Half": 2,
    "BFloat16": 2, "Short": 2, "Byte": 1, "Char": 1, "Bool": 1, "QInt8": 1, "QUInt8": 1, "QUInt4x2": 1, "QUInt2x4": 1,
    "Untyped": 1,
}  # fmt: skip
# What stands beside the pickle and the storages: texts that say how to read them.
_NOTES = frozenset({"version", "byteorder", ".format_version", ".storage_alignment", ".data/serialization_id"})


def _is_archive(file: Content) -> bool:
    """The name comes first in what PyTorch writes, and at the end in every archive."""
    if not is_zip(file.data):
        return False
    names = bytes(file.data[:512]) + bytes(file.data[-_END:])
    if b"data.pkl" not in names or b"/constants.pkl" in names:
        return False  # the latter is TorchScript, to PyTorch's loader as well
    try:
        return any(_is_pickle(member) for member in members(file.data))
    except ZipError:
        return True


def _is_pickle(member: Member) -> bool:
    return member.name.endswith("/data.pkl") or member.name == "data.pkl"


def _archive(file: Content, deeper: Deeper) -> Found:
    """The pickle `data.pkl`, its storages, and nothing else."""
    try:
        inside = members(file.data)
    except ZipError as error:
        return Found("torch", (Reason(Judgement.UNREAD, str(error), 0, file.name),))
    pickles = [member for member in inside if _is_pickle(member)]
    if len(pickles) != 1:
        what = f"{len(pickles)} files named data.pkl: loaders take one of them"
        every = tuple(reason for one in pickles[:_MOST_PICKLES] for reason in _pickle(file, one))
        return Found("torch", (*every, Reason(Judgement.UNREAD, what, 0, file.name)))
    root = pickles[0].name.removesuffix("data.pkl")
    reasons = [
        reason for member in inside if member is not pickles[0] for reason in _beside(file, member, root, deeper)
    ]
    reasons.extend(_pickle(file, pickles[0]))
    storages = sum(member.name.startswith(f"{root}data/") for member in inside)
    return Found("torch", tuple(reasons), {"storages": str(storages)})


def _beside(file: Content, member: Member, root: str, deeper: Deeper) -> tuple[Reason, ...]:
    """What speaks against a file beside the pickle."""
    name = member.name.removeprefix(root)
    part = f"{file.name}/{name}"
    if not member.name.startswith(root):
        return (Reason(Judgement.UNPROVED, "it lies beside what PyTorch reads", 0, part),)
    if name.startswith("data/") or name in _NOTES or name.endswith("/"):
        return ()
    if name.startswith("extra/"):
        return tuple(reason for one in _inner(file, member, deeper) for reason in one.reasons)
    return (Reason(Judgement.UNPROVED, "PyTorch's files have no such part", 0, part),)


def _pickle(file: Content, member: Member) -> tuple[Reason, ...]:
    part = f"{file.name}/data.pkl"
    try:
        data = content(file.data, member, MAX_PICKLE)
    except ZipError as error:
        return (Reason(Judgement.UNREAD, str(error), 0, part),)
    outcome = run(data, 0, part, Loader.TORCH)
    if not outcome.reasons and outcome.end != len(data):
        return (Reason(Judgement.UNPROVED, "bytes follow its pickle", outcome.end, part),)
    return outcome.reasons


def _inner(file: Content, member: Member, deeper: Deeper) -> tuple[Found, ...]:
    part = f"{file.name}/{member.name}"
    try:
        return deeper(Content(part, content(file.data, member, MAX_PICKLE)))
    except ZipError as error:
        return (Found("torch", (Reason(Judgement.UNREAD, str(error), 0, part),)),)


def _is_legacy(file: Content) -> bool:
    return bytes(file.data[: len(TORCH_LEGACY)]) == TORCH_LEGACY


def _legacy(file: Content, _: Deeper) -> Found:
    """The pickles of magic number, protocol version, system, object and storage keys; then the storages' bytes."""
    at = 0
    reasons: list[Reason] = []
    storages: dict[str, tuple[str, int]] = {}
    for number in range(_LEGACY_PICKLES):
        outcome = run(file.data, at, file.name, Loader.TORCH if number == 3 else Loader.PLAIN)
        reasons.extend(outcome.reasons)
        storages = storages or outcome.storages
        at = outcome.end
        if not outcome.stopped:
            return Found("torch-legacy", tuple(reasons))
    # Who calls pickle.load until the end takes the bytes of storages for opcodes.
    if run(file.data, at, file.name, steps=_STEPS_TO_TELL).called:
        reasons.append(Reason(Judgement.UNPROVED, "the bytes behind its pickles are another one", at, file.name))
    widths = [_WIDTHS.get(kind.removesuffix("Storage")) for kind, _ in storages.values()]
    size = sum(8 + (width or 0) * count for width, (_, count) in zip(widths, storages.values(), strict=True))
    if None not in widths and at + size != len(file.data):
        what = "its storages are longer or shorter than what follows its pickles"
        reasons.append(Reason(Judgement.UNPROVED, what, at, file.name))
    return Found("torch-legacy", tuple(reasons), {"storages": str(len(storages))})


ARCHIVE = Format("torch", "a file of PyTorch", _is_archive, _archive, container="zip")
LEGACY = Format("torch-legacy", "a file of PyTorch before 1.6", _is_legacy, _legacy)
