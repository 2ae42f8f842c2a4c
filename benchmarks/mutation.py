"""How many faults in the controls do their own tests notice?

    python benchmarks/mutation.py [--minutes 12] [--jobs 2] [--seed 1] [MODULE...]

Each mutant is one change inside a function of src/ourhalf/controls: a verdict turned into another, a
comparison or condition turned round, an arm or guard of a `match` dropped, a constant changed. It
runs in a forked process against the twin test file (for what controls share: the twins of all modules
that import it) and the law that no pass of its cases rests on an unresolved field; it is killed when a
test fails.

A fork first judges the cases of the twins and their passes under the law, one after the other and without
pytest, which notices nearly every mutant in a tenth of the time: a case that fails there fails under pytest
too, since its tests call the same functions. What survives that goes through pytest in the same fork, and that
alone lets it survive. The files of the cases are read once, before the forks: reading knows no control.

When time is short a random sample of the mutants is run. Prints the share killed, by module, and the
survivors. Nothing is written to disk.
"""

from __future__ import annotations

import argparse
import ast
import copy
import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
CONTROLS = ROOT / "src" / "ourhalf" / "controls"
TESTS = ROOT / "tests" / "controls"
_LAW = ROOT / "tests" / "laws" / "test_mutations.py"
_PATIENCE = 60

_SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
_VERDICTS = {"passed": "failed", "failed": "passed", "unknown": "passed", "not_applicable": "failed"}


class Mutant(NamedTuple):
    """One change of one module: where, what, and what makes the source that has it."""

    module: Path
    line: int
    what: str
    source: Callable[[], str]


def mutants(module: Path) -> Iterator[Mutant]:
    """Every mutant of a module."""
    tree = ast.parse(module.read_text())
    numbers = {id(node): number for number, node in enumerate(ast.walk(tree))}
    inside = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)]
    seen: set[int] = set()
    for function in inside:
        for node in ast.walk(function):
            if id(node) in seen:
                continue
            seen.add(id(node))
            for what, change in _changes(node):
                source = partial(_changed, tree, numbers[id(node)], change)
                yield Mutant(module, getattr(node, "lineno", function.lineno), what, source)


def _changed(tree: ast.Module, number: int, change: Callable[[ast.AST], ast.AST | None]) -> str:
    fresh = copy.deepcopy(tree)
    target = next(islice(ast.walk(fresh), number, None))
    replacement = change(target)
    if replacement is not None:
        for parent in ast.walk(fresh):
            for field, value in ast.iter_fields(parent):
                if value is target:
                    setattr(parent, field, replacement)
                elif isinstance(value, list) and any(item is target for item in value):
                    setattr(parent, field, [replacement if item is target else item for item in value])
    return ast.unparse(ast.fix_missing_locations(fresh))


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST], ast.AST | None]]]:
    """What can be changed in a node: each change alters its argument, or gives what takes its place."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="Verdict"), attr=name)) if name in _VERDICTS:
            yield f"{name} -> {_VERDICTS[name]}", _verdict
        case ast.Compare(ops=[operator]) if type(operator) in _SWAPPED:
            yield f"{ast.unparse(node)} turned round", _compare
        case ast.BoolOp(op=operator):
            yield f"{type(operator).__name__.lower()} turned round: {ast.unparse(node)[:60]}", _boolean
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield f"without not: {ast.unparse(operand)[:60]}", _without_not
        case ast.Constant(value=bool() | int()):
            yield f"constant {node.value!r}", _constant
        case ast.Match(cases=cases) if len(cases) > 1:
            for number, case in enumerate(cases):
                yield f"no case {ast.unparse(case.pattern)[:60]}", partial(_drop, number=number)
                if case.guard is not None:
                    yield f"no guard {ast.unparse(case.guard)[:60]}", partial(_unguard, number=number)


def _verdict(node: ast.AST) -> None:
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Attribute)
    name = node.func.attr
    node.func.attr = _VERDICTS[name]
    node.keywords = []
    if name == "unknown":
        node.args = [ast.Constant("mutant")]


def _compare(node: ast.AST) -> None:
    assert isinstance(node, ast.Compare)
    node.ops = [_SWAPPED[type(node.ops[0])]()]  # type: ignore[list-item]


def _boolean(node: ast.AST) -> None:
    assert isinstance(node, ast.BoolOp)
    node.op = _SWAPPED[type(node.op)]()  # type: ignore[assignment]


def _without_not(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.UnaryOp)
    return node.operand


def _constant(node: ast.AST) -> None:
    assert isinstance(node, ast.Constant)
    node.value = (not node.value) if isinstance(node.value, bool) else int(str(node.value)) + 1


def _drop(node: ast.AST, number: int) -> None:
    assert isinstance(node, ast.Match)
    del node.cases[number]


def _unguard(node: ast.AST, number: int) -> None:
    assert isinstance(node, ast.Match)
    node.cases[number].guard = None


def name_of(module: Path) -> str:
    """The dotted name of a module of the controls."""
    return ".".join(module.relative_to(ROOT / "src").with_suffix("").parts)


def twins(module: Path) -> list[str]:
    """The tests that shall notice a fault in `module`."""
    twin = TESTS / module.parent.name / f"test_{module.stem}.py"
    if module.parent != CONTROLS:
        return [str(twin)] if twin.exists() else []
    importers = [
        path
        for path in sorted(CONTROLS.rglob("*.py"))
        if path.parent != CONTROLS and f"from {name_of(module)} import" in path.read_text()
    ]
    return [found for path in importers for found in twins(path)]


class _Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the source of a mutant in place of its module's."""

    def __init__(self, mutant: Mutant) -> None:
        self._name, self._mutant = name_of(mutant.module), mutant

    def find_spec(self, fullname: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._mutant.module, loader=self)

    def exec_module(self, module: object) -> None:
        code = compile(self._mutant.source(), str(self._mutant.module), "exec")
        exec(code, vars(module))


