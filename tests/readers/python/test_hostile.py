"""Bad input: one clear line each, bounded time, nothing of it run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.readers.python.source import resources
from tests.support import calls_of, read

CALL = "import boto3\nsm = boto3.client('sagemaker')\nsm.create_model(ModelName='m')\n"
DEEP = 10_000


def chained(link: str, count: int) -> str:
    return "x0 = ['a']\n" + "".join(link.format(i, i + 1) + "\n" for i in range(count))


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * DEEP + ")" * DEEP,
        "x = " + "[" * 90 + "]" * 90,
        "x = " + "-" * DEEP + "1",
        "x = " + "+".join(["a"] * DEEP),
        "x = " + "a." * DEEP + "b",
        "x = " + "f(" * 90 + ")" * 90,
        "x = " + "not " * 2_000 + "a",
        "if a:\n    pass\n" + "elif b:\n    x = 1\n" * 900,
        "".join("    " * i + "if a:\n" for i in range(95)) + "    " * 95 + "x = 1",
        "x = '" + "a" * 2_000_000 + "'",
        "x = " + "9" * 4_000,
        "x = 9 ** 9 ** 9 ** 9",
        "x = 'a' * 10 ** 12",
        "x = '%999999999999d' % 3",
        "x = f'{3:999999999999d}'",
        "x = '{:>999999999}'.format(3)",
        chained("x{1} = [x{0}, x{0}]", 60) + "sm = 1\n",
        chained("x{1} = {{**{{'a': x{0}}}, 'b': x{0}}}", 60),
        chained("x{1} = x{0} + x{0}", 60),
        "s = 'ab'\n" + "s = s + s\n" * 60,
        "d = {}\nd['d'] = d\nx = [d]\nx.append(x)",
        "a = b\nb = a\na = b",
        "class A(A):\n    x = A.x\n    def f(self):\n        return self.f()",
        "def f():\n    return f()\nf()\n" * 500,
        "for i in x:\n" + "".join("    " * (n + 1) + f"for j{n} in x:\n" for n in range(18)) + "    " * 19 + "y = 1",
        "\x00",
        "import os; os.abort()",
    ],
    ids=lambda text: text[:24].replace("\n", " "),
)
def test_hostile_sources(text: str) -> None:
    """Where Python can parse it at all the rest is read, else the file is one line under unread."""
    evidence, calls = calls_of(lambda: read({"a.py": f"{text}\n{CALL}", "b.py": CALL}))
    assert calls < 20_000_000
    assert ("Model", "m") in resources(evidence)
    assert len(resources(evidence)) == 2 or [u.path for u in evidence.unread] == ["a.py"]
    assert all("the reader failed" not in unread.reason for unread in evidence.unread), evidence.unread


@pytest.mark.parametrize(
    "text",
    [
        chained("x{1} = [x{0}, x{0}]", 60) + f"{CALL}sm.create_model(ModelName='n', Containers=x60)\n",
        f"d = {{}}\nd['Environment'] = d\n{CALL}sm.create_model(ModelName='n', PrimaryContainer=d)\n",
        f"{CALL}sm.create_model(ModelName='n', PrimaryContainer=" + "{'A': " * 85 + "1" + "}" * 85 + ")\n",
    ],
    ids=("doubled", "cyclic", "deep"),
)
def test_hostile_requests_are_read_within_bounds(text: str) -> None:
    evidence = read({"a.py": text})
    assert resources(evidence) == [("Model", "m"), ("Model", "n")]


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"x = 1\nprint 'sagemaker'\n", 2, "not Python 3"),
        (b"# sagemaker\nx = '\xff'\n", 2, "not utf-8 text"),
        (b"# -*- coding: klingon -*-\n# sagemaker\n", 1, "written in the coding klingon, which is not known"),
        (b"import sagemaker\nx = (\n", 2, "not Python 3"),
    ],
)
def test_what_is_no_python_is_unread_at_its_line(data: bytes, line: int, reason: str) -> None:
    (unread,) = read({"a.py": data}).unread
    assert unread.line == line
    assert unread.reason.startswith(reason)


def test_other_codings_and_line_ends() -> None:
    latin = b"# -*- coding: latin-1 -*-\n# \xe9\n" + CALL.encode()
    assert resources(read({"a.py": latin})) == [("Model", "m")]
    assert resources(read({"a.py": b"\xef\xbb\xbf" + CALL.replace("\n", "\r\n").encode()})) == [("Model", "m")]


def test_a_file_that_mentions_nothing_is_not_even_parsed() -> None:
    evidence = read({"a.py": "this is ( no python"})
    assert (evidence.resources, evidence.unread, evidence.files) == ((), (), 0)


def test_nothing_is_run_or_imported(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    text = f"import pathlib\npathlib.Path({str(touched)!r}).touch()\n__import__('os').system('touch {touched}')\n{CALL}"
    assert resources(read({"a.py": text})) == [("Model", "m")]
    assert not touched.exists()


WORDS = (
    "x y sm boto3 sagemaker . ( ) [ ] { } : , = == + % ** * -> @ if else: for in: while def class with as "
    "try: except: import from return lambda f'{x}' 'a' 1 None True"
)
PIECES = st.sampled_from(
    [
        *WORDS.split(" "),
        "\n",
        "\n    ",
        "boto3.client('sagemaker')",
        "sm.create_model(ModelName=x, **y)",
        "x['a'] = y",
        "x.update(y)",
        "from sagemaker.estimator import Estimator",
        "Estimator(x, y, 1, 'ml.m5.large').deploy()",
    ]
)


@given(st.lists(PIECES, max_size=40).map(" ".join))
@settings(max_examples=400, deadline=None)
def test_no_text_makes_the_reader_fail(text: str) -> None:
    evidence = read({"a.py": f"import sagemaker\n{text}"})
    assert all("the reader failed" not in unread.reason for unread in evidence.unread), evidence.unread


STATEMENTS = st.recursive(
    st.sampled_from(
        [
            "x = 'a'",
            "x = y",
            "y = {'n': x}",
            "y['n'] = x",
            "x = y.get('n') if isinstance(y, dict) else 'b'",
            "y = dict(y)",
            "y.update(n='c')",
            "y.pop('n', None)",
            "x = f'{x}-1'",
            "x, y = y, x",
            "del x",
            "x = [x, y]",
            "x = x[0]",
            "y = {**y, 'm': x}",
            "sm.create_model(ModelName=x, Tags=y, PrimaryContainer={'Image': x})",
        ]
    ).map(lambda line: [line]),
    lambda inner: st.builds(
        lambda head, body, tail: [head, *("    " + line for block in body for line in block), *tail],
        st.sampled_from(["if z:", "for x in z:", "while z:", "with z as y:", "def f(x):", "class A:", "if True:"]),
        st.lists(inner, min_size=1, max_size=3),
        st.just([]),
    ),
    max_leaves=20,
)


@given(st.lists(STATEMENTS, max_size=8))
@settings(max_examples=300, deadline=None)
def test_every_request_of_a_well_formed_program_is_read(blocks: list[list[str]]) -> None:
    lines = [
        "import boto3",
        "sm = boto3.client('sagemaker')",
        "x = 'x'",
        "y = {}",
        *(line for b in blocks for line in b),
    ]
    text = "\n".join(lines) + "\n"
    evidence = read({"a.py": text})
    assert evidence.unread == ()
    skipped = sum("sm.create_model" in line for line in lines)
    assert len(evidence.resources) == skipped
