"""Vulnerabilities of packages, as resources: what an image or a list of requirements holds, and whose move it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from ourhalf.model.advisories import Match, Severe, SourceStatus
from ourhalf.model.field import ABSENT, NOWHERE, Field, Place
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
    `checked` says what shows that the reason of an allowlist holds, empty where nothing here tells.
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
    checked: str = ""

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
    """A container that runs the image: its workload, and the field that chooses the image."""

    workload: str = ""
    container: str = ""
    image: Field[str] = ABSENT

    @property
    def place(self) -> Place:
        """Where the image is chosen."""
        return self.image.place


class Vulnerability(Resource, frozen=True):
    """One vulnerability of one package of one image, or of one list of requirements.

    `name` is `ID in PACKAGE VERSION`. `subject` is the image or file as the user knows it, `digest` that of the image.
    `match` holds the facts of the advisories; `paths` are all records in it that state the package, and `records` the
    version as these state it. `in_base` says
    whether a layer of the known image below brought it, None where no layer tells. `clock` is that of the party who
    must move now, `clocks` all that run. `listed` is of what day the list of exploited vulnerabilities is, empty where
    none that is fresh was asked. `fixed_in` names a newer image, one that is known, which has it no more.
    `together` is the version of the package that has the fixes of all that were found in it and have one.
    """

    subject: str = ""
    digest: str = ""
    package: Package = _NONE
    match: Match = _NOTHING
    paths: tuple[str, ...] = ()
    records: tuple[Field[str], ...] = ()
    layer: int | None = None
    in_base: bool | None = None
    clock: Clock = Clock()
    clocks: tuple[Clock, ...] = ()
    fixed_in: str = ""
    together: str = ""
    listed: str = ""
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
            "subject": self.subject,
            "digest": self.digest,
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
            "affects_justification": self.affects.justification if self.affects.by else "",
            "fixed_in": self.fixed_in,
            "fixed_together": self.together,
            "clocks": [_clock(one) for one in self.clocks if one != clock],
            "advisories": list(match.advisories),
            "summary": match.summary,
            "chosen": chosen(self.uses),
            "statements": [
                {
                    "kind": s.kind,
                    "by": s.by,
                    "status": s.status,
                    "reason": s.reason,
                    "justification": s.justification,
                    "counts": s.counts,
                }
                for s in self.statements
            ],
        }
        return told | {key: value for key, value in more.items() if value not in (None, "", [])}


class Gap(Part, frozen=True):
    """Why silence about some packages proves nothing; `examples` are a few of these `count` packages."""

    reason: str = ""
    count: int = 0
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        some = (
            f" ({', '.join(self.examples)}{', …' if self.count > len(self.examples) else ''})" if self.examples else ""
        )
        return (
            f"{self.reason}: {self.count:,} package{'' if self.count == 1 else 's'}{some}"
            if self.count
            else self.reason
        )


class JudgedPackages(Resource, frozen=True):
    """The packages of one ecosystem in one image or list, as far as advisories were asked about them.

    `name` is the ecosystem and the subject. `found` counts the vulnerabilities, `gaps` are why there may be more.
    `asked` is what was asked about, as a field that verdicts rest on. `oldest` is the day of the oldest source that
    speaks of them, `sources` are all that were asked.
    """

    subject: str = ""
    digest: str = ""
    ecosystem: str = ""
    asked: Field[str] = ABSENT
    packages: int = 0
    found: int = 0
    gaps: tuple[Gap, ...] = ()
    oldest: date | None = None
    oldest_source: str = ""
    sources: tuple[SourceStatus, ...] = ()
    store: str = ""
    uses: tuple[Use, ...] = ()

    @property
    def details(self) -> dict[str, Any] | None:
        """What findings about it tell to programs: what was asked, and of what day it is."""
        return {
            "kind": "judged-packages",
            "ecosystem": self.ecosystem,
            "packages": self.packages,
            "vulnerabilities": self.found,
            "store": self.store,
            "sources": [
                {"name": one.name, "title": one.title, "as_of": one.as_of, "records": one.records,
                 "proved": one.proved, "partial": one.partial}
                for one in self.sources
            ],
            "chosen": chosen(self.uses),
        }  # fmt: skip


def chosen(uses: tuple[Use, ...]) -> list[dict[str, Any]]:
    """The places where configuration chooses an image."""
    return [
        {"workload": one.workload, "path": one.place.path, "line": one.place.line} for one in uses if one.place.path
    ]


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
