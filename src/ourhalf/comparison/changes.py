"""Narrows an assessment to what a change touches; everything was read and judged before."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

import msgspec

from ourhalf.comparison.baseline import counted
from ourhalf.model.finding import Assessment, ChangesSummary, Finding, ResponsibilityRow, WorkloadSummary

_RENDERED = " (rendered)"
_ONLY_FOR_PEOPLE = (".md", ".rst")
_CHARTS = frozenset({"Chart.yaml", "values.yaml", "values.yml"})


class Changed:
    """The files that changed, and those that they steer.

    `paths` are relative to the target; one may be a folder, as that of a submodule is. A changed
    file in which nothing stands that was judged (variables, values, a template) steers what lies
    beside it and every file of the `groups`, read as one, that have a part in its folder.
    """

    def __init__(self, paths: Iterable[str], placed: frozenset[str], groups: Iterable[tuple[str, ...]]) -> None:
        self._paths = {path.rstrip("/") for path in paths}
        judged = {path.replace(_RENDERED, "") for path in placed}
        inputs = {path for path in self._paths - judged if not path.endswith(_ONLY_FOR_PEOPLE)}
        self._folders = {posixpath.dirname(path) for path in inputs}
        self._charts = {posixpath.dirname(path) for path in inputs if posixpath.basename(path) in _CHARTS}
        for group in groups:
            if not self._folders.isdisjoint(posixpath.dirname(path) for path in group):
                self._paths.update(group)

    def __contains__(self, path: str) -> bool:
        """Whether a file changed or is steered by one that did."""
        path = path.replace(_RENDERED, "")
        if path in self._paths or posixpath.dirname(path) in self._folders:
            return True
        return any(folder in self._paths or folder in self._charts for folder in _above(path))


def narrowed(
    assessment: Assessment, since: str, paths: frozenset[str], groups: Iterable[tuple[str, ...]] = ()
) -> Assessment:
    """`assessment` with the findings that `paths`, the files changed since a revision, touch.

    A finding is touched through the file of its subject, of its evidence, of its workload, or of a
    resource that its workload is joined with. What could not be read stays told.
    """
    changed = Changed(paths, frozenset(_placed(assessment)), groups)
    touched = {_key(w): w.path in changed or any(f in changed for f in w.files) for w in assessment.workloads}
    by_name: dict[str, bool] = {}
    for (name, _), is_touched in touched.items():
        by_name[name] = by_name.get(name, False) or is_touched
    findings = tuple(f for f in assessment.findings if _is_touched(f, changed, touched, by_name))
    named = {f.subject.workload for f in findings}
    workloads = tuple(w for w in assessment.workloads if touched[_key(w)] or w.name in named)
    names = {w.name for w in workloads}
    controls = {f.control for f in findings}
    return msgspec.structs.replace(
        assessment,
        workloads=workloads,
        findings=findings,
        responsibilities=tuple(_rows(assessment.responsibilities, names)),
        images=tuple(i for i in assessment.images if names.intersection(i.workloads)),
        controls=tuple(c for c in assessment.controls if c.id in controls),
        baseline=counted(assessment.baseline, findings) if assessment.baseline else None,
        changes=ChangesSummary(since, len(paths), len(assessment.findings) - len(findings)),
    )


_Key = tuple[str, str]


def _key(workload: WorkloadSummary) -> _Key:
    return workload.name, workload.path


def _is_touched(finding: Finding, changed: Changed, touched: dict[_Key, bool], by_name: dict[str, bool]) -> bool:
    """By its own files, or by its workload: the one in its file, else any of that name."""
    subject = finding.subject
    if subject.path in changed or any(item.path in changed for item in finding.evidence):
        return True
    if subject.workload is None:
        return False
    found = touched.get((subject.workload, subject.path))
    return by_name.get(subject.workload, False) if found is None else found


def _rows(rows: Iterable[ResponsibilityRow], names: set[str]) -> Iterator[ResponsibilityRow]:
    """The rows about workloads of these names, and in each those only."""
    for row in rows:
        left = tuple(name for name in row.workloads if name in names)
        if left:
            yield msgspec.structs.replace(row, workloads=left)


def _placed(assessment: Assessment) -> Iterator[str]:
    """Every file in which something stands that the assessment tells about."""
    for workload in assessment.workloads:
        yield workload.path
        yield from workload.files
    for finding in assessment.findings:
        yield finding.subject.path
        yield from (item.path for item in finding.evidence)


def _above(path: str) -> Iterator[str]:
    """The folders above a file, the innermost first, the target itself last."""
    while path:
        path = posixpath.dirname(path)
        yield path
