"""The matrix as people read it."""

from __future__ import annotations

import pytest

from ourhalf.model.responsibility import Layer, Party, Platform, Service
from ourhalf.responsibility.matrix import matrix
from ourhalf.responsibility.pages import as_markdown, as_table
from ourhalf.responsibility.resolver import of_cell


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("service", [None, *Service])
def test_the_table_fits_a_terminal(service: Service | None) -> None:
    lines = as_table(service).splitlines()
    assert max(map(len, lines)) <= 80
    assert not any(line.endswith(" ") for line in lines)


def test_a_row_says_who_answers_on_each_platform() -> None:
    row = next(line for line in as_table(Service.EKS).splitlines() if line.startswith("Isolation of tasks"))
    assert row.split()[-3:] == ["ours", "AWS", "ours"]


def test_what_no_source_states_is_unknown_and_names_who_is_probable() -> None:
    text = as_table(Service.ECS)
    rows = [line for line in text.splitlines() if line.startswith("GPU driver, container toolkit")]
    assert rows[0].split()[-3:] == ["ours", "unknown", "-"]
    assert "unknown, probably AWS: GPU driver, container toolkit" in text


@pytest.mark.parametrize("service", Service)
def test_each_unknown_cell_is_explained_below(service: Service) -> None:
    joined = " ".join(as_table(service).split())
    for layer in Layer:
        for platform in Platform:
            row = matrix().rows[layer]
            if platform.service is service and of_cell(layer, row.cells[platform]).party is Party.UNKNOWN:
                below = joined[joined.index("unknown, probably") :]
                assert row.title in below


def test_markdown_has_a_column_for_each_platform() -> None:
    head = as_markdown(None).splitlines()[0]
    assert [cell.strip() for cell in head.strip("|").split("|")] == ["layer", *Platform, "sources"]
