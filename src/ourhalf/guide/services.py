"""A page for each service in use: what it takes over, and how what runs there stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ourhalf.guide.blocks import (
    Badge,
    Block,
    Folded,
    Heading,
    Inline,
    Line,
    Link,
    Page,
    Paragraph,
    Row,
    Soft,
    Table,
    Web,
)
from ourhalf.guide.figures import SERVICE_LABELS, TOPICS, Counts, Figures, Gathered, Unit, chapter_page, counted
from ourhalf.guide.responsibilities import drawn, shares
from ourhalf.guide.telling import tiles
from ourhalf.model.control import Topic
from ourhalf.model.finding import Finding
from ourhalf.model.responsibility import Service
from ourhalf.reports.summary import number

SERVICES = "Services"
_SHARED = Link("Shared responsibility", "chapters/shared-responsibility")
_WORST = 10
_RESOURCES = 40

_SECURITY = {
    Service.EC2: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-security.html",
    Service.ECS: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security.html",
    Service.EKS: "https://docs.aws.amazon.com/eks/latest/userguide/security.html",
    Service.SAGEMAKER: "https://docs.aws.amazon.com/sagemaker/latest/dg/security.html",
}


def service_pages(figures: Figures, values: Mapping[str, str]) -> Iterator[Page]:
    """A page for each service that runs a workload."""
    for service in used(figures):
        name = values[service]
        blocks = tuple(_blocks(figures, service, name))
        yield Page(f"services/{service}", f"Security in {name}", SERVICES, blocks, SERVICE_LABELS[service])


def used(figures: Figures) -> tuple[Service, ...]:
    """The services that run a workload."""
    here = {gathered.service for gathered in figures.workloads}
    return tuple(one for one in Service if one in here)


def in_use(figures: Figures) -> Iterator[Block]:
    """The services with their workloads and how these stand."""
    rows = []
    for service in (*used(figures), None):
        units = _units(figures, service)
        if not units:
            continue
        label = SERVICE_LABELS[service]
        title: Line = (Link(label, f"services/{service}"),) if service else ("Of unknown or several services",)
        counts = counted(f for unit in units for f in unit.findings)
        rows.append(Row((title, (f"{len(units):,}",), *figures_cells(counts))))
    if rows:
        yield Table("Services in use", ("Service", "Workloads", "Fail", "Unknown", "Hold"), tuple(rows))
    else:
        yield Paragraph(("No workload was found.",), "note")


def figures_cells(counts: Counts) -> tuple[Line, ...]:
    """What fails, is unknown and holds, as cells of a table."""
    return (
        (Badge("fail", f"{counts.failed:,}"),) if counts.failed else ("0",),
        (Badge("unknown", f"{counts.unknown:,}"),) if counts.unknown else ("0",),
        (f"{counts.passed:,}",),
    )


def _units(figures: Figures, service: Service | None) -> list[Unit]:
    return [unit for gathered in figures.workloads if gathered.service == service for unit in gathered.units]


def _blocks(figures: Figures, service: Service, name: str) -> Iterator[Block]:
    units = _units(figures, service)
    findings = [finding for unit in units for finding in unit.findings]
    told = number(len(units), "workload runs", "workloads run")
    yield Paragraph((f"{told} on {name} here.",), "lead")
    yield tiles(counted(findings))
    yield Heading(2, ("Who answers",), "who-answers")
    names = {unit.name for unit in units}
    yield shares(figures, names)
    table = tuple(drawn(figures, names))
    yield Folded(("Layer by layer, for each way that workloads run here",), table)
    yield Paragraph(("Why, and who says so, stands in each chapter; what the words mean, in ", _SHARED, "."))
    yield Heading(2, ("What fails here, worst first",), "worst")
    yield from _worst(figures, findings)
    yield Heading(2, ("Chapter by chapter",), "chapters")
    yield _topics(findings)
    yield Heading(2, ("Workloads",), "workloads")
    yield _workloads(figures, service)
    yield from _resources(figures, service)
    yield Heading(2, ("Read on",), "read-on")
    yield Paragraph((f"What {name} says of its own security: ", Web(f"Security in {name}", _SECURITY[service]), "."))


def _worst(figures: Figures, findings: Sequence[Finding]) -> Iterator[Block]:
    failing = Counter(f.control for f in findings if f.counts)
    if not failing:
        yield Paragraph(("Nothing fails on these workloads.",), "note")
        return
    first = {f.control: f for f in reversed(findings) if f.counts}
    order = sorted(failing, key=lambda one: (first[one].severity.rank, -failing[one], one))
    rows = [
        Row(((Badge(f.severity, f.severity),), (figures.control_link(f),), _on(figures, f, failing[f.control])))
        for f in (first[one] for one in order[:_WORST])
    ]
    yield Table("What fails here", ("Severity", "What should hold", "Where"), tuple(rows))
    if len(order) > _WORST:
        left = number(len(order) - _WORST, "more control fails", "more controls fail")
        yield Paragraph((Soft(f"{left}: see the chapters below."),))


def _on(figures: Figures, finding: Finding, count: int) -> Line:
    link = figures.link(finding)
    return (link, f" and {count - 1:,} more") if count > 1 else (link,)


def _topics(findings: Sequence[Finding]) -> Table:
    rows = []
    for topic in Topic:
        counts = counted(f for f in findings if f.topic is topic)
        if any(counts):
            rows.append(Row(((Link(TOPICS[topic], chapter_page(topic)),), *figures_cells(counts))))
    return Table("Findings by chapter", ("Chapter", "Fail", "Unknown", "Hold"), tuple(rows))


def _workloads(figures: Figures, service: Service) -> Table:
    here = [gathered for gathered in figures.workloads if gathered.service == service]
    if all(len(gathered.units) == 1 for gathered in here):
        rows = [_unit(gathered, unit) for gathered in here for unit in gathered.units]
        return Table("Workloads", ("Workload", "What it is", "Fail", "Unknown", "Hold"), tuple(rows))
    groups = [_group(gathered) for gathered in here]
    return Table("Workloads", ("Workloads", "Among them", "Fail", "Unknown", "Hold"), tuple(groups))


def _unit(gathered: Gathered, unit: Unit) -> Row:
    return Row(((gathered.link(unit),), (unit.about,), *figures_cells(counted(unit.findings))))


def _resources(figures: Figures, service: Service) -> Iterator[Block]:
    """What else of the service was judged: clusters and other things that run nothing themselves."""
    label = f"{SERVICE_LABELS[service]} "
    here = [
        (gathered, unit) for gathered in figures.resources for unit in gathered.units if unit.about.startswith(label)
    ]
    if not here:
        return
    yield Heading(2, (f"Clusters and settings of {SERVICE_LABELS[service]}",), "resources")
    rows = [_unit(gathered, unit) for gathered, unit in here[:_RESOURCES]]
    yield Table("Resources", ("Resource", "What it is", "Fail", "Unknown", "Hold"), tuple(rows))
    if len(here) > _RESOURCES:
        yield Paragraph((Soft(f"and {len(here) - _RESOURCES:,} more, on the pages of resources"),))


def _group(gathered: Gathered) -> Row:
    line: list[Inline] = []
    for unit in gathered.units[:4]:
        line += [", "] if line else []
        line.append(gathered.link(unit))
    if len(gathered.units) > 4:
        line.append(f" and {len(gathered.units) - 4:,} more")
    counts = counted(f for unit in gathered.units for f in unit.findings)
    return Row(((Link(gathered.label, gathered.page),), tuple(line), *figures_cells(counts)))
