"""AWS managed policies by name, from the table beside this file."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ourhalf.model.field import Field, Known, Link, Unresolved
from ourhalf.model.identity import Condition, Statement

_ARN = re.compile(r"(?:^|:)iam::aws:policy/(?:[\w-]+/)*([\w+=,.@-]+)$")


def managed_name(link: Link | Unresolved) -> str | None:
    """The name of the AWS managed policy that an ARN names, whatever its partition; None for any other."""
    text = link.suffix if isinstance(link, Unresolved) else link
    found = _ARN.search(text) if isinstance(text, str) else None
    return found[1] if found else None


@cache
def _table() -> dict[str, dict[str, Any]]:
    text = Path(__file__).with_name("managed.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    policies: dict[str, dict[str, Any]] = yaml.load(text, Loader=loader)["policies"]  # noqa: S506 - a safe loader
    return policies


def names() -> tuple[str, ...]:
    """Every AWS managed policy that the table describes."""
    return tuple(_table())


def managed(name: str, attached: Field[Any]) -> tuple[Statement, ...] | None:
    """The statements of an AWS managed policy; None where the table does not have it.

    What of a policy the table leaves out is a statement of unknown effect over the services that
    the rest may touch. `attached` is the field that names the policy.
    """
    found = _table().get(name)
    if found is None:
        return None
    policy = f"AWS managed policy {name}"
    known = [_statement(entry, policy, attached) for entry in found["statements"]]
    if "complete" not in found:
        actions = tuple((s if ":" in s else f"{s}:*").lower() for s in found["services"])
        known.append(Statement(None, actions, resources=("*",), place=attached.place, policy=policy))
    return tuple(known)


def _statement(entry: dict[str, Any], policy: str, attached: Field[Any]) -> Statement:
    excluded = "not_actions" in entry
    spared = "not_resources" in entry
    return Statement(
        True,
        tuple(a.lower() for a in entry["not_actions" if excluded else "actions"]),
        excluded,
        tuple(entry["not_resources" if spared else "resources"]) if spared or "resources" in entry else ("*",),
        spared,
        conditions=tuple(
            Condition(operator, key.lower(), tuple(values))
            for operator, tests in entry.get("conditions", {}).items()
            for key, values in tests.items()
        ),
        place=attached.place,
        policy=policy,
        fields=(attached,) if isinstance(attached, Known) else (),
    )
