"""What a control says of one subject."""

from typing import Any

import msgspec

from ourhalf.model.field import Field, Place, Unresolved, unknown_part
from ourhalf.model.profile import Severity
from ourhalf.model.word import Word


class Status(Word):
    """Whether a control holds."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Verdict(msgspec.Struct, frozen=True):
    """A status, the reason for it in a few words, and the fields that decided it.

    `severity` overrides the control's where this case is worse or milder than usual. `in_base` is set where layers
    of an image decided: whether all of them are those of the image that it is built on, whose publisher then answers.
    """

    status: Status
    reason: str
    fields: tuple[Field[Any], ...] = ()
    severity: Severity | None = None
    in_base: bool | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        """Where the deciding fields are written."""
        return tuple(field.place for field in self.fields)

    @classmethod
    def failed(cls, reason: str, *fields: Field[Any], severity: Severity | None = None) -> "Verdict":
        """The control does not hold."""
        return cls(Status.FAIL, reason, fields, severity)

    @classmethod
    def passed(cls, reason: str, *fields: Field[Any]) -> "Verdict":
        """The control holds; a verdict that would rest on what is not known, in whole or in part, is unknown.

        Where the known elements of a list decide alone, `known_part` of it is what the verdict rests on.
        """
        for field in fields:
            hidden = unknown_part(field)
            if hidden is not None:
                return cls(Status.UNKNOWN, hidden.reason, fields)
        return cls(Status.PASS, reason, fields)

    @classmethod
    def unknown(cls, because: Field[Any] | str, *fields: Field[Any]) -> "Verdict":
        """What was read does not decide; `because` is the undecided field or the reason."""
        if isinstance(because, str):
            return cls(Status.UNKNOWN, because, fields)
        reason = (
            because.reason
            if isinstance(because, Unresolved)
            else f"{because.place.field or 'a field'} is not set and has no documented default"
        )
        return cls(Status.UNKNOWN, reason, (because, *fields))

    @classmethod
    def not_applicable(cls, reason: str, *fields: Field[Any]) -> "Verdict":
        """The condition is not asked of this subject."""
        return cls(Status.NOT_APPLICABLE, reason, fields)
