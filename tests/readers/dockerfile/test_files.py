"""Which files are Dockerfiles, what bad ones give, and that nothing makes the reader fail."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.model.field import Known, Unresolved
from ourhalf.readers.dockerfile.files import READER
from ourhalf.readers.dockerfile.instructions import parse
from ourhalf.readers.dockerfile.words import expand, words
from ourhalf.resources.dockerfile import Dockerfile
from tests.support import calls_of, read

WORDS = (
    'FROM RUN ARG ENV COPY ADD USER EXPOSE LABEL ONBUILD <<EOF EOF << $A ${A ${A:-b} a=b \\ ` " \' # ["x"] '
    "--from=x --mount=type=bind,from= {{ }} 1-99999 AS x 0"
)
PIECES = st.sampled_from([*WORDS.split(" "), "\n", "\\\n", "\t"])


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("Dockerfile", True),
        ("a/dockerfile", True),
        ("Dockerfile.gpu", True),
        ("Dockerfile-benchmark", True),
        ("docker/vllm.Dockerfile", True),
        ("Containerfile", True),
        ("Containerfile.train", True),
        ("Dockerfile.dockerignore", False),
        ("Dockerfile.md", False),
        ("dockerfile_test.py", False),
        ("mydockerfile", False),
        ("Dockerfiles/readme", False),
    ],
)
def test_wants(path: str, wanted: bool) -> None:
    assert READER.wants(path) is wanted


def test_a_file_without_from_is_unread() -> None:
    evidence = read({"Dockerfile": "RUN true\n"})
    assert [(u.line, u.reason) for u in evidence.unread] == [(1, "no FROM: not a Dockerfile")]


def test_a_file_that_is_no_text_is_unread_at_its_line() -> None:
    evidence = read({"Dockerfile": b"FROM a:1\nRUN \xff\n", "other/Dockerfile": "FROM b:1\n"})
    assert [(u.path, u.line, u.reason) for u in evidence.unread] == [("Dockerfile", 2, "not UTF-8 text")]
    assert [r.name for r in evidence.resources] == ["other/Dockerfile"]


def test_an_inline_suppression_is_found() -> None:
    text = "FROM a:1\n# ourhalf:ignore dockerfile-health-check a job, not a server\nUSER 1\n"
    assert [(s.line, s.control) for s in read({"Dockerfile": text}).suppressions] == [(2, "dockerfile-health-check")]


def test_places_point_at_the_line_of_a_continued_instruction() -> None:
    text = "FROM a:1\nENV A=1 \\\n  # why\n  TOKENS=2 \\\n    C=3\n"
    (file,) = read({"Dockerfile": text}).resources
    assert isinstance(file, Dockerfile)
    assert isinstance(file.environment, Known)
    places = {name: (field.place.line, field.place.column) for name, field in file.environment.value.items.items()}
    assert places == {"A": (2, 5), "TOKENS": (4, 3), "C": (5, 5)}


@pytest.mark.parametrize(
    "text",
    [
        "FROM a:1\n" + "ARG A=$A$A\n" * 40,
        "ARG A=xxxxxxxx\n" + "".join(f"ARG B{i}=$A$A$A$A\nARG A=$B{i}\n" for i in range(60)) + "FROM $A\n",
        "FROM a:1\nENV A=" + "${A:-" * 20_000 + "}" * 20_000 + "\n",
        "FROM a:1\nENV " + "A=${" * 50_000 + "\n",
        "FROM a:1\nRUN " + "\\\n" * 100_000 + "\n",
        "FROM a:1\nRUN " + "<<A " * 20_000 + "\n",
        "FROM a:1\nCMD " + "[" * 100_000 + "\n",
        "".join(f"FROM s{i} AS s{i + 1}\n" for i in range(3_000)),
        "FROM a:1\n" + "EXPOSE 1-65535\n" * 50,
        "FROM a:1\nENV X='" + "a" * 3_000_000 + "'\n",
    ],
    ids=("doubling", "fourfold", "nested", "open", "continued", "heredocs", "brackets", "stages", "ports", "long"),
)
def test_hostile_files_take_bounded_time(text: str) -> None:
    evidence, calls = calls_of(lambda: read({"Dockerfile": text}))
    assert calls < 20_000_000
    assert all("the reader failed" not in unread.reason for unread in evidence.unread), evidence.unread
    assert evidence.resources or evidence.unread


@given(st.lists(PIECES, max_size=60).map(" ".join))
@settings(max_examples=300, deadline=None)
def test_no_text_makes_the_reader_fail(text: str) -> None:
    evidence = read({"Dockerfile": text})
    assert all("the reader failed" not in unread.reason for unread in evidence.unread), evidence.unread


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_parsing_loses_no_instruction_word(text: str) -> None:
    file = parse(text)
    for instruction in file.instructions:
        line, column = instruction.at(0)
        assert line >= instruction.line
        assert column >= 1


@given(
    st.dictionaries(st.sampled_from("ABC"), st.text(alphabet="xyz -", max_size=5)),
    st.text(alphabet="ABC$x{} ", max_size=20),
)
@settings(max_examples=300, deadline=None)
def test_an_unresolved_variable_never_makes_a_text_known(scope: dict[str, str], text: str) -> None:
    known = expand(text, scope, "\\")
    unknown = expand(text, {**scope, "A": Unresolved("not given")}, "\\")
    if isinstance(unknown, str):
        assert unknown == expand(text, {**scope, "A": "other"}, "\\") == known or "A" not in scope


@given(st.lists(st.from_regex(r"[a-z=]+", fullmatch=True), max_size=8))
def test_words_are_split_at_blanks(given_words: list[str]) -> None:
    assert [word.text for word in words("  ".join(given_words), "\\")] == given_words
