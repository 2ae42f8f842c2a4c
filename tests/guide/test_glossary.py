from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.guide.errors import GuideError
from ourhalf.guide.glossary import glossary


def written(folder: Path, text: str | bytes) -> str:
    path = folder / "names.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_the_glossary_that_ships() -> None:
    assert glossary() == {
        "dlc_long": "AWS Deep Learning Containers",
        "dlc": "Deep Learning Containers",
        "aws": "AWS",
        "ec2": "Amazon EC2",
        "ecs": "Amazon ECS",
        "eks": "Amazon EKS",
        "sagemaker": "Amazon SageMaker AI",
    }


def test_names_of_the_user_stand_before_those_that_ship(tmp_path: Path) -> None:
    found = glossary(
        written(tmp_path, "# ours\naws: Amazon\nteam: 'Platform of {{ aws }}'\nboth: '{{team}}, {{ dlc }}'\n")
    )
    assert found["aws"] == "Amazon"
    assert found["team"] == "Platform of Amazon"
    assert found["both"] == "Platform of Amazon, Deep Learning Containers"
    assert found["dlc_long"] == "AWS Deep Learning Containers"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: '{{ a }}'\n", 1, "a refers to itself: a → a"),
        ("x: y\na: '{{ b }}'\nb: '{{ c }}'\nc: '{{ a }}'\n", 2, "a refers to itself: a → b → c → a"),
        (
            "aws: 'the {{ dlc_long }}'\ndlc_long: '{{ aws }}'\n",
            2,
            "dlc_long refers to itself: dlc_long → aws → dlc_long",
        ),
        ("x: y\na: '{{ b }}'\n", 2, "a: no variable is named b"),
        ("x: y\nb: '{{ dlc_lnog }}'\n", 2, "b: no variable is named dlc_lnog; did you mean dlc_long"),
        ("x: y\nb: '{{ x.__class__ }}'\n", 2, "nothing is evaluated"),
        ("x: y\nb: \"{{ open('/etc/passwd') }}\"\n", 2, "nothing is evaluated"),
        ("x: y\nb: !!python/object/apply:os.system ['touch hacked']\n", 2, "b is no text"),
        ("x: y\nb: !include other.yaml\n", 2, "b is no text"),
        ("x: y\nb: 7\n", 2, "b is no text; put it in quotes"),
        ("x: y\nb:\n", 2, "b is no text"),
        ("x: y\nb: {c: d}\n", 2, "b is no text"),
        ("x: y\nno-name: z\n", 2, "no-name is no name"),
        ("x: y\nx: z\n", 2, "x is given twice"),
        ("- a\n- b\n", 1, "a mapping of names to texts"),
        ("just words\n", 1, "a mapping of names to texts"),
        ("x: y\n---\nz: a\n", 3, "a second document"),
        ("x: [\n", 2, ""),
        ("x: y\n\tz: a\n", 2, ""),
        (b"x: y\nz: \xff\n", 2, "not UTF-8"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str | bytes, line: int, reason: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(GuideError) as raised:
        glossary(path)
    assert (raised.value.path, raised.value.line) == (path, line)
    assert reason in raised.value.reason


def test_texts_that_grow_are_bounded(tmp_path: Path) -> None:
    tenfold = (f"a{n}: '{f'{{{{ a{n - 1} }}}}' * 10}'\n" for n in range(1, 30))
    text = "a0: xxxxxxxxxx\n" + "".join(tenfold)
    with pytest.raises(GuideError, match="longer than 10,000 characters"):
        glossary(written(tmp_path, text))


def test_texts_in_each_other_are_bounded(tmp_path: Path) -> None:
    text = "".join(f"a{n}: '{{{{ a{n + 1} }}}}'\n" for n in range(500)) + "a500: x\n"
    with pytest.raises(GuideError, match="below more than 32 others"):
        glossary(written(tmp_path, text))


def test_files_are_bounded_and_there(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match="more than 1 MB"):
        glossary(written(tmp_path, "x: " + "y" * (1 << 20)))
    with pytest.raises(GuideError, match="no such file"):
        glossary(str(tmp_path / "none.yaml"))
    with pytest.raises(GuideError, match="no such file"):
        glossary(str(tmp_path))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(data)
    with suppress(GuideError):
        assert glossary(str(path)).keys() >= glossary().keys()
