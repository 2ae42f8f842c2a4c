"""Frameworks load with their types, and each mistake is shown where it stands."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf import compliance
from ourhalf.compliance import checks, loader
from ourhalf.compliance.framework import How
from ourhalf.compliance.loader import FrameworkError, all_frameworks, load

HEAD = """\
id: house
title: House rules
version: "1"
publisher: us
source: https://example.com/rules
read: 2026-10-02
licence: ours
size: 9
baselines: {low: Low}
requirements:
"""
ONE = """\
  - id: "1.1"
    about: containers
    layers: [workload-settings]
    baselines: [low]
    mappings:
      - how: implements
        source: ourhalf
        read: 2026-10-02
        controls: [container-unprivileged]
"""


def written(tmp_path: Path, text: str) -> str:
    file = tmp_path / "house.yaml"
    file.write_text(text, "utf-8")
    return str(file)


def test_a_file_becomes_a_framework(tmp_path: Path) -> None:
    framework = load(written(tmp_path, HEAD + ONE))
    assert (framework.id, framework.size, framework.read) == ("house", 9, date(2026, 10, 2))
    (requirement,) = framework.requirements
    assert requirement.baselines == ("low",)
    (mapping,) = requirement.mappings
    assert (mapping.how, mapping.controls) == (How.IMPLEMENTS, ("container-unprivileged",))


def test_the_users_own_stands_beside_what_ships(tmp_path: Path) -> None:
    found = all_frameworks(written(tmp_path, HEAD + ONE))
    assert set(found) == {*all_frameworks(), "house"}


WRONG = {
    "unknown control": (
        HEAD + ONE.replace("container-unprivileged", "container-unprivilegd"),
        19,
        "no control is named container-unprivilegd; did you mean container-unprivileged?",
    ),
    "unknown layer": (HEAD + ONE.replace("workload-settings", "cellar"), 13, "no layer is named cellar"),
    "unknown baseline": (
        HEAD + ONE.replace("baselines: [low]", "baselines: [zzz]"),
        14,
        "no baseline is named zzz; there are low",
    ),
    "baseline of none": (
        HEAD.replace("baselines: {low: Low}", "baselines: {}") + ONE,
        14,
        "no baseline is named low; there are none",
    ),
    "layer like no other": (
        HEAD + ONE.replace("workload-settings", "zzz"),
        13,
        "hypervisor, tenant-isolation, host-patching, host-hardening, container-runtime, gpu-stack, control-plane and",
    ),
    "empty id": (HEAD + ONE.replace('"1.1"', '""'), 11, "id and about must not be empty"),
    "empty about": (HEAD + ONE.replace("about: containers", "about: ' '"), 11, "id and about must not be empty"),
    "unknown service": (
        HEAD.replace("size: 9", "size: 9\nservices: [zzz]") + ONE,
        9,
        "services: zzz is none of ec2, ecs, eks, sagemaker",
    ),
    "unknown how": (
        HEAD + ONE.replace("implements", "does"),
        16,
        "mapping 1: how: does is none of implements, supports, evidence",
    ),
    "unknown field": (HEAD + ONE.replace("about", "abuot"), 11, "unknown field `abuot`"),
    "unknown tool": (
        HEAD + ONE.replace("controls: [container-unprivileged]", 'tests: ["Hub:ECS.4"]'),
        19,
        "no tool is named 'Hub'",
    ),
    "malformed id of a tool": (
        HEAD + ONE.replace("controls: [container-unprivileged]", 'tests: ["Security Hub:ECS"]'),
        19,
        "'ECS' is no id of Security Hub",
    ),
    "number as id": (HEAD + ONE.replace('"1.1"', "1.1"), 11, "requirement 1.1: id: Expected `str`"),
    "requirement twice": (HEAD + ONE + ONE, 20, "requirement 1.1 is listed twice"),
    "control twice": (
        HEAD + ONE.replace("[container-unprivileged]", "[container-unprivileged, container-unprivileged]"),
        19,
        "container-unprivileged is listed twice",
    ),
    "key twice": (HEAD + ONE + "    about: other\n", 20, "about is given twice"),
    "size too small": (HEAD.replace("size: 9", "size: 0") + ONE, 8, "size is 0, and 1 requirements are listed"),
    "nothing shows it": (HEAD + '  - {id: "2", about: x}\n', 11, "requirement 2: nothing shows it"),
    "mapping of nothing": (
        HEAD + ONE.replace("        controls: [container-unprivileged]\n", ""),
        16,
        "a mapping of nothing",
    ),
    "retired before valid": (
        HEAD + ONE + "        valid_from: 2026-10-03\n        retired: 2026-10-02\n",
        21,
        "retired 2026-10-02, before it is valid",
    ),
    "requirement retired on its first day": (
        HEAD + ONE + "    valid_from: 2026-10-03\n    retired: 2026-10-03\n",
        21,
        "retired 2026-10-03, before it is valid",
    ),
    "wrong field of a mapping": (
        HEAD + ONE.replace("read: 2026-10-02", "read: soon"),
        18,
        "requirement 1.1, mapping 1: read: Invalid RFC3339 encoded date",
    ),
    "number among controls": (
        HEAD + ONE.replace("[container-unprivileged]", "[container-unprivileged, 5]"),
        19,
        "requirement 1.1, mapping 1: controls: Expected `str`, got `int`; write it in quotes",
    ),
    "no id": (
        HEAD + ONE.replace('id: "1.1"\n    about', "about"),
        11,
        "requirement 1 of the list: Object missing required field `id`",
    ),
    "text for a list": (
        HEAD + ONE.replace("[workload-settings]", "x"),
        13,
        "requirement 1.1: layers: Expected `array`",
    ),
    "no source": (HEAD + ONE.replace("source: ourhalf", "source: somebody"), 17, "source 'somebody'"),
    "bad id": (HEAD.replace("id: house", "id: Our House") + ONE, 1, "'Our House' is no id"),
    "no requirements": (HEAD.replace("requirements:\n", ""), 1, "missing required field `requirements`"),
    "no YAML": ("a: [", 2, "did not find expected node content"),
    "two documents": (HEAD + ONE + "---\nb: 1\n", 1, "2 documents"),
    "nothing": ("", 1, "0 documents"),
    "text": ("house", 1, "Expected `object`"),
    "deep": ("[" * 300 + "]" * 300, 1, "nested deeper than 200"),
    "aliases that multiply": (
        "a: &a [1,2,3,4,5,6,7,8,9]\n"
        + "".join(f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
        6,
        "aliases that stand for more",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_shown_where_it_stands(tmp_path: Path, name: str) -> None:
    text, line, reason = WRONG[name]
    file = written(tmp_path, text)
    with pytest.raises(FrameworkError) as caught:
        load(file)
    assert reason in caught.value.reason
    assert caught.value.line == line
    assert str(caught.value).startswith(f"{file}:{line}: ")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FrameworkError, match=r"none\.yaml:1: the framework cannot be read: No such file"):
        load(str(tmp_path / "none.yaml"))


def test_a_file_over_the_bound_is_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "MAX_BYTES", 100)
    with pytest.raises(FrameworkError, match="more than"):
        load(written(tmp_path, HEAD + ONE))


THROUGH = ONE.replace("controls: [container-unprivileged]", "through: ['{}']")


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("cellar:1", "no framework has the id 'cellar'"),
        ("house:1.2", "house has no requirement '1.2'; did you mean 1.1?"),
        ("house:1.1", "circle: house:1.1 -> house:1.1"),
    ],
)
def test_steps_lead_somewhere_and_not_back(tmp_path: Path, step: str, reason: str) -> None:
    with pytest.raises(FrameworkError) as caught:
        all_frameworks(written(tmp_path, HEAD + THROUGH.format(step)))
    assert reason in caught.value.reason
    assert caught.value.line == 19


def test_a_long_circle_is_told_whole(tmp_path: Path) -> None:
    steps = "".join(
        THROUGH.format(f"house:{onward}").replace('"1.1"', f'"{name}"')
        for name, onward in zip("abc", "bca", strict=True)
    )
    with pytest.raises(FrameworkError, match="house:a -> house:b -> house:c -> house:a"):
        all_frameworks(written(tmp_path, HEAD + steps))


def test_a_long_way_is_no_circle(tmp_path: Path) -> None:
    many = 3000
    steps = "".join(
        THROUGH.format(f"house:{n + 1}").replace('"1.1"', f'"{n}"').replace("baselines: [low]", "attach: x")
        for n in range(many)
    )
    last = ONE.replace('"1.1"', f'"{many}"')
    found = all_frameworks(written(tmp_path, HEAD.replace("size: 9", "size: 5000") + steps + last))
    assert len(found["house"].requirements) == many + 1


def test_the_example_of_the_documentation_is_a_framework(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "compliance.md"
    example = page.read_text("utf-8").partition("```yaml\n")[2].partition("```")[0]
    assert len(all_frameworks(written(tmp_path, example))["house"].requirements) == 2


def test_an_id_that_ships_is_not_the_users_to_take(tmp_path: Path) -> None:
    with pytest.raises(FrameworkError, match="fedramp-r5 is the id of a framework that ships") as caught:
        all_frameworks(written(tmp_path, HEAD.replace("id: house", "id: fedramp-r5") + ONE))
    assert caught.value.line == 1


@pytest.mark.parametrize("name", sorted(all_frameworks()))
def test_what_ships_gives_no_key_twice(name: str) -> None:
    assert load(str(files(compliance).joinpath("frameworks", f"{name}.yaml"))).id == name


WORDS = st.sampled_from(
    [b"", b"[", b"}", b": ", b"- ", b"&a ", b"*a", b"\x00", b"\xff", b"!!str ", b"2026-13-01", b"~", b"- - -"]
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(HEAD + ONE)), st.integers(0, 12), WORDS), min_size=1, max_size=4))
def test_damage_of_any_kind_is_one_clear_error_or_none(damage: list[tuple[int, int, bytes]]) -> None:
    data = (HEAD + ONE).encode()
    for start, length, word in damage:
        data = data[:start] + word + data[start + length :]
    try:
        loader.parse(data, "house.yaml")
        checks.no_key_twice(data, "house.yaml")
    except FrameworkError as error:
        assert str(error).startswith(f"house.yaml:{error.line}: ")  # noqa: PT017 - most damage is none
        assert 1 <= error.line <= data.count(b"\n") + 2  # noqa: PT017
        assert error.reason  # noqa: PT017
