"""Controls for a terminal: a list, and one whole."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from ourhalf.model.finding import ControlSummary
from ourhalf.reports.summary import layer_label

_WIDTH = 100


def as_list(controls: Iterable[ControlSummary]) -> str:
    """One line a control, by topic, worst first."""
    ordered = sorted(controls, key=lambda c: (c.topic, c.severity.rank, c.id))
    width = max((len(c.id) for c in ordered), default=0)
    lines: list[str] = []
    topic = ""
    for control in ordered:
        if control.topic != topic:
            topic = control.topic
            lines += ([""] if lines else []) + [topic]
        lines.append(f"  {control.severity:8}  {control.id:{width}}  {control.title}")
    lines += ["", f"{len(ordered)} controls" if len(ordered) != 1 else "1 control"]
    return "\n".join(lines).lstrip("\n") + "\n"


def as_page(control: ControlSummary) -> str:
    """All that is said of one control."""
    peers: dict[str, list[str]] = {}
    for peer in control.same_as:
        peers.setdefault(peer.tool, []).append(peer.id)
    rows = [
        ("why", control.rationale),
        ("remedy", control.remedy),
        ("layer", layer_label(control.layer)),
        ("same as", "; ".join(f"{tool} {', '.join(ids)}" for tool, ids in peers.items())),
        ("800-53", ", ".join(control.nist_800_53)),
        ("rows", ", ".join(control.rows)),
        *((("sources" if n == 0 else ""), f"{c.url} (read {c.read})") for n, c in enumerate(control.citations)),
    ]
    lines = [control.title, f"{control.id}: {control.severity}, {control.topic}", ""]
    for name, text in rows:
        if text:
            wrapped = textwrap.wrap(text, _WIDTH - 10, break_long_words=False, break_on_hyphens=False)
            lines += [f"{name if n == 0 else '':10}{part}" for n, part in enumerate(wrapped)]
    return "\n".join(lines) + "\n"
