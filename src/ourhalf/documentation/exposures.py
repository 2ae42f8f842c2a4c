"""The page of the exposures: which controls judge each, and what is left to other evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ourhalf.documentation.pages import link, page, table

_INTRODUCTION = """\
Ways in which software of deep learning lies open or runs what it should not, in images and deployments. This table
says which controls judge what configuration and images decide of each, and what needs other evidence: the content of an
image or volume that was not read, or a live node."""


def exposures(entries: Mapping[str, Mapping[str, Any]]) -> str:
    """The page; `entries` have by id the `exposure`, its `controls`, and what is `beyond` configuration."""
    rows = []
    for name, entry in entries.items():
        controls = [link(f"`{control}`", f"../controls/{control}.md") for control in entry.get("controls", ())]
        rows.append((name, entry["exposure"], ", ".join(controls) or "none", entry.get("beyond", "")))
    judged = sum(bool(entry.get("controls")) for entry in entries.values())
    total = f"{len(rows)} exposures: {judged} are judged by a control, {len(rows) - judged} need other evidence."
    head = ("id", "exposure", "controls", "left to other evidence")
    return page("Exposures of deep learning", _INTRODUCTION, total, table(head, rows))
