"""Many random pickles, run by the machine and by CPython's two unpicklers, whose classes and functions do nothing.

`make fuzz-pickles` runs ten million; a bounded number runs with the other tests. What the machine proves safe must
take nothing that is not on its list, whatever else it is; where both come to an end, it must be the same one; and
where the machine says that CPython refuses it, CPython does. Each worker is a process of its own that may not write,
start anything or open a connection.
"""

from __future__ import annotations

import argparse
import codecs
import collections
import contextlib
import io
import itertools
import multiprocessing
import pickle
import pickletools
import random
import resource
import sys
import time
from typing import Any, NamedTuple

import click

from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.pickles.machine import Outcome, run
from ourhalf.artifacts.pickles.rules import RULES
from ourhalf.artifacts.pickles.values import Global

_MOST_BYTES = 400
_MEMORY = 1 << 30
_FORBIDDEN = ("open", "exec", "compile", "os.", "subprocess.", "socket.", "ctypes.", "shutil.", "urllib.", "marshal.")
_VALUES: tuple[Any, ...] = (
    None, True, 7, 300, -1, 1 << 70, 2.5, "text", "é", b"bytes", bytearray(b"ab"), [1, [2]], (), (1,), (1, 2, 3),
    (1, 2, 3, 4), {"a": {"b": [1]}}, {1, 2}, frozenset({"a"}), range(3), slice(1, 2), 1j, collections.deque([1], 3),
    collections.OrderedDict(a=1), argparse.Namespace(lr=0.1),
)  # fmt: skip


class Count(NamedTuple):
    """How many pickles were judged, how many of them safe, and how often CPython ran one."""

    judged: int = 0
    safe: int = 0
    executed: int = 0


class Disagreement(BaseException):
    """A pickle on which the machine and CPython differ; no `except Exception` between hides it."""


class Inert(dict[Any, Any]):
    """What stands for everything that a pickle takes: it can be called, built, filled and hashed, and does nothing."""

    def __new__(cls, *_: Any, **__: Any) -> Inert:
        return super().__new__(cls)

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__()

    def __hash__(self) -> int:  # type: ignore[override]
        return 1

    def append(self, _: Any) -> None:
        """As a list does."""

    def extend(self, _: Any) -> None:
        """As a list does."""

    def add(self, _: Any) -> None:
        """As a set does."""

    def __setstate__(self, _: Any) -> None:
        pass


class _Python(pickle._Unpickler):
    def __init__(self, data: bytes) -> None:
        self.stream = io.BytesIO(data)
        super().__init__(self.stream)
        self.taken: set[Global] = set()

    def find_class(self, module: str, name: str) -> Any:
        self.taken.add(Global(module, name))
        return Inert


class _C(pickle.Unpickler):
    def __init__(self, data: bytes) -> None:
        self.stream = io.BytesIO(data)
        super().__init__(self.stream)
        self.taken: set[Global] = set()

    def find_class(self, module: str, name: str) -> Any:
        self.taken.add(Global(module, name))
        return Inert


def same_step_by_step(data: bytes) -> str | None:
    """What is another where each opcode is run by its own step; None where nothing is."""
    quick, slow = run(data), run(data, steps=len(data) + 1)
    for name in Outcome.__slots__:
        one, other = getattr(quick, name), getattr(slow, name)
        if one != other:
            return f"{name} is {str(one)[:200]}, step by step {str(other)[:200]}"
    return None


def compare(data: bytes, python: bool = True) -> Count:
    """Judge one pickle, and let CPython run it where what it does can tell against the judgement.

    Without `python` only its unpickler in C runs it, which is ten times as fast.
    """
    differs = same_step_by_step(data)
    if differs:
        raise Disagreement(f"{differs} of {data!r}")
    outcome = run(data)
    safe = not outcome.reasons
    if not safe and not (outcome.refused and all(one.judgement is Judgement.UNREAD for one in outcome.reasons)):
        return Count(1)
    kinds: tuple[type[_Python | _C], ...] = (_C, _Python) if python else (_C,)
    for kind in kinds:
        unpickler = kind(data)
        try:
            unpickler.load()
        except Exception:  # noqa: BLE001 - whatever CPython says against it
            ended = None
        else:
            ended = unpickler.stream.tell()
        if safe and not unpickler.taken <= RULES.globals & set(outcome.globals):
            raise Disagreement(f"{kind.__name__} takes {unpickler.taken} of {data!r}")
        if safe and ended is not None and ended != outcome.end:
            raise Disagreement(f"{kind.__name__} ends {data!r} at {ended}, not {outcome.end}")
        if not safe and ended is not None and not (unpickler.taken <= RULES.globals):
            raise Disagreement(f"{kind.__name__} runs {data!r} to its end, and takes {unpickler.taken}")
    return Count(1, int(safe), len(kinds))


def seeds() -> list[bytes]:
    """Pickles of every protocol and by both picklers, and what numpy, torch and joblib would take."""
    made = [pickle.dumps(value, protocol) for value in _VALUES for protocol in range(6)]
    made += [pickle._dumps(value, protocol) for value in _VALUES for protocol in range(6)]  # type: ignore[attr-defined]
    dtype = b"cnumpy\ndtype\n(U\x02f8K\x00K\x01tR(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    made.append(
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01btR(K\x01K\x01\x85"
        + dtype
        + b"\x89U\x08xxxxxxxxtb."
    )
    made.append(b"\x80\x02" + dtype + b".")
    made.append(
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x01tQ"
        b"K\x00K\x01\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR."
    )
    return made


