"""The assessment as JUnit XML, for the test views of build servers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ourhalf.model.evidence import Unread
from ourhalf.model.finding import Assessment, Finding
from ourhalf.model.verdict import Status
from ourhalf.reports.places import below, located
from ourhalf.reports.report import Report
from ourhalf.reports.summary import Group, grouped, harmless, place, prefix
from ourhalf.reports.vulnerabilities import age_label, sources

_NO_XML = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_TOLD = (Status.FAIL, Status.UNKNOWN, Status.PASS)


def render(assessment: Assessment) -> str:
    """A suite for each workload or resource and a case for each verdict.

    What is unknown or accepted is skipped, and so is what could not be read; what does not apply is
    left out.
    """
    folder = prefix(assessment)
    root = Element("testsuites", name=_text(f"{assessment.tool.name} {assessment.tool.version}"))
    asked = sources(assessment)
    if asked:
        properties = SubElement(root, "properties")
        for one in asked:
            said = f"of {one.as_of or 'no day'}, {age_label(one)}"
            SubElement(properties, "property", name=_text(f"advisories {one.name}"), value=_text(said))
    for group in grouped(assessment, (f for f in assessment.findings if f.status in _TOLD)):
        _suite(root, group, folder)
    if assessment.unread:
        _unread(root, assessment.unread, folder)
    for total in ("tests", "failures", "errors", "skipped"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root.iter("testsuite"))))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(root: Element, group: Group, folder: str) -> None:
    suite = SubElement(root, "testsuite", name=_text(f"{group.name} ({below(folder, group.path)})"))
    suite.set("file", _text(below(folder, group.path)))
    seen: dict[str, int] = {}
    for finding in group.findings:
        name = f"{finding.title}: {finding.subject.name}"
        seen[name] = seen.get(name, 0) + 1
        _case(suite, finding, f"{name} ({seen[name]})" if seen[name] > 1 else name, folder)
    _count(suite)


def _case(suite: Element, finding: Finding, name: str, folder: str) -> None:
    path, line = place(finding)
    case = SubElement(suite, "testcase", name=_text(name))
    case.set("classname", _text(finding.control))
    case.set("file", _text(below(folder, path)))
    case.set("line", str(line))
    if finding.counts:
        failure = SubElement(case, "failure", message=_text(finding.reason), type=_text(finding.severity))
        failure.text = _text("\n".join(_details(finding, folder)))
    elif finding.exception is not None:
        by = finding.exception
        SubElement(case, "skipped", message=_text(f"accepted ({by.kind}): {by.reason}"))
    elif finding.status is Status.UNKNOWN:
        SubElement(case, "skipped", message=_text(f"unknown: {finding.reason}"))


def _details(finding: Finding, folder: str) -> Iterable[str]:
    path, line = place(finding)
    yield located(path, line, folder)
    yield f"{finding.severity}: {finding.reason}"
    for item in finding.evidence:
        if item.field:
            yield f"{item.field}: {item.value} ({located(item.path, item.line, folder)})"
    yield ""
    yield finding.remedy
    yield ""
    yield f"control {finding.control}, finding {finding.id}"


def _unread(root: Element, items: Iterable[Unread], folder: str) -> None:
    suite = SubElement(root, "testsuite", name="unread")
    for item in items:
        case = SubElement(suite, "testcase", name=_text(f"{located(item.path, item.line, folder)} can be read"))
        case.set("classname", _text(f"unread.{item.reader}"))
        case.set("file", _text(below(folder, item.path)))
        case.set("line", str(item.line))
        SubElement(case, "skipped", message=_text(f"could not be read: {item.reason}"))
    _count(suite)


def _count(suite: Element) -> None:
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", "0")
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))


def _text(text: str) -> str:
    """Text that XML may hold, without characters that steer a terminal."""
    return _NO_XML.sub("", harmless(_NO_XML.sub("", text)))


JUNIT = Report("junit", "JUnit XML, for build servers", render)
