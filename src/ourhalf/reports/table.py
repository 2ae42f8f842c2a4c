"""The assessment for a terminal."""

from ourhalf.model.finding import Assessment
from ourhalf.model.verdict import Status
from ourhalf.reports.report import Report


def render(assessment: Assessment) -> str:
    """Failures, worst first, then counts."""
    failed = sorted((f for f in assessment.findings if f.counts), key=lambda f: f.severity.rank)
    lines = [
        f"{f.severity.upper():9} {f.subject.path}:{f.subject.line} {f.subject.name}: {f.title}\n{'':10}{f.reason}\n{'':10}{f.remedy}"
        for f in failed
    ]
    counts = {s: sum(f.status is s for f in assessment.findings) for s in Status}
    lines.append(", ".join(f"{n} {s.replace('_', ' ')}" for s, n in counts.items()))
    lines.extend(f"unread {u.path}:{u.line} {u.reason}" for u in assessment.unread)
    return "\n".join(lines) + "\n"


TABLE = Report("table", "a summary for people, on a terminal", render)
