"""Model files, judged by their content."""

from typing import Any

import msgspec

from ourhalf.model.field import ABSENT, Field, Many, Place, effective, elements
from ourhalf.model.resource import Part, Resource


class ModelReason(Part, frozen=True):
    """Why a model file is not proved safe: `what` in a sentence, at a place in the file or in one inside it."""

    judgement: str = ""
    what: str = ""
    place: Place = Place("")

    def __str__(self) -> str:
        return self.what


class ModelFile(Resource, frozen=True):
    """A file that a framework loads as a model.

    `formats` are all formats that its content is. `judgement` is `safe` where loading it can only build data and
    that is proved, `unsafe`, `unproved` or `unread`. `facts` are short texts about it.
    """

    formats: Many[str] = ABSENT
    judgement: Field[str] = ABSENT
    reasons: Many[ModelReason] = ABSENT
    facts: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def details(self) -> dict[str, Any] | None:
        """What a finding about it tells to programs."""
        judged = effective(self.judgement) or "unread"
        return {"kind": "model", "format": ", ".join(elements(self.formats)), "judgement": judged}
