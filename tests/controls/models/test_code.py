"""Code that loads models: what says that only data are loaded passes, what runs code fails."""

from __future__ import annotations

import pytest

from ourhalf.controls.models import code as group
from ourhalf.model.profile import Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.models.test_files import CLASS, DATA, SYSTEM
from tests.support import Case, check, read

PASS, FAIL, UNKNOWN, NONE = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE
IMPORTS = "import keras, torch, pickle, sys\nimport numpy as np\nfrom transformers import AutoModel\n"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def code(line: str, pickled: bytes = b"") -> tuple[Resource, ...]:
    files: dict[str, str | bytes] = {"s.py": f"{IMPORTS}{line}\n"}
    return read(files | ({"own.pkl": pickled} if pickled else {})).resources


CASES: list[Case] = [
    Case(group.DATA_ONLY, PASS, code('torch.load("m.pt", weights_only=True)')),
    Case(group.DATA_ONLY, FAIL, code('torch.load("m.pt", weights_only=False)')),
    Case(group.DATA_ONLY, UNKNOWN, code('torch.load("m.pt")')),
    Case(group.DATA_ONLY, UNKNOWN, code('torch.load("m.pt", weights_only=sys.argv[1])')),
    Case(group.DATA_ONLY, PASS, code('np.load("m.npy")')),
    Case(group.DATA_ONLY, FAIL, code('np.load("m.npy", allow_pickle=True)')),
    Case(group.DATA_ONLY, PASS, code('keras.models.load_model("m.keras")')),
    Case(group.DATA_ONLY, UNKNOWN, code('keras.models.load_model("m.h5")')),
    Case(group.DATA_ONLY, UNKNOWN, code("keras.models.load_model(sys.argv[1])")),
    Case(group.DATA_ONLY, FAIL, code('keras.models.load_model("m.h5", safe_mode=False)')),
    Case(group.DATA_ONLY, UNKNOWN, code('pickle.load(open("own.pkl", "rb"))')),
    Case(group.DATA_ONLY, PASS, code('pickle.load(open("own.pkl", "rb"))', DATA)),
    Case(group.DATA_ONLY, FAIL, code('pickle.load(open("own.pkl", "rb"))', SYSTEM)),
    Case(group.DATA_ONLY, UNKNOWN, code('pickle.load(open("own.pkl", "rb"))', CLASS)),
    Case(group.DATA_ONLY, UNKNOWN, code("pickle.load(sys.stdin)", DATA)),
    Case(group.DATA_ONLY, NONE, code('AutoModel.from_pretrained("a/b", trust_remote_code=True)')),
    Case(group.REMOTE_CODE, PASS, code('AutoModel.from_pretrained("a/b")')),
    Case(group.REMOTE_CODE, PASS, code('AutoModel.from_pretrained("a/b", trust_remote_code=False)')),
    Case(group.REMOTE_CODE, FAIL, code('AutoModel.from_pretrained("a/b", trust_remote_code=True)')),
    Case(group.REMOTE_CODE, UNKNOWN, code('AutoModel.from_pretrained("a/b", trust_remote_code=sys.argv[1])')),
    Case(group.REMOTE_CODE, NONE, code('torch.load("m.pt", weights_only=False)')),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


def test_remote_code_at_a_commit_is_less_bad() -> None:
    line = f'AutoModel.from_pretrained("a/b", trust_remote_code=True, revision="{COMMIT}")'
    _, verdict = Case(group.REMOTE_CODE, FAIL, code(line)).judged()
    assert verdict.severity is Severity.MEDIUM
