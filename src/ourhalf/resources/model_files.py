"""Model files, judged by their content."""

import hashlib
from typing import Any

import msgspec

from ourhalf.model.field import ABSENT, Field, Many, Place, effective, elements
from ourhalf.model.resource import Part, Resource


def key_name(key: str) -> str:
    """What a public key, as PEM, is called: the SHA-256 of its text without the space around it."""
    return hashlib.sha256(key.strip().encode()).hexdigest()


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
    that is proved, `unsafe`, `unproved` or `unread`. `facts` are short texts about it, `licenses` those that it
    states. `digest` is the SHA-256 of its bytes in hexadecimal, taken only where somebody asks for it. `signers` are
    the names (see `key_name`) of the keys that a profile trusts and by which a signature that covers it was made.
    """

    formats: Many[str] = ABSENT
    judgement: Field[str] = ABSENT
    reasons: Many[ModelReason] = ABSENT
    facts: dict[str, str] = msgspec.field(default_factory=dict)
    licenses: Many[str] = ABSENT
    digest: Field[str] = ABSENT
    signers: Many[str] = ABSENT

    @property
    def details(self) -> dict[str, Any] | None:
        """What a finding about it tells to programs."""
        judged = effective(self.judgement) or "unread"
        told = {"kind": "model", "format": ", ".join(elements(self.formats)), "judgement": judged}
        more = {"licenses": list(elements(self.licenses)), "facts": self.facts, "sha256": effective(self.digest)}
        return told | {key: value for key, value in more.items() if value}
