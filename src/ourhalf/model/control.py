"""One condition that configuration must meet, with all that is said about it."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from ourhalf.model.context import Context
from ourhalf.model.profile import Severity
from ourhalf.model.references import Citation, PeerTest
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Layer
from ourhalf.model.verdict import Verdict
from ourhalf.model.word import Word

S = TypeVar("S")

__all__ = ["Control", "Layer", "Severity", "Topic"]


class Topic(Word):
    """The security chapter that a control belongs to; also the folder that holds it."""

    DATA_PROTECTION = "data-protection"
    IDENTITY = "identity"
    INFRASTRUCTURE = "infrastructure"
    MONITORING = "monitoring"
    RESILIENCE = "resilience"
    COMPLIANCE = "compliance"
    PATCHING = "patching"
    SUPPLY_CHAIN = "supply-chain"
    MODELS = "models"


class Control(msgspec.Struct, Generic[S], frozen=True, kw_only=True):
    """A condition, the type of subject it applies to, and the function that judges one.

    `title` says what holds. `applies_to` is a resource type, `Container` or `Workload`; `about` narrows
    the last two to those that resources of these types define. `layer` is the row of the responsibility
    matrix that gives the party. `evaluate` gives None where the control is not about this subject at
    all, such as one on Jupyter about a container that starts none. `settings` are the fields of the
    subject, with the values that make the control hold: reports write them in the language of the
    file at hand. `rows` are the ids of the collected conditions that it covers.
    """

    id: str
    title: str
    topic: Topic
    severity: Severity
    layer: Layer
    applies_to: type[S]
    evaluate: Callable[[S, Context], Verdict | None]
    rationale: str
    remedy: str
    citations: tuple[Citation, ...]
    about: tuple[type[Resource], ...] = ()
    settings: Mapping[str, Any] = {}
    same_as: tuple[PeerTest, ...] = ()
    nist_800_53: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
