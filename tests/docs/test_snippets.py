"""What pages show is assessed: what is said to fail fails, and what is said to hold passes."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.catalogue import all_controls
from ourhalf.documentation.examples import failing, verdicts
from ourhalf.documentation.snippets import Snippet, snippets
from ourhalf.model.control import Control
from ourhalf.model.resource import Language
from ourhalf.model.verdict import Status

WRITTEN = [control for control in all_controls() if control.settings]


@pytest.mark.parametrize("control", WRITTEN, ids=lambda control: control.id)
def test_what_is_to_be_written_never_fails(control: Control[Any]) -> None:
    found = snippets(control)
    assert found, "no language can say what makes it hold"
    failed = [
        (snippet.language, verdict.reason)
        for snippet in found
        for verdict in verdicts(control, snippet)
        if verdict.status is Status.FAIL
    ]
    assert not failed


def test_what_is_to_be_written_passes_by_itself_for_most() -> None:
    """The others need more than the setting: a GPU, a second instance, a server to which it belongs."""
    judged = [one for control in WRITTEN for snippet in snippets(control) if (one := _statuses(control, snippet))]
    assert len([one for one in judged if one == {Status.PASS}]) > 0.8 * len(judged)


def _statuses(control: Control[Any], snippet: Snippet) -> set[Status]:
    return {verdict.status for verdict in verdicts(control, snippet)}


def test_pages_show_what_fails_for_most() -> None:
    """`failing` gives nothing that does not fail; here, that it gives something for most."""
    found = [failing(control) for control in WRITTEN]
    assert sum(one is not None for one in found) > 0.5 * len(WRITTEN)


# A plan is not written by people, and YAML of requests is JSON written otherwise.
SHOWN = [language for language in Language if language not in (Language.TERRAFORM_PLAN, Language.YAML)]


@pytest.mark.parametrize("language", SHOWN)
def test_each_language_is_shown(language: Language) -> None:
    assert any(snippet.language is language for control in WRITTEN for snippet in snippets(control))
