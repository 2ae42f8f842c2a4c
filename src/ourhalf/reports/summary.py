"""What reports for people share: counts, groups by workload, order, and the drawn matrix."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable

import msgspec

from ourhalf.model.evidence import Unread
from ourhalf.model.finding import Assessment, Finding, ImportSummary, ResponsibilityRow, WorkloadSummary
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Layer, Party, Platform, Service
from ourhalf.model.verdict import Status

PARTY_LABELS = {
    Party.CUSTOMER: "ours",
    Party.PUBLISHER: "publisher",
    Party.PROVIDER: "AWS",
    Party.SHARED: "shared",
    Party.UNKNOWN: "unknown",
    Party.NOT_APPLICABLE: "none",
}

STATUS_LABELS = {
    Status.FAIL: "fail",
    Status.UNKNOWN: "unknown",
    Status.PASS: "pass",
    Status.NOT_APPLICABLE: "not applicable",
}

_DISPUTED_SHOWN = 10

SHARED_FROM = 6
"""A control that fails on this many subjects is told once, with its places, not once a workload."""


class Tally(msgspec.Struct, frozen=True):
    """How many findings there are of each status, of failures that count by severity and party."""

    statuses: dict[Status, int]
    severities: dict[Severity, int]
    parties: dict[Party, int]
    accepted: int

    @property
    def failed(self) -> int:
        """Failures that nobody accepted."""
        return sum(self.severities.values())


class Remedy(msgspec.Struct, frozen=True):
    """What to do in words, and what to write."""

    prose: str
    snippet: str

    @classmethod
    def of(cls, finding: Finding) -> Remedy:
        """The two parts of a finding's remedy."""
        prose, _, snippet = finding.remedy.partition("\n")
        return cls(prose, snippet)


class Group(msgspec.Struct, frozen=True):
    """Findings on one workload, or on one resource that belongs to none; worst first."""

    name: str
    about: str
    path: str
    line: int
    findings: tuple[Finding, ...]


class Repeated(msgspec.Struct, frozen=True):
    """One control that fails on many subjects; `workloads` counts the workloads among them."""

    control: str
    title: str
    severity: Severity
    workloads: int
    findings: tuple[Finding, ...]


class Column(msgspec.Struct, frozen=True):
    """Workloads for which every layer has the same answer; `cells` holds them by layer."""

    title: str
    platforms: tuple[str, ...]
    workloads: tuple[str, ...]
    cells: dict[str, ResponsibilityRow]


