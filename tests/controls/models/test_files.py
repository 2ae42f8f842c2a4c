"""Controls on model files: what is proved passes, what is dangerous fails, and all else is unknown."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ourhalf.controls.models import files as group
from ourhalf.model.field import Unresolved
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from ourhalf.resources.model_files import ModelFile
from tests.support import Case, check, read

PASS, FAIL, UNKNOWN, NONE = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE
STRICT = Requirements(Sensitivity.REGULATED)
HEADER = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
SAFETENSORS = len(HEADER).to_bytes(8, "little") + HEADER + b"\0\0\0\0"
DATA, SYSTEM, CLASS = b"\x80\x04}.", b"cposix\nsystem\n(S'id'\ntR.", b"\x80\x04\x8c\x04mine\x8c\x03Own\x93)\x81."


def file(content: bytes, name: str = "m.pkl") -> tuple[Resource, ...]:
    return read({name: content}).resources


def hidden(field: str) -> tuple[Resource, ...]:
    return (replace(ModelFile(name="m.pkl"), **{field: Unresolved("not read")}),)


CASES: list[Case] = [
    Case(group.PROVED_SAFE, PASS, file(DATA)),
    Case(group.PROVED_SAFE, PASS, file(SAFETENSORS, "m.safetensors")),
    Case(group.PROVED_SAFE, FAIL, file(SYSTEM)),
    Case(group.PROVED_SAFE, FAIL, file(DATA + SYSTEM)),
    Case(group.PROVED_SAFE, UNKNOWN, file(CLASS)),
    Case(group.PROVED_SAFE, UNKNOWN, file(DATA[:-1])),
    Case(group.PROVED_SAFE, UNKNOWN, file(b"nothing that is known", "m.pt")),
    Case(group.PROVED_SAFE, UNKNOWN, hidden("judgement")),
    Case(group.PROVED_SAFE, UNKNOWN, (ModelFile(name="m.pkl"),)),
    Case(group.DATA_FORMAT, PASS, file(SAFETENSORS, "m.safetensors"), requirements=STRICT),
    Case(group.DATA_FORMAT, FAIL, file(DATA), requirements=STRICT),
    Case(group.DATA_FORMAT, UNKNOWN, hidden("formats"), requirements=STRICT),
    Case(group.DATA_FORMAT, NONE, file(DATA)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


def test_why_and_where_are_told() -> None:
    _, verdict = Case(group.PROVED_SAFE, FAIL, file(DATA + SYSTEM)).judged()
    assert verdict.reason == "it takes posix.system, which runs commands or changes files"
    assert verdict.places[0].field == "byte 4"