def _try(mutant: Mutant, tests: list[str]) -> int:
    """Run the tests over a mutant in a child; its process id."""
    return _fork(partial(_killed, mutant, tests))


def _fork(work: Callable[[], bool | None]) -> int:
    """The id of a process that ends with 0 where `work` gives nothing true, and with another number where it raises."""
    child = os.fork()
    if child:
        return child
    signal.alarm(_PATIENCE)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    status = 1
    try:
        status = int(bool(work()))
    finally:
        os._exit(status)


def _killed(mutant: Mutant, tests: list[str]) -> bool:
    sys.meta_path.insert(0, _Loader(mutant))
    _judge(tests)
    return _fails(tests)


def _judge(tests: list[str]) -> None:
    """Judge the cases of these tests, and their passes under the law; raises where one does not hold."""
    from tests import support

    _narrow_law(tests)
    for test in tests:
        for case in getattr(_module(test), "CASES", ()):
            support.check(case)
    law = _module(str(_LAW))
    for case in law.PASSES:
        law.test_no_pass_rests_on_an_unresolved_field(case)
        law.test_a_default_that_decides_is_documented(case)


def _fails(tests: list[str]) -> bool:
    """Whether pytest fails, or cannot run, these tests and the law over their cases."""
    import pytest

    _narrow_law(tests)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # they take longer to import than the tests to run
    return pytest.main(["-x", "-q", "--no-header", "-p", "no:cacheprovider", *tests, str(_LAW)]) != 0


def _module(test: str) -> Any:
    return importlib.import_module(".".join(Path(test).relative_to(ROOT).with_suffix("").parts))


def _narrow_law(tests: list[str]) -> None:
    """Hold the law that no pass rests on an unresolved field to the cases of these tests."""
    from tests.laws import cases

    found = tuple(case for test in tests for case in getattr(_module(test), "CASES", ()))
    cases.all_cases = lambda: found  # type: ignore[assignment]


def _status(child: int) -> int:
    return os.waitpid(child, 0)[1]


def _prepare(tests: list[str]) -> None:
    """Import what every child needs, but no control, and read the files of the cases of these tests."""
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    import pytest  # noqa: F401

    from ourhalf import collect, resources
    from tests import support

    collect.all_readers()
    resources.resource_types()
    support.read = _remembering(support.read)  # type: ignore[assignment]
    for test in tests:
        _module(test)
    for name in [name for name in sys.modules if name.startswith(("ourhalf.controls", "tests.controls", "tests.laws"))]:
        del sys.modules[name]
    gc.freeze()


def _remembering(read: Callable[[Mapping[str, Any]], Any]) -> Callable[[Mapping[str, Any]], Any]:
    """`read`, which answers each question once: evidence is never changed."""
    known: dict[tuple[tuple[str, Any], ...], Any] = {}

    def remembered(texts: Mapping[str, Any]) -> Any:
        key = tuple(texts.items())
        if key not in known:
            known[key] = read(texts)
        return known[key]

    return remembered


def main() -> None:
    """Run mutants until all are run or time is up, and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", type=Path)
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    modules = [p.resolve() for p in options.modules] or sorted(CONTROLS.rglob("*.py"))
    tests = {module: twins(module) for module in modules}
    every = [mutant for module in modules if tests[module] for mutant in mutants(module)]
    random.Random(options.seed).shuffle(every)
    _prepare(sorted({test for found in tests.values() for test in found}))
    _hold(tests)
    until = time.monotonic() + options.minutes * 60
    running: dict[int, Mutant] = {}
    killed: Counter[Path] = Counter()
    survived: dict[Path, list[Mutant]] = defaultdict(list)
    left = iter(every)
    while True:
        while len(running) < options.jobs and time.monotonic() < until and (mutant := next(left, None)):
            running[_try(mutant, tests[mutant.module])] = mutant
        if not running:
            break
        child, status = os.wait()
        mutant = running.pop(child)
        if status == 0:
            survived[mutant.module].append(mutant)
        else:
            killed[mutant.module] += 1
    _report(len(every), killed, survived)


def _hold(tests: dict[Path, list[str]]) -> None:
    """End here where tests fail without a mutant: with pytest all at once, without it module by module."""
    every = sorted({test for found in tests.values() for test in found})
    if _status(_fork(partial(_fails, every))):
        sys.exit("the tests fail without a mutant")
    for module, found in tests.items():
        if found and _status(_fork(partial(_judge, found))):
            sys.exit(f"the cases of {module} fail without a mutant")


def _report(every: int, killed: Counter[Path], survived: dict[Path, list[Mutant]]) -> None:
    ran = killed.total() + sum(map(len, survived.values()))
    print(f"{every} mutants, {ran} run, {killed.total()} killed: {killed.total() / max(ran, 1):.1%}")
    for module in sorted({*killed, *survived}):
        left = sorted(survived[module], key=lambda mutant: mutant.line)
        print(f"\n{module.relative_to(CONTROLS)}: {killed[module]} of {killed[module] + len(left)}")
        for mutant in left:
            print(f"  {mutant.line}: {mutant.what}")


if __name__ == "__main__":
    main()