def tally(assessment: Assessment) -> Tally:
    """The counts of an assessment."""
    findings = assessment.findings
    statuses = Counter(f.status for f in findings)
    counting = [f for f in findings if f.counts]
    severities = Counter(f.severity for f in counting)
    parties = Counter(f.party for f in counting)
    return Tally(
        {status: statuses[status] for status in STATUS_LABELS},
        {severity: severities[severity] for severity in Severity},
        {party: parties[party] for party in PARTY_LABELS if parties[party]},
        sum(f.exception is not None for f in findings),
    )


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By severity, then control, then place."""
    return tuple(
        sorted(findings, key=lambda f: (_RANK[f.severity], f.control, f.subject.path, f.subject.line, f.subject.name))
    )


_RANK = {severity: severity.rank for severity in Severity}


def our_half(assessment: Assessment, shared_from: int = SHARED_FROM) -> tuple[Repeated | Group, ...]:
    """The failures that count, worst first: each told once for many subjects, or with its workload.

    Vulnerabilities are not among them: reports list these by themselves.
    """
    by_control: dict[str, list[Finding]] = {}
    for finding in worst_first(f for f in assessment.findings if f.counts and not is_vulnerability(f)):
        by_control.setdefault(finding.control, []).append(finding)
    repeated = [
        Repeated(
            control,
            found[0].title,
            found[0].severity,
            len({(f.subject.workload, f.subject.path) for f in found if f.subject.workload}),
            tuple(found),
        )
        for control, found in by_control.items()
        if len(found) >= shared_from
    ]
    repeated.sort(key=lambda r: (-len(r.findings), r.control))
    single = [f for found in by_control.values() if len(found) < shared_from for f in found]
    sections: list[Repeated | Group] = [*repeated, *grouped(assessment, single)]
    return tuple(sorted(sections, key=lambda section: _RANK[section.findings[0].severity]))


def grouped(assessment: Assessment, findings: Iterable[Finding]) -> tuple[Group, ...]:
    """`findings` by the workload or resource that they are about, the worst group first."""
    known: dict[tuple[str, str], WorkloadSummary] = {(w.name, w.path): w for w in assessment.workloads}
    by_subject: dict[tuple[str, str], list[Finding]] = {}
    for finding in worst_first(findings):
        subject = finding.subject
        name = subject.workload or f"{subject.type}\0{subject.name}"
        by_subject.setdefault((name, subject.path), []).append(finding)
    groups = []
    for (name, path), found in by_subject.items():
        workload = known.get((name, path))
        first = found[0].subject
        groups.append(
            Group(
                first.workload or first.name,
                about(workload) if workload else words(first.type),
                path,
                workload.line if workload else first.line,
                tuple(found),
            )
        )
    return tuple(sorted(groups, key=_weight))


def _weight(group: Group) -> tuple[tuple[int, ...], str, int]:
    """Worst first: by the count of each severity, critical before high and so on."""
    counts = Counter(f.severity for f in group.findings)
    return tuple(-counts[severity] for severity in Severity), group.path, group.line


def about(workload: WorkloadSummary) -> str:
    """What a workload is and what may run it: `Pod template on EKS nodes or Fargate`."""
    on = platforms_label(workload.platforms)
    return f"{words(workload.kind)} on {on}" if on else words(workload.kind)


_PLATFORM_LABELS: dict[str, str] = {
    Platform.EC2: "EC2",
    Platform.ECS_EC2: "ECS on EC2",
    Platform.ECS_MANAGED_INSTANCES: "ECS Managed Instances",
    Platform.ECS_FARGATE: "ECS on Fargate",
    Platform.EKS_NODES: "EKS nodes",
    Platform.EKS_FARGATE: "EKS on Fargate",
    Platform.EKS_AUTO: "EKS Auto Mode",
    Platform.SAGEMAKER_NOTEBOOK: "SageMaker notebook",
    Platform.SAGEMAKER_JOB: "SageMaker job",
    Platform.SAGEMAKER_ENDPOINT: "SageMaker endpoint",
    Platform.SAGEMAKER_HYPERPOD: "SageMaker HyperPod",
}


def platform_label(platform: str) -> str:
    """A way to run a container as people call it."""
    return _PLATFORM_LABELS.get(platform, platform)


def platforms_label(platforms: Iterable[str]) -> str:
    """Ways to run a container as people call them: the service's name where it may be any of its ways."""
    left = list(platforms)
    named = []
    for service in _WHOLE_SERVICES:
        ways = [p for p in Platform if p.service is service]
        if all(way in left for way in ways):
            named.append(service.value.upper())
            left = [p for p in left if p not in ways]
    return " or ".join(named + [platform_label(p) for p in left])


_WHOLE_SERVICES = (Service.ECS, Service.EKS)

_SMALL: dict[str, str] = {"os": "OS", "gpu": "GPU", "api": "API"}


def layer_label(layer: str) -> str:
    """`image-os-packages` as `Image OS packages`."""
    text = " ".join(_SMALL.get(word, word) for word in layer.split("-"))
    return text[:1].upper() + text[1:]


def words(kind: str) -> str:
    """The name of a type of resource in words: `EcsTaskDefinition` as `ECS task definition`."""
    parts = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+", kind.replace("SageMaker", "Sagemaker"))
    named: list[str] = [_NAMES.get(part.lower(), part.lower()) for part in parts]
    if not named:
        return kind
    return named[0][:1].upper() + named[0][1:] + "".join(f" {part}" for part in named[1:])


_NAMES = {
    name.lower(): name for name in ("SageMaker", "ECS", "EKS", "ECR", "EC2", "EFS", "FSx", "IAM", "KMS", "S3")
} | {
    "acl": "ACL",
    "vpc": "VPC",
    "rds": "RDS",
    "sns": "SNS",
    "sqs": "SQS",
}


def unknown_reasons(assessment: Assessment) -> tuple[tuple[str, int], ...]:
    """Why findings are unknown, the most frequent reason first."""
    reasons = Counter(f.reason for f in assessment.findings if f.status is Status.UNKNOWN and not is_vulnerability(f))
    return tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))


