"""Vulnerabilities of packages, as resources: what an image or a list of requirements holds, and whose move it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from ourhalf.model.advisories import Match, Severe, SourceStatus
from ourhalf.model.field import NOWHERE, Place
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.model.resource import Part, Resource
from ourhalf.model.responsibility import Party
from ourhalf.model.word import Word

_NONE = Package(name="", version=None, ecosystem=Ecosystem.GENERIC, purl="")
_NOTHING = Match(
    package=0,
    id="",
    aliases=(),
    advisories=(),
    summary="",
    severity=Severe(),
    ratings=(),
    fixed=(),
    published="",
    published_by="",
    modified="",
)


class Effect(Word):
    """Whether a vulnerability matters where its package is used."""

    AFFECTED = "affected"
    NOT_AFFECTED = "not_affected"
    UNKNOWN = "unknown"


class Affects(Part, frozen=True):
    """Whether it matters here, as conditions of use tell from what runs.

    `by` is the id of the condition, empty where none is known of: `effect` is then unknown, and the vulnerability
    counts. `reason` says in a sentence what decided, with the path to it where it is affected; `places` are where the
    fields stand that did. `justification` is the code of VEX for a `not_affected`. `missing` names what would decide.
    """

    effect: Effect = Effect.UNKNOWN
    reason: str = ""
    by: str = ""
    justification: str = ""
    places: tuple[Place, ...] = ()
    missing: tuple[str, ...] = ()


class Statement(Part, frozen=True):
    """What a document says of a vulnerability of this product: a VEX statement or an entry of an allowlist.

    `kind` is `vex` or `allowlist`; `status` as VEX writes it (`not_affected`, `affected`, `fixed`,
    `under_investigation`). `day` is that of the statement, `expires` the last on which it counts. `counts` is cleared
    for a statement that ran out, that a later one contradicts, or whose reason no longer holds: `problem` says why.
    """

    kind: str = "vex"
    by: str = ""
    status: str = ""
    reason: str = ""
    justification: str = ""
    day: date | None = None
    expires: date | None = None
    place: Place = NOWHERE
    counts: bool = True
    problem: str = ""

    @property
    def clears(self) -> bool:
        """Whether it says, validly, that there is nothing to do."""
        return self.kind == "vex" and self.counts and self.status in {"not_affected", "fixed"}


class Clock(Part, frozen=True):
    """How long one party has, and what proves it.

    `since` and `until` are days; `until` is the last day in time, and None where no day can be proved: such a clock
    never passes. `starts` says what began it, in words; `policy` whose rule gives the days, with `citation` its page.
    `proof` names the records that state the days. `action` is what the party must do, `why` the reason it is theirs.
    """

    party: Party = Party.UNKNOWN
    since: date | None = None
    until: date | None = None
    starts: str = ""
    policy: str = ""
    citation: str = ""
    days: int | None = None
    proof: tuple[str, ...] = ()
    action: str = ""
    why: str = ""

    def left(self, as_of: date) -> int | None:
        """Days that are left on a day, negative once it is overdue; None where no day is known."""
        return None if self.until is None else (self.until - as_of).days


class Use(Part, frozen=True):
    """A container that runs the image: its workload, and where the image is chosen."""

    workload: str = ""
    container: str = ""
    place: Place = NOWHERE


class Vulnerability(Resource, frozen=True):
    """One vulnerability of one package of one image, or of one list of requirements.

    `name` is `ID in PACKAGE VERSION`. `subject` is the image or file as the user knows it, `digest` that of the image.
    `match` holds the facts of the advisories; `paths` are all records in it that state the package. `in_base` says
    whether a layer of the known image below brought it, None where no layer tells. `clock` is that of the party who
    must move now, `clocks` all that run. `fixed_in` names a newer image, one that is known, which has it no more.
    """

    subject: str = ""
    digest: str = ""
    package: Package = _NONE
    match: Match = _NOTHING
    paths: tuple[str, ...] = ()
    layer: int | None = None
    in_base: bool | None = None
    clock: Clock = Clock()
    clocks: tuple[Clock, ...] = ()
    fixed_in: str = ""
    affects: Affects = Affects()
    statements: tuple[Statement, ...] = ()
    uses: tuple[Use, ...] = ()

    @property
    def purl(self) -> str:
        """The package URL of the package."""
        return self.package.purl

    @property
    def key(self) -> str:
        """What tells it from others of the same subject: the id of a finding stands on it."""
        return f"{self.match.id} {self.purl}"

    @property
    def details(self) -> dict[str, Any] | None:
        """What findings about it tell to programs."""
        clock, match = self.clock, self.match
        told: dict[str, Any] = {
            "kind": "vulnerability",
            "advisory": match.id,
            "aliases": list(match.aliases),
            "purl": self.purl,
            "fixed": [one.version for one in match.fixed],
            "clock": _clock(clock),
        }
        more: dict[str, Any] = {
            "package": self.package.name,
            "version": self.package.version,
            "paths": list(self.paths),
            "layer": self.layer,
            "in_base": self.in_base,
            "severity": match.severity.level,
            "severity_by": match.severity.by,
            "score": match.severity.score,
            "published": match.published,
            "exploited_since": match.exploited.added if match.exploited else "",
            "epss": match.likelihood.score if match.likelihood else None,
            "certainty": match.certainty if match.how else "",
            "noise": match.noise.rule if match.noise else "",
            "affects": self.affects.effect if self.affects.by else "",
            "affects_why": self.affects.reason if self.affects.by else "",
            "fixed_in": self.fixed_in,
            "clocks": [_clock(one) for one in self.clocks if one != clock],
            "advisories": list(match.advisories),
            "statements": [
                {"kind": s.kind, "by": s.by, "status": s.status, "reason": s.reason, "counts": s.counts}
                for s in self.statements
            ],
        }
        return told | {key: value for key, value in more.items() if value not in (None, "", [])}


class Unjudgeable(Part, frozen=True):
    """Why nothing, or not all, can be said of some packages; `packages` are their names and versions, some of them."""

    reason: str = ""
    ecosystem: Ecosystem | None = None
    count: int = 0
    packages: tuple[str, ...] = ()


class Judged(Resource, frozen=True):
    """What was asked of the advisories about one image or list of requirements, and how far the answer goes.

    `gaps` are why silence proves nothing. `sources` are what was asked, with the days of their content.
    """

    subject: str = ""
    digest: str = ""
    packages: int = 0
    gaps: tuple[Unjudgeable, ...] = ()
    sources: tuple[SourceStatus, ...] = ()
    store: str = ""
    uses: tuple[Use, ...] = ()


def _clock(clock: Clock) -> dict[str, Any]:
    told: dict[str, Any] = {
        "party": clock.party,
        "since": clock.since.isoformat() if clock.since else None,
        "until": clock.until.isoformat() if clock.until else None,
        "proof": list(clock.proof),
    }
    more = {
        "starts": clock.starts,
        "policy": clock.policy,
        "citation": clock.citation,
        "days": clock.days,
        "action": clock.action,
        "why": clock.why,
    }
    return told | {key: value for key, value in more.items() if value not in (None, "")}
