"""What a template's parameters and pseudo parameters are worth before anyone deploys it."""

from __future__ import annotations

from ourhalf.model.field import Redacted, Reference, Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.secrets import redact
from ourhalf.readers.text import as_text

PSEUDO = frozenset(
    {
        "AWS::AccountId",
        "AWS::NotificationARNs",
        "AWS::Partition",
        "AWS::Region",
        "AWS::StackId",
        "AWS::StackName",
        "AWS::URLSuffix",
    }
)


def pseudo(name: str, at: Node) -> Node:
    """The value of a pseudo parameter: none for `AWS::NoValue`, else known only at deployment.

    Its only part is a reference to it, so that two texts can be seen to speak of the same account.
    """
    if name == "AWS::NoValue":
        return at.with_value(None)
    return at.unresolved(f"{name} is known only once it is deployed", (Reference(name),))


def parameter(name: str, declared: Node, at: Node) -> Node:
    """The value of a parameter by its default, at the place of `at`."""
    kind = _text(declared, "Type") or "String"
    default = declared.get("Default")
    if kind.startswith("AWS::SSM::Parameter::Value"):
        source = as_text(default.value) if default is not None else None
        return at.unresolved(f"parameter {name} is read from the SSM parameter {source or 'given at deployment'}")
    if default is None:
        return at.unresolved(f"parameter {name} has no default")
    text = as_text(default.value)
    if isinstance(default.value, Unresolved):
        return at.with_value(default.value)
    if text is None:
        return at.unresolved(f"the default of parameter {name} is not a text")
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return at.with_value([at.with_value(element.strip()) for element in text.split(",")])
    if kind == "Number":
        return at.with_value(default.value)
    return at.with_value(_hidden(text) if (_text(declared, "NoEcho") or "").lower() == "true" else text)


def _hidden(secret: str) -> str:
    """The mark that stands for a default which nobody shall see."""
    found = redact("password", secret)
    return f"{found.prefix}REDACTED-{found.kind}-{found.digest}" if isinstance(found, Redacted) else found


def _text(node: Node, key: str) -> str | None:
    found = node.get(key)
    return as_text(found.value) if found is not None else None
