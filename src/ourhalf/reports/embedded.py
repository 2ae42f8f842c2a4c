"""Findings as compact JSON inside a page: texts once each, findings as rows of numbers."""

from __future__ import annotations

from typing import Any

import msgspec
from markupsafe import Markup

from ourhalf.model.finding import Assessment, Finding
from ourhalf.reports.summary import (
    PARTY_LABELS,
    STATUS_LABELS,
    columns_shown,
    harmless,
    place,
    platform_label,
    prefix,
    worst_first,
)


class _Texts:
    """Texts by number, each kept once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __call__(self, text: str | None) -> int:
        """The number of `text`; 0 is the empty text."""
        return self._numbers.setdefault(text or "", len(self._numbers))

    def all(self) -> list[str]:
        """Every text, by its number."""
        return [harmless(text) for text in self._numbers]


def data(assessment: Assessment) -> Markup:
    """What the page's script reads; safe inside a script element."""
    texts = _Texts()
    texts("")
    folder = prefix(assessment)
    rows = [_row(finding, texts, folder) for finding in worst_first(assessment.findings)]
    whole: dict[str, Any] = {
        "findings": rows,
        "parties": {str(party): label for party, label in PARTY_LABELS.items()},
        "statuses": {str(status): label for status, label in STATUS_LABELS.items()},
        "cells": [
            {
                "title": column.title,
                "platforms": [platform_label(p) for p in column.platforms],
                "workloads": column.workloads[:200],
                "count": len(column.workloads),
                "cells": {
                    layer: [row.party, row.why, row.action or "", list(row.candidates), list(row.sources)]
                    for layer, row in column.cells.items()
                },
            }
            for column in columns_shown(assessment)
        ],
        "texts": texts.all(),
    }
    encoded = harmless(msgspec.json.encode(whole).decode())
    for sign, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        encoded = encoded.replace(sign, code)
    return Markup(encoded)  # noqa: S704 - no character is left that ends a script element


def _row(finding: Finding, texts: _Texts, folder: str) -> list[Any]:
    subject = finding.subject
    path, line = place(finding)
    return [
        texts(finding.id),
        texts(finding.control),
        texts(finding.title),
        texts(finding.topic),
        texts(finding.severity),
        texts(finding.status),
        texts(finding.party),
        texts(finding.reason),
        texts(finding.remedy),
        texts(finding.action),
        texts(subject.name),
        texts(subject.type),
        texts(subject.service),
        texts(subject.workload),
        texts(folder + path),
        line,
        texts(_acceptance(finding)),
        [(texts(folder + i.path), i.line, texts(i.field), texts(i.value)) for i in finding.evidence],
    ]


def _acceptance(finding: Finding) -> str:
    by = finding.exception
    if by is None:
        return ""
    return f"{by.reason} ({by.kind}, {by.owner})" if by.owner else f"{by.reason} ({by.kind})"
