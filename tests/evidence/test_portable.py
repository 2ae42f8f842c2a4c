"""What makes a bundle the same on every machine."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from ourhalf.evidence.portable import Cleaner, portable, shown
from ourhalf.model.evidence import Evidence, Suppression, Unread
from ourhalf.model.field import Entries, Field, Known, Redacted, Unresolved
from ourhalf.model.finding import ToolInfo
from ourhalf.model.resource import Resource
from ourhalf.resources.dockerfile import Dockerfile
from tests.hostile.samples import HUGGING_FACE, KEY, PASSWORD

TOOL = ToolInfo("ourhalf", "0.1.0")


def _portable(evidence: Evidence, targets: tuple[str, ...] = (".",)) -> Evidence:
    return portable(evidence, targets, TOOL, Cleaner()).evidence


def _tags(**values: Field[str]) -> Resource:
    return Dockerfile("d", tags=Known(Entries(values)))


def _values(evidence: Evidence) -> list[object]:
    return [
        field.value
        for resource in evidence.resources
        if isinstance(resource.tags, Known)
        for field in resource.tags.value.items.values()
        if isinstance(field, Known)
    ]


def test_digests_become_numbers_by_first_appearance_and_equal_ones_stay_equal() -> None:
    text = "--a REDACTED-secret-by-name-{} --b hf_REDACTED-hugging-face-token-{} --c REDACTED-secret-by-name-{}"
    digests = ("aaaaaaaaaaaa", "0123456789ab", "ffffffffffff")
    one, other, third = digests
    made = _portable(Evidence((_tags(x=Known(text.format(one, other, one)), y=Known(third), z=Known(other)),)))
    assert _values(made) == [text.format("000000000001", "000000000002", "000000000001"), third, other]


def test_a_redacted_value_and_a_mark_of_the_same_secret_get_one_number() -> None:
    settings = Known(Entries[str | Redacted]({"A": Known(Redacted("x", "hf_", "abcdefabcdef"))}))
    arguments = Known(Entries[str | Redacted]({"B": Known("-x REDACTED-x-abcdefabcdef")}))
    made = _portable(Evidence((Dockerfile("d", environment=settings), Dockerfile("e", environment=arguments))))
    first, second = made.resources
    assert isinstance(first, Dockerfile)
    assert isinstance(second, Dockerfile)
    assert first.environment == Known(Entries({"A": Known(Redacted("x", "hf_", "000000000001"))}))
    assert second.environment == Known(Entries({"B": Known("-x REDACTED-x-000000000001")}))


def test_different_keys_give_the_same() -> None:
    def one(a: str, b: str) -> Evidence:
        field = Unresolved("not known", parts=(f"REDACTED-k-{a}", None, f"REDACTED-k-{b}", f"REDACTED-k-{a}"))
        return Evidence((_tags(x=field),), (Unread("p", 1, "r", f"at REDACTED-k-{b}"),))

    assert one("a" * 12, "b" * 12) != one("1" * 12, "2" * 12)
    assert _portable(one("a" * 12, "b" * 12)) == _portable(one("1" * 12, "2" * 12))
    assert _portable(one("a" * 12, "b" * 12)) != _portable(one("a" * 12, "a" * 12))


def test_it_changes_nothing_more() -> None:
    evidence = Evidence(
        (_tags(x=Known("plain"), y=Known("abcdefabcdef")),),
        (Unread("p", 3, "r", "why"),),
        (Suppression("p", 1, "c", "w"),),
        7,
    )
    assert _portable(evidence) == evidence
    assert _portable(_portable(evidence)) == evidence


@pytest.mark.parametrize("secret", [KEY, HUGGING_FACE, f"password={PASSWORD}", f"https://me:{PASSWORD}@x.example.com/"])
def test_secrets_that_a_reader_put_together_go(secret: str) -> None:
    coded = base64.b64encode(f"#!/bin/sh\nexport A=1 {secret}\n".encode()).decode()
    made = _portable(Evidence((_tags(x=Known(f"a {secret}"), y=Known(coded), **{secret: Known("v")}),)))
    (resource,) = made.resources
    assert isinstance(resource.tags, Known)
    (name,) = set(resource.tags.value.items) - {"x", "y"}
    plain, script, _ = _values(made)
    decoded = base64.b64decode(str(script)).decode()
    for text in (str(plain), decoded, name):
        assert PASSWORD not in text
        assert secret not in text
        assert "REDACTED-" in text
    assert decoded.startswith("#!/bin/sh\nexport A=1 ")


def test_marks_in_base64_and_in_capitals_get_their_number_too() -> None:
    def coded(digest: str) -> str:
        return base64.b64encode(f"x REDACTED-k-{digest}".encode()).decode()

    made = _portable(Evidence((_tags(x=Known(coded("abcdefabcdef")), y=Known("REDACTED-K-ABCDEFABCDEF")),)))
    assert _values(made) == [coded("000000000001"), "REDACTED-K-000000000001"]


def test_numbers_that_json_does_not_have_become_words() -> None:
    from ourhalf.resources.ecr import EcrLifecyclePolicy

    made = _portable(
        Evidence((EcrLifecyclePolicy("r", rules=Known([{"a": float("inf"), "b": float("nan"), "c": 1.5}])),))
    )
    (resource,) = made.resources
    assert isinstance(resource, EcrLifecyclePolicy)
    assert resource.rules == Known([{"a": "inf", "b": "nan", "c": 1.5}])


def test_reasons_do_not_tell_where_the_target_lies(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    link = tmp_path / "link"
    link.symlink_to(real)
    reasons = (f"failed: no {real}/a.tf", f"failed: {link}/a.tf", f"in {real}")
    made = _portable(Evidence(unread=tuple(Unread("a", 1, "r", reason) for reason in reasons)), (str(link),))
    assert [item.reason for item in made.unread] == ["failed: no a.tf", "failed: a.tf", "in ."]


def test_paths_are_told_only_where_they_stay_below_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    (here / "infra" / "prod").mkdir(parents=True)
    (tmp_path / "main.tf").touch()
    monkeypatch.chdir(here)
    given = (
        "infra/prod",
        "./infra/",
        "infra/../infra",
        ".",
        str(here),
        "..",
        "../here",
        "../main.tf",
        str(tmp_path / "main.tf"),
    )
    assert [shown(path) for path in given] == ["infra/prod", "infra", "infra", ".", ".", ".", ".", "main.tf", "main.tf"]