_OPCODES = [one.code.encode("latin-1") for one in pickletools.opcodes]
_PIECES = [
    *_OPCODES, *_OPCODES, b"cposix\nsystem\n", b"cbuiltins\neval\n", b"ccollections\nOrderedDict\n",
    b"c_codecs\nencode\n",
    b"cargparse\nNamespace\n", b"\x8c\x05posix\x8c\x06system\x93", b"\x8c\x0bcollections\x8c\x0bOrderedDict\x93",
    b"iposix\nsystem\n", b"icollections\nOrderedDict\n", b")R", b"\x85R", b")\x81", b"}b", b"q\x00", b"h\x00", b"p1\n",
    b"g1\n", b"\x94", b"(", b"K\x01", b"N", b"]", b"}", b")", b"U\x02ab", b"X\x02\x00\x00\x00ab", b"\x8c\x01a", b"I1\n",
    b"L5L\n", b"F1.5\n", b"S'ab'\n", b"Vab\n", b"\x80\x02", b"\x80\x05", b"\x95\x04\x00\x00\x00\x00\x00\x00\x00", b"0",
    b"1", b"2", b"t", b"e", b"u", b"s", b"a", b"\x90", b"o", b"Q", b"Pid\n", b"\x82\x01", b"\x97", b"\x98",
    b"U\x06latin1\x86R", b"]a", b"(K\x01e", b"\xff", b"\x00", b".",
]  # fmt: skip


def changed(random_: random.Random, known: list[bytes]) -> bytes:
    """A pickle with a few changes, two of them joined, or pieces in a row."""
    kind = random_.random()
    if kind < 0.15:
        return b"".join(random_.choices(_PIECES, k=random_.randrange(1, 14))) + b"."
    data = bytearray(random_.choice(known))
    if kind < 0.3:
        other = random_.choice(known)
        at = random_.randrange(len(data))
        data[at:] = other[random_.randrange(len(other)) :]
    for _ in range(random_.randrange(4)):
        at = random_.randrange(len(data) + 1)
        what = random_.random()
        if what < 0.6:
            data[at : at + random_.choice((0, 0, 1, 2))] = random_.choice(_PIECES)
        elif what < 0.8 and at < len(data):
            data[at] ^= 1 << random_.randrange(8)
        else:
            del data[at : at + random_.randrange(1, 5)]
    return bytes(data[:_MOST_BYTES])


def many(seed: int, executions: int, keep: int = 2000) -> Count:
    """So many pickles from a seed; those that were proved safe are changed further."""
    random_, known, total = random.Random(seed), seeds(), Count()
    fixed = len(known)
    for _ in range(executions):
        data = changed(random_, known)
        count = compare(data, random_.random() < 0.15)
        total = Count(*(a + b for a, b in zip(total, count, strict=True)))
        if count.safe and random_.random() < 0.05:
            if len(known) < fixed + keep:
                known.append(data)
            else:
                known[random_.randrange(fixed, len(known))] = data
    return total


def confine() -> None:
    """Leave this process nothing to do harm with: no file can grow, and whatever reaches outside raises."""
    for codec in ("raw_unicode_escape", "unicode_escape", "latin-1", "ascii", "utf-8"):
        codecs.lookup(codec)  # what CPython itself reads on first use
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    # CPython's unpickler in C leaves some errors to nobody, and telling them would read this file.
    sys.unraisablehook = lambda _: None

    def audit(event: str, given: Any) -> None:
        if event.startswith(_FORBIDDEN):
            raise Disagreement(f"something reached for {event} {given!r}")

    sys.addaudithook(audit)


def _work(seed: int, executions: int, pipe: Any) -> None:
    confine()
    try:
        pipe.send(many(seed, executions))
    except Disagreement as found:
        pipe.send(str(found))


def main() -> int:
    """Run as many as asked, in rounds of a process each, and say what was found."""
    parser = argparse.ArgumentParser(description="Compare the machine of pickles with CPython's unpicklers.")
    parser.add_argument("--executions", type=int, default=10_000_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--seconds", type=int, default=0, help="stop after so long; 0 runs all")
    asked = parser.parse_args()
    a_round, total, found = 100_000, Count(), list[str]()
    started, running, numbers = time.monotonic(), list[Any](), itertools.count(asked.seed)
    left = asked.executions
    context = multiprocessing.get_context("fork")
    while (left > 0 and not found) or running:
        while left > 0 and not found and len(running) < asked.processes:
            ours, theirs = context.Pipe(duplex=False)
            size = min(a_round, left)
            worker = context.Process(target=_work, args=(next(numbers), size, theirs))
            worker.start()
            theirs.close()
            running.append((worker, ours))
            left -= size
        worker, ours = running.pop(0)
        with contextlib.suppress(EOFError):
            result = ours.recv()
            if isinstance(result, str):
                found.append(result)
            else:
                total = Count(*(a + b for a, b in zip(total, result, strict=True)))
        worker.join()
        if worker.exitcode:
            found.append(f"a worker ended with {worker.exitcode}")
        if asked.seconds and time.monotonic() - started > asked.seconds:
            left = 0
    took = time.monotonic() - started
    click.echo(
        f"seed {asked.seed}: {total.judged:,} judged, {total.safe:,} of them safe, {total.executed:,} run by CPython"
    )
    click.echo(f"in {took:.0f} s, {total.judged / took:,.0f} a second; {len(found)} disagreements")
    for one in found:
        click.echo(one)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
