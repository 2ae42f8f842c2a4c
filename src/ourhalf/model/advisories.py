"""Advisories: what a source says of vulnerable packages, and what that means for packages at hand.

The contract of `ourhalf.advisories`, for what builds on it:

    with Store.open(path) as store:             # ourhalf.advisories.store; raises StoreError
        store.sources()                         # tuple[SourceStatus, ...]
        store.digest                            # of all content, whatever the order of imports
        found = match(packages, store, as_of)   # ourhalf.advisories.matching: Matches

`match` never calls a package clean. A package is free of known vulnerabilities exactly where it has no `Match`,
no `Unjudged` names it, and that holds of its owner too where a `Deferred` names it. `as_of` is a day: what was
published later does not count, what was withdrawn later still does.
"""

import msgspec

from ourhalf.model.packages import Certainty
from ourhalf.model.profile import Severity
from ourhalf.model.word import Word


class Scheme(Word):
    """How a rating is written."""

    WORD = "word"
    CVSS2 = "cvss-2.0"
    CVSS3 = "cvss-3"
    CVSS4 = "cvss-4.0"


class Rating(msgspec.Struct, frozen=True, array_like=True, order=True):
    """What one party, such as `debian`, says of the severity. `value` is its word or vector, as it writes it."""

    by: str
    scheme: Scheme
    value: str


class Severe(msgspec.Struct, frozen=True):
    """The severity that counts, from whom. `level` is None where nobody rates it: it is unknown then, never low.

    `score` is that of CVSS where `value` is a vector. `negligible` says that its source rates it as below low
    (`unimportant`, `negligible`, CVSS 0.0); `level` is low then.
    """

    level: Severity | None = None
    by: str = ""
    scheme: Scheme = Scheme.WORD
    value: str = ""
    score: float | None = None
    negligible: bool = False


class Fix(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A version that has the fix. `available` is the day since when, where the source states one (YYYY-MM-DD).

    `available_by` says what states that day. `channel` names what must be bought or turned on for it (`Ubuntu Pro`).
    """

    version: str
    available: str = ""
    available_by: str = ""
    channel: str = ""


class Exploited(msgspec.Struct, frozen=True, array_like=True):
    """An entry of CISA's list of vulnerabilities that are exploited: days as YYYY-MM-DD, ransomware as it says."""

    added: str
    due: str
    ransomware: str


class Likelihood(msgspec.Struct, frozen=True, array_like=True):
    """What EPSS gives: the probability of being exploited in 30 days, its percentile (both 0 to 1), and of what day."""

    score: float
    percentile: float
    day: str


class Noise(msgspec.Struct, frozen=True):
    """A rule by which a match is known to be of little meaning here: shown, not hidden. `citation` is an address."""

    rule: str
    why: str
    citation: str


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """One vulnerability of one package, all advisories that speak of it merged.

    `package` is the index of the package in what was asked. `id` is the best of all ids: a CVE, else a GHSA, else the
    first by name; `aliases` are the others, sorted; `advisories` are `source:id` of each record that says so, sorted.
    `published` is the earliest day that a record states (YYYY-MM-DD), empty where none does, and `published_by` the
    `source:id` that states it; `modified` the latest. `changed_later` says that a record was changed after the day
    that is asked for, so that what was known then may have been less. `fixed` are versions above the one at hand that
    have the fix, in their order: the last of them satisfies every record, the ones before it only some. `open_by` are
    the records (`source:id`) that name no fix. `how` says in a few words what makes the match uncertain.
    """

    package: int
    id: str
    aliases: tuple[str, ...]
    advisories: tuple[str, ...]
    summary: str
    severity: Severe
    ratings: tuple[Rating, ...]
    fixed: tuple[Fix, ...]
    open_by: tuple[str, ...] = ()
    published: str
    published_by: str
    modified: str
    changed_later: bool = False
    certainty: Certainty = Certainty.STATED
    how: str = ""
    noise: Noise | None = None
    exploited: Exploited | None = None
    likelihood: Likelihood | None = None
    weaknesses: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


class Unjudged(msgspec.Struct, frozen=True):
    """Why what no match says of a package proves nothing: its silence is unknown, never clean."""

    package: int
    reason: str
    sources: tuple[str, ...] = ()


class Deferred(msgspec.Struct, frozen=True):
    """A package that another answers for: `owner`, the index of the package of the distribution that brought it."""

    package: int
    owner: int
    reason: str


class SourceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One source as the store holds it.

    `as_of` is the day of its content (YYYY-MM-DD): what the source states, or when it was taken, else its newest
    record. `proved` says that the importer was tried on real records of it; `note` what it does not hold. `partial` is
    a source that says nothing by its silence: by its nature, or since the store holds an extract of it. `quarantined`
    counts the records that could not be used.
    """

    name: str
    title: str
    as_of: str
    records: int
    withdrawn: int
    quarantined: int
    digest: str
    proved: bool
    partial: bool
    licence: str
    attribution: str
    note: str
    covers: tuple[str, ...]


class Quarantined(msgspec.Struct, frozen=True):
    """A record, or a part of it, that could not be used, and why. `names` are the packages it is about, where known."""

    source: str
    record: str
    reason: str
    names: tuple[str, ...] = ()


class Matches(msgspec.Struct, frozen=True):
    """What a store says of packages on a day: matches sorted by package and id, and what was not judged."""

    as_of: str
    store: str
    matches: tuple[Match, ...]
    unjudged: tuple[Unjudged, ...]
    deferred: tuple[Deferred, ...]
    sources: tuple[SourceStatus, ...]