def by_reason(findings: Iterable[Finding]) -> tuple[tuple[str, tuple[Finding, ...]], ...]:
    """Findings by their reason, the most frequent first."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.reason, []).append(finding)
    return tuple((reason, tuple(many)) for reason, many in sorted(found.items(), key=lambda i: (-len(i[1]), i[0])))


def accepted(assessment: Assessment) -> tuple[Finding, ...]:
    """Findings that an exception or a suppression accepts, worst first; those of a baseline are only counted."""
    return worst_first(f for f in assessment.findings if f.exception is not None and f.exception.kind != "baseline")


def remedies(findings: Iterable[Finding]) -> tuple[tuple[Remedy, Finding], ...]:
    """The different remedies among `findings`, the most frequent first, each with a finding that it is for."""
    counts = Counter(_kind_of_remedy(f) for f in findings)
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(_kind_of_remedy(finding), finding)
    return tuple((Remedy.of(first[kind]), first[kind]) for kind, _ in counts.most_common())


def _kind_of_remedy(finding: Finding) -> str:
    """The remedy without the name of the subject, so that the same advice for two containers is one."""
    name = finding.subject.name.rsplit("/", 1)[-1]
    return finding.remedy.replace(f": {name}\n", ":\n").replace(f'"{name}"', '""')


def is_vulnerability(finding: Finding) -> bool:
    """Whether it is about one vulnerability of a package that we found ourselves, with the clock that runs for it."""
    details = finding.details or {}
    return details.get("kind") == "vulnerability" and isinstance(details.get("package"), str)


def place(finding: Finding) -> tuple[str, int]:
    """The file and line to look at: that of the first deciding field in the subject's file.

    Of what is in an image it is the line of configuration that chooses the image, where one does.
    """
    chosen = (finding.details or {}).get("chosen")
    if isinstance(chosen, (list, tuple)) and chosen and isinstance(chosen[0], dict):
        path, line = chosen[0].get("path"), chosen[0].get("line")
        if isinstance(path, str) and isinstance(line, int):
            return path, line
    for item in finding.evidence:
        if item.path == finding.subject.path:
            return item.path, item.line
    return finding.subject.path, finding.subject.line


def prefix(assessment: Assessment) -> str:
    """What to put before a path of the assessment to find it from where the tool was called.

    Empty where that cannot be told: several targets, or a target that is not below that folder.
    """
    if len(assessment.targets) != 1:
        return ""
    target = posixpath.normpath(assessment.targets[0].replace("\\", "/"))
    if target == "." or target.startswith(("/", "..")) or ":" in target:
        return ""
    paths = {f.subject.path for f in assessment.findings} | {u.path for u in assessment.unread}
    if paths <= {posixpath.basename(target), "."}:
        folder = posixpath.dirname(target)
        return f"{folder}/" if folder else ""
    return f"{target}/"


def columns(assessment: Assessment) -> tuple[Column, ...]:
    """The responsibility matrix: one column for all workloads of one platform with the same answers."""
    platforms = {w.name: w.platforms for w in assessment.workloads}
    cells: dict[str, dict[str, ResponsibilityRow]] = {}
    for row in assessment.responsibilities:
        for workload in row.workloads:
            cells.setdefault(workload, {}).setdefault(row.layer, row)
    alike: dict[tuple[object, ...], list[str]] = {}
    for workload, found in cells.items():
        answers = tuple((layer, row.party, row.candidates) for layer, row in found.items())
        alike.setdefault((platforms.get(workload, ()), answers), []).append(workload)
    drawn = []
    for (where, _), workloads in alike.items():
        on = tuple(str(p) for p in where) if isinstance(where, tuple) else ()
        title = platforms_label(on) or "platform unknown"
        drawn.append(Column(title, on, tuple(workloads), cells[workloads[0]]))
    size = Counter({c.title: 0 for c in drawn})
    for column in drawn:
        size[column.title] += len(column.workloads)
    return tuple(sorted(drawn, key=lambda c: (-size[c.title], c.title, -len(c.workloads))))


def columns_shown(assessment: Assessment, most: int = 12) -> tuple[Column, ...]:
    """The columns that a page has room for: of every kind of platform its largest before further ones."""
    every = columns(assessment)
    seen: Counter[str] = Counter()
    order = []
    for number, column in enumerate(every):
        order.append((seen[column.title], -len(column.workloads), number))
        seen[column.title] += 1
    chosen = sorted(number for _, _, number in sorted(order)[:most])
    return tuple(every[number] for number in chosen)


def layers(assessment: Assessment) -> tuple[str, ...]:
    """The layers that the assessment tells about, in the order of the matrix."""
    named = dict.fromkeys(row.layer for row in assessment.responsibilities)
    known = [str(layer) for layer in Layer if layer in named]
    return (*known, *(layer for layer in named if layer not in set(known)))


def unread_reasons(assessment: Assessment) -> tuple[tuple[str, tuple[Unread, ...]], ...]:
    """What could not be read by the reason why, the most frequent first."""
    found: dict[str, list[Unread]] = {}
    for item in assessment.unread:
        found.setdefault(item.reason, []).append(item)
    return tuple((reason, tuple(many)) for reason, many in sorted(found.items(), key=lambda i: (-len(i[1]), i[0])))


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def harmless(text: str) -> str:
    """Text without characters that steer a terminal or turn the direction of writing."""
    return _CONTROL.sub("\ufffd", text)


def headline(assessment: Assessment, counts: Tally) -> str:
    """The one sentence that says how our half stands."""
    if not counts.failed:
        unknown = counts.statuses[Status.UNKNOWN]
        rest = f"; {number(unknown, 'verdict is', 'verdicts are')} unknown" if unknown else ""
        judged = sum(counts.statuses.values())
        if not judged and assessment.changes is not None:
            return "Our half: nothing that is judged is touched by the change"
        if not judged:
            return f"Nothing to judge in {number(assessment.files, 'file', 'files')}"
        return f"Our half: nothing fails{rest}"
    parts = ", ".join(f"{n} {severity}" for severity, n in counts.severities.items() if n)
    return f"Our half: {number(counts.failed, 'failure', 'failures')} ({parts})"


def number(count: int, one: str, many: str) -> str:
    """A count with its noun."""
    return f"{count:,} {one if count == 1 else many}"


def comparison(assessment: Assessment) -> tuple[tuple[str, str], ...]:
    """What the assessment was compared with, narrowed to and joined with, each under its short name."""
    found = []
    if (baseline := assessment.baseline) is not None:
        untold = f", {baseline.untold:,} cannot be told any more" if baseline.untold else ""
        found.append(
            (
                "baseline",
                f"{number(baseline.new, 'failure is', 'failures are')} new, {baseline.known:,} in the baseline of "
                f"{baseline.as_of}; {baseline.gone:,} of the baseline gone{untold}",
            )
        )
    if (changes := assessment.changes) is not None:
        files = number(changes.files, "file", "files")
        left = number(changes.left_out, "verdict", "verdicts")
        found.append(("changes", f"{files} changed since {changes.since}; {left} on what they do not touch left out"))
    found += [("imported", _imported(one)) for one in assessment.imported]
    return (*found, *_disputed(assessment))


def _disputed(assessment: Assessment) -> Iterable[tuple[str, str]]:
    """Where others say otherwise than our own controls; the worst that we pass first."""
    many = [f for f in worst_first(assessment.findings) if f.disputed]
    many.sort(key=lambda f: f.status is Status.FAIL)
    for finding in many[:_DISPUTED_SHOWN]:
        theirs = ", ".join(f"{STATUS_LABELS[one.status]} by {one.tool} {one.test}" for one in finding.disputed)
        ours = STATUS_LABELS[finding.status]
        yield "disputed", f"{finding.control} on {finding.subject.name}: {ours} here, {theirs}"
    if len(many) > _DISPUTED_SHOWN:
        yield "disputed", f"… and {len(many) - _DISPUTED_SHOWN:,} more: `said` in --format json has them"


def _imported(one: ImportSummary) -> str:
    """What a file of others' results brought, in one sentence."""
    of = f" of {' and '.join(one.tools)}" if one.tools else ""
    parts = [
        f"{one.joined:,} about what is judged here too" if one.joined else "",
        f"{one.disagree:,} disagreeing with it" if one.disagree else "",
        f"{one.stale:,} too old to speak of today" if one.stale else "",
        f"{one.left_out:,} that could not be read left out" if one.left_out else "",
    ]
    told = ", ".join(part for part in parts if part)
    return f"{number(one.results, 'result', 'results')}{of} from {one.path}{': ' if told else ''}{told}"
