"""Files of `torch.save`: an archive with one pickle and the bytes of storages, or, before 1.6, five pickles in a row.

The layout is that of torch/serialization.py and caffe2/serialize of PyTorch. Storages are bytes: they are passed
over. An archive with `constants.pkl` or `code/` is TorchScript, which another file of this folder judges.
"""

from __future__ import annotations

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.pickles.machine import Loader, run
from ourhalf.artifacts.zips import Member, ZipError, content, is_zip, members

MAX_PICKLE = 256 * 1024 * 1024
_MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_LEGACY_PICKLES = 5
# What stands beside the pickle and the storages: texts that say how to read them.
_NOTES = frozenset({"version", "byteorder", ".format_version", ".storage_alignment", ".data/serialization_id"})


def _is_archive(file: Content) -> bool:
    return is_zip(file.data) and b"data.pkl" in bytes(file.data[:512])


def _archive(file: Content, deeper: Deeper) -> Found:
    """The pickle `data.pkl`, its storages, and nothing else."""
    try:
        inside = members(file.data)
    except ZipError as error:
        return Found("torch", (Reason(Judgement.UNREAD, str(error), 0, file.name),))
    pickles = [member for member in inside if member.name.endswith("/data.pkl") or member.name == "data.pkl"]
    if len(pickles) != 1:
        what = f"{len(pickles)} files named data.pkl: loaders take one of them"
        return Found("torch", (Reason(Judgement.UNREAD, what, 0, file.name),))
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
    if name.startswith("code/") or name == "constants.pkl":
        return (Reason(Judgement.UNPROVED, "it holds TorchScript, which is code", 0, part),)
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
    return bytes(file.data[: len(_MAGIC)]) == _MAGIC


def _legacy(file: Content, _: Deeper) -> Found:
    """The pickles of magic number, protocol version, system, object and storage keys; then the storages' bytes."""
    at = 0
    reasons: list[Reason] = []
    for number in range(_LEGACY_PICKLES):
        outcome = run(file.data, at, file.name, Loader.TORCH if number == 3 else Loader.PLAIN)
        reasons.extend(outcome.reasons)
        at = outcome.end
        if any(reason.judgement is Judgement.UNREAD for reason in outcome.reasons):
            break
    return Found("torch-legacy", tuple(reasons))


ARCHIVE = Format("torch", "a file of PyTorch", _is_archive, _archive, container="zip")
LEGACY = Format("torch-legacy", "a file of PyTorch before 1.6", _is_legacy, _legacy)
