"""The dashboard for Grafana that ships."""

from __future__ import annotations

from importlib import resources


def dashboard() -> str:
    """The dashboard as Grafana imports or provisions it, in JSON."""
    return (resources.files("ourhalf.watch") / "dashboard.json").read_text(encoding="utf-8")
