"""The responsibility matrix as a document: for a terminal, a page, a pull request or a program."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any

import msgspec

from ourhalf.model.responsibility import Party, Platform, Responsibility, Service
from ourhalf.responsibility.matrix import Row, matrix
from ourhalf.responsibility.resolver import of_cell

PARTY_WORDS = {
    Party.PROVIDER: "AWS",
    Party.PUBLISHER: "publisher",
    Party.CUSTOMER: "ours",
    Party.SHARED: "shared",
    Party.UNKNOWN: "unknown",
    Party.NOT_APPLICABLE: "-",
}

_LEGEND = (
    "ours: the customer answers. AWS: the provider answers. publisher: who builds the image, and we redeploy it. "
    "shared: one publishes or offers, the other applies (marked *). unknown: no source states it."
)


def platforms(service: Service | None) -> tuple[Platform, ...]:
    """The ways to run a container that `service` has, all of them for None."""
    return tuple(p for p in Platform if service is None or p.service is service)


def as_json(service: Service | None) -> str:
    """Every cell with its reason and sources, for programs."""
    table = matrix()
    layers = [
        {
            "layer": row.layer,
            "title": row.title,
            "evidence": row.evidence,
            "cells": [_cell(platform, of_cell(row.layer, row.cells[platform])) for platform in platforms(service)],
        }
        for row in table.rows.values()
    ]
    document = {"schema_version": "1.0", "sources": table.sources, "layers": layers}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _cell(platform: Platform, who: Responsibility) -> dict[str, Any]:
    return {
        "platform": platform,
        "service": platform.service,
        "party": who.party,
        "action": who.action,
        "why": who.why,
        "candidates": who.candidates,
        "sources": who.sources,
    }


def _word(row: Row, platform: Platform) -> str:
    who = of_cell(row.layer, row.cells[platform])
    word = PARTY_WORDS[who.party]
    if who.party is Party.UNKNOWN:
        return f"unknown ({'/'.join(PARTY_WORDS[c] for c in who.candidates)}?)"
    return f"{word} *" if who.action else word


def as_markdown(service: Service | None) -> str:
    """A table for a page or a pull request, the sources below it."""
    shown = platforms(service)
    lines = [
        "| layer | " + " | ".join(shown) + " | sources |",
        "| --- " * (len(shown) + 2) + "|",
    ]
    for row in matrix().rows.values():
        sources = sorted({s for p in shown for s in row.cells[p].sources}, key=lambda name: int(name[1:]))
        cells = " | ".join(_word(row, platform) for platform in shown)
        lines.append(f"| {row.title} | {cells} | {' '.join(sources)} |")
    lines += ["", _LEGEND, ""]
    lines += [f"- {name}: [{s.title}]({s.url}), read {s.read}" for name, s in matrix().sources.items()]
    return "\n".join(lines) + "\n"


def as_table(service: Service | None) -> str:
    """A table for a terminal, 80 columns wide or as wide as that is: one for each service."""
    width = min(max(_NARROWEST, shutil.get_terminal_size((_NARROWEST, 24)).columns), _WIDEST)
    lines = ["Who answers, layer by layer", ""]
    for one in Service if service is None else (service,):
        lines += [*_section(one, width), ""]
    lines += textwrap.wrap(_LEGEND, width)
    return "\n".join(line.rstrip() for line in lines) + "\n"


_NARROWEST = 80
_WIDEST = 120
_COLUMN = 11


def _section(service: Service, width: int) -> Iterator[str]:
    """The rows of one service, and below them who is probable where no source states it."""
    shown = platforms(service)
    first = width - len(shown) * (_COLUMN + 2)
    headings = [textwrap.wrap(p.value.removeprefix(f"{service}-"), _COLUMN) for p in shown]
    yield from _cells([service.value.upper() if service is not Service.SAGEMAKER else "SageMaker"], headings, first)
    yield "-" * width
    probable: dict[str, list[str]] = {}
    for row in matrix().rows.values():
        answers = [of_cell(row.layer, row.cells[p]) for p in shown]
        words = [[PARTY_WORDS[who.party] + (" *" if who.action else "")] for who in answers]
        yield from _cells(textwrap.wrap(row.title, first), words, first)
        for who in answers:
            if who.party is Party.UNKNOWN:
                probably = " or ".join(PARTY_WORDS[c] for c in who.candidates) or "nobody knows"
                probable.setdefault(probably, []).append(row.title)
    for party, titles in probable.items():
        text = f"unknown, probably {party}: {'; '.join(dict.fromkeys(titles))}"
        yield from textwrap.wrap(text, width, subsequent_indent="  ")


def _cells(first: list[str], others: list[list[str]], width: int) -> Iterator[str]:
    """One row of the table, as many lines as its longest cell has."""
    for cells in zip_longest(first, *others, fillvalue=""):
        yield f"{cells[0]:{width}}" + "".join(f"  {cell:{_COLUMN}}" for cell in cells[1:])


def as_html(service: Service | None) -> str:
    """One page without scripts or network."""
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("ourhalf.responsibility", "templates"), autoescape=True)
    rows = [
        (row, [(platform, of_cell(row.layer, row.cells[platform])) for platform in platforms(service)])
        for row in matrix().rows.values()
    ]
    return environment.get_template("matrix.html").render(
        rows=rows, platforms=platforms(service), sources=matrix().sources, words=PARTY_WORDS, legend=_LEGEND
    )


FORMATS: dict[str, Callable[[Service | None], str]] = {
    "table": as_table,
    "markdown": as_markdown,
    "html": as_html,
    "json": as_json,
}
