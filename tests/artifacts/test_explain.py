"""What a file would do, in words."""

from __future__ import annotations

import gzip
import pickle
from pathlib import Path

import pytest

from ourhalf.artifacts.explain import explain
from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.judging import ArtifactError
from ourhalf.artifacts.pickles.machine import run, trace, watched
from tests.artifacts.advisories.constructions import cases, torch_archive
from tests.artifacts.formats.test_pickle import NUMBERS
from tests.artifacts.pickles.assembly import Build, Call, Global, Inst, New, Obj, StackGlobal, op, pickled
from tests.artifacts.pickles.differential import seeds

CALLS = "calls posix.system with ('id'), which gives what posix.system gives"
STORAGE = ("storage", Global("torch.FloatStorage"), "0", "cpu", 1)


def words(tmp_path: Path, data: bytes, most: int = 1000) -> list[str]:
    path = tmp_path / "m"
    path.write_bytes(data)
    return [line.words for line in explain(str(path), "m", most).lines]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (pickled(Call(Global("posix.system"), "id")), "takes posix.system, which runs commands [unsafe]"),
        (pickled(Call(Global("posix.system"), "id")), CALLS),
        (pickled(StackGlobal("m", "n")), "takes m.n, by the two texts before [unproved]"),
        (pickled(New(Global("m.n"), 7)), "makes an object of m.n with (7), which gives what m.n gives"),
        (pickled(Obj(Global("m.n"), "a", None)), "calls m.n with ('a', None), which gives what m.n gives"),
        (pickled(Inst("m.n", "a", 1, 2, 3, 4), 0),
         "calls what it names with ('a', 1, 2, 3, ...), which gives what m.n gives"
         " [unproved: it takes m.n, which is not known to be harmless]"),
        (pickled(Build(Global("m.n"), {"x": 1})), "sets the state of m.n to a dict"),
        (pickled(Call(Global("collections.OrderedDict"))),
         "takes collections.OrderedDict, which is on the list of what may be taken"),
        (pickled([1, 2]), "appends 2 values to a list"),
        (pickled({"a": 1}), "sets 1 items of a dict"),
        (b"\x80\x04N\x94h\x00.", "recalls None"),
        (b"\x80\x04N\x94h\x00.", "remembers None"),
        (b"\x82\x01.",
         "takes what the loader's process registered under a number [unproved: it takes extension 1, which"
         " means what the loader's process says]"),
        (b"\x80\x04N0\xff", "cannot be followed [unread: 0xff is no opcode]"),
        (pickled(1), "ends, and gives 1"),
    ],
)  # fmt: skip
def test_each_instruction_is_told(tmp_path: Path, data: bytes, told: str) -> None:
    assert told in words(tmp_path, data)


def test_pickles_are_found_in_any_container(tmp_path: Path) -> None:
    attack = pickled(Call(Global("posix.system"), "id"))
    told = "calls posix.system with ('id'), which gives what posix.system gives"
    for data in (
        gzip.compress(attack),
        torch_archive(attack),
        gzip.compress(gzip.compress(attack)),
        pickled(1) + attack,
    ):
        assert told in words(tmp_path, data)
    path = tmp_path / "m"
    path.write_bytes(torch_archive(b"\x80\x02" + op(STORAGE) + b"Q."))
    (line,) = (line for line in explain(str(path), "m", 100).lines if line.opcode == "BINPERSID")
    assert (line.part, line.loader) == ("m/data.pkl", "torch.load")
    path.write_bytes(pickled([NUMBERS]))
    assert {line.loader for line in explain(str(path), "m", 100).lines} == {"joblib.load"}


def test_it_is_bounded_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(b"(" * 1_000_000 + b"N.")
    told = explain(str(path), "m", 10)
    assert (len(told.lines), told.more, told.judgement) == (10, True, Judgement.SAFE)
    path.write_bytes(b"N.")
    assert not explain(str(path), "m.pkl", 10).more
    for nothing in (b"", b"a text\n"):
        path.write_bytes(nothing)
        assert explain(str(path), "m", 10) == ((), False, None)
    with pytest.raises(ArtifactError):
        explain(str(tmp_path), "m", 10)
    with pytest.raises(ArtifactError):
        explain(str(tmp_path / "none"), "m", 10)


def test_telling_runs_what_judging_ran(tmp_path: Path) -> None:
    """Step by step the same reasons are found."""
    for data in (*(case.data for case in cases()), *seeds(), pickle.dumps(list(range(300)))):
        with watched() as ran:
            outcome = run(data)
        steps = [step for one in ran for step in trace(one)]
        told = {(reason.judgement, reason.what) for step in steps for reason in step.reasons}
        assert told == {(reason.judgement, reason.what) for reason in outcome.reasons}
        assert words(tmp_path, data) is not None
