"""One comparison: what each tool says of one condition of one resource, and who is right."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Literal

import msgspec

Status = Literal["pass", "fail", "unknown", "not_applicable"]


class Side(msgspec.Struct, frozen=True):
    """What ours says of the whole of a resource: the worst of its findings, and why."""

    status: Status
    reason: str

    @classmethod
    def of(cls, findings: list[dict[str, Any]]) -> Side | None:
        """A failure decides, then what is unknown; None where nothing was judged."""
        for status in ("fail", "unknown", "pass", "not_applicable"):
            for finding in findings:
                if finding["status"] == status:
                    return cls(status, finding["reason"])
        return None


class Judgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is right in one class of disagreement.

    `peer` and `control` are ids, `*` any; `when` is a pattern that our reason contains, `path` one
    for the file, `resource` one for Checkov's name of the resource. `right` is `both` where the two
    ask different things and each is right in its own.
    """

    peer: str
    ours: Status
    theirs: Literal["pass", "fail"]
    right: Literal["ours", "theirs", "both"]
    why: str
    examples: tuple[str, ...]
    control: str = "*"
    when: str = ""
    path: str = ""
    resource: str = ""

    def fits(self, found: Comparison) -> bool:
        """Whether `found` is of this class."""
        return (
            found.ours.status == self.ours
            and found.theirs == self.theirs
            and (self.peer == "*" or found.peer in self.peer.split())
            and self.control in ("*", found.control)
            and _pattern(self.when).search(found.ours.reason) is not None
            and _pattern(self.path).search(found.path) is not None
            and _pattern(self.resource).search(found.resource) is not None
        )


_pattern = cache(re.compile)


class Comparison(msgspec.Struct, frozen=True):
    """One condition of one resource as both see it."""

    control: str
    peer: str
    name: str
    path: str
    line: int
    resource: str
    ours: Side
    theirs: Literal["pass", "fail"]
    judgement: Judgement | None = None

    @classmethod
    def of(cls, control: str, result: dict[str, Any], ours: Side) -> Comparison:
        """A comparison with a result as Checkov writes it."""
        return cls(
            control,
            result["check_id"],
            result["check_name"],
            result["file_path"].lstrip("/"),
            result["file_line_range"][0],
            result["resource"],
            ours,
            "pass" if result["check_result"]["result"] == "PASSED" else "fail",
        )

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.ours.status == self.theirs

    @property
    def won(self) -> bool:
        """Whether both agree or ours is right in its own question."""
        return self.agrees or (self.judgement is not None and self.judgement.right != "theirs")
