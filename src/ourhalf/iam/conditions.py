"""What conditions come to where the request is not known: always met, never met, or it depends."""

from __future__ import annotations

from collections.abc import Sequence

from ourhalf.model.identity import Condition

_LIKE = ("StringLike", "ArnLike", "ArnEquals")

IDENTIFYING = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:sourcevpcarn",
        "aws:vpcsourceip",
        "aws:userid",
        "aws:username",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "lambda:eventsourcetoken",
        "sts:externalid",
    }
)
"""Keys that tell who, or from which network of ours, a request comes."""


def holds(conditions: Sequence[Condition]) -> bool | None:
    """True where every request meets the conditions, False where none does, None where it depends."""
    met: bool | None = True
    for condition in conditions:
        one = _holds(condition)
        if one is False:
            return False
        met = None if one is None else met
    return met


def _holds(condition: Condition) -> bool | None:
    operator = condition.operator.removesuffix("IfExists").removeprefix("ForAnyValue:").removeprefix("ForAllValues:")
    values = condition.values
    if values is None:
        return None
    texts = [v for v in values if isinstance(v, str)]
    if operator in _LIKE and "*" in texts:
        return True
    if operator in ("StringNotLike", "ArnNotLike", "ArnNotEquals") and "*" in texts:
        return False
    # The SDKs and the CLI use TLS always, so that this condition narrows nobody down.
    if condition.key == "aws:securetransport" and operator == "Bool" and len(texts) == len(values) == 1:
        return texts[0].lower() == "true"
    if operator in ("IpAddress", "NotIpAddress") and any(t in ("0.0.0.0/0", "::/0") for t in texts):
        return operator == "IpAddress"
    return None


def identifies(conditions: Sequence[Condition]) -> bool | None:
    """Whether a condition names who may come; None where one may, with values that are not known."""
    unsure = False
    for condition in conditions:
        if condition.values is None and condition.key in ("", *IDENTIFYING):
            unsure = True
            continue
        if condition.key in IDENTIFYING and _positive(condition.operator) and _holds(condition) is None:
            return True
        if condition.key == "aws:sourceip" and condition.operator.startswith("IpAddress") and _holds(condition) is None:
            return True
    return None if unsure else False


def _positive(operator: str) -> bool:
    plain = operator.removeprefix("ForAnyValue:")
    return not plain.startswith("ForAllValues:") and "Not" not in plain and not plain.endswith("IfExists")
