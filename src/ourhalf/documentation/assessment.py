"""The page of the assessment: the JSON document that every report is made from."""

from __future__ import annotations

from ourhalf.documentation.fields import fields, kinds
from ourhalf.documentation.pages import Pages, page
from ourhalf.model.finding import SCHEMA_VERSION, Assessment

_INTRODUCTION = f"""\
`ourhalf assess --format json` writes one document, version {SCHEMA_VERSION}. Every other report can be made from it
again: give the file to `ourhalf assess` as its target. Its JSON Schema is printed by `ourhalf schema assessment`;
a change that is not compatible changes the first number of `schema_version`.

A finding's `id` is a digest of control, subject and details, never of a line number, so that it stays the same
while a file grows. Fingerprints in SARIF are the same ids. A secret is never in the document: `value` then shows
its kind."""

_PLACE = {
    "path": "The file, relative to the target.",
    "line": "The line, from 1.",
}

_MEANINGS: dict[str, dict[str, str]] = {
    "Assessment": {
        "schema_version": "The version of this format.",
        "tool": "Who made the document.",
        "as_of": "The day that the assessment takes as today.",
        "targets": "What was assessed, as it was named.",
        "profile": "The profile in force.",
        "workloads": "What runs.",
        "findings": "The verdict of each control on each of its subjects.",
        "responsibilities": "Who answers for each layer of each workload.",
        "images": "The images that workloads name.",
        "unread": "What could not be read, with the reason.",
        "controls": "What the controls say that a finding names.",
        "files": "How many files were read.",
        "baseline": "How the failures compare with those of an earlier assessment, where one was given.",
        "changes": "What the assessment was narrowed to, where it was.",
        "imported": "The files of others' results that were taken in, where there were any.",
    },
    "ImportSummary": {
        "path": "The file, as it was named.",
        "tools": "Whose results it holds.",
        "results": "How many verdicts it holds that could be read.",
        "joined": "How many are about what a control of ours judged too.",
        "disagree": "How many of these say otherwise.",
        "stale": "How many are too old to speak of today.",
        "left_out": "How many could not be read; `unread` tells why.",
    },
    "BaselineSummary": {
        "as_of": "The day that the earlier assessment took as today.",
        "new": "How many failures are not in it.",
        "known": "How many are.",
        "gone": "How many of its failures no longer fail.",
        "untold": "Of how many it is not known: the verdict is unknown now, or the file could not be read.",
    },
    "ChangesSummary": {
        "since": "The revision since which files changed.",
        "files": "How many files changed.",
        "left_out": "How many findings are about everything else.",
    },
    "ToolInfo": {"name": "`ourhalf`.", "version": "Its version."},
    "ProfileSummary": {
        "path": "The profile's file; null without one.",
        "sensitivity": "How sensitive data is where no scope says otherwise.",
        "regulations": "Regulations in force.",
        "notes": "What in the profile matched nothing or ran out.",
    },
    "Finding": {
        "id": "What identifies the finding from run to run.",
        "control": "The id of the control: a page of [the controls](../controls/index.md), or another tool's test that "
        "none of them is, such as `securityhub:RDS.3`.",
        "title": "What holds where the control passes.",
        "topic": "The control's topic.",
        "severity": "How much it matters here: the profile and the case may raise or lower it.",
        "party": "Who answers here.",
        "action": "What we must apply where another party publishes it.",
        "status": "The verdict. `unknown`: what was read does not decide it.",
        "reason": "Why, in words.",
        "remedy": "What to do; below it what to write, in the language of the file.",
        "subject": "What was judged.",
        "evidence": "The fields that decided.",
        "frameworks": "Ids of requirements by framework.",
        "exception": "Why the finding does not count, where somebody accepted it.",
        "details": "More, for kinds of findings that have more.",
        "said": "What each tool says of it, where results of others were imported.",
    },
    "Said": {
        "tool": "Who says it; `ourhalf` for our own control.",
        "test": "Its own name for the test.",
        "status": "Its verdict.",
        "reason": "Why, in its words.",
        "as_of": "The day of the verdict; null where the tool does not tell.",
        "live": "Whether it looked at what runs, not at configuration.",
        "path": "The file of its results; empty for our own.",
        "line": "The line, from 1.",
        "accepted": "Why it does not count there: suppressed, muted or ignored in that tool.",
    },
    "Subject": {
        "type": "The type of resource, `Container` or `Workload`.",
        "name": "Its name; it ends with the name in the file.",
        "service": "The service that runs it.",
        **_PLACE,
        "workload": "The workload that it is or belongs to.",
        "identities": "Names, ids and ARNs that configuration states, by which others name the same resource.",
    },
    "EvidenceItem": {
        **_PLACE,
        "field": "The field, as the file's language calls it.",
        "value": "Its value as text; for one that is not set, the default that the service documents.",
    },
    "AcceptedBy": {
        "kind": "`exception`, `suppression`, `baseline` or `imported`.",
        "reason": "Why it was accepted.",
        "owner": "Who accepted it.",
        "expires": "Until when.",
        "id": "The exception's own id.",
    },
    "WorkloadSummary": {
        "name": "Its name.",
        "kind": "What defines it.",
        "service": "The service that runs it; null where it is one of several.",
        "platforms": "The ways in which it may run, as far as configuration tells.",
        "why": "How that is known.",
        "sensitivity": "How sensitive the profile takes its data to be.",
        "files": "The files of the resources that it is joined with, where they were asked for.",
        "images": "The images of its containers.",
        **_PLACE,
    },
    "ResponsibilityRow": {
        "workloads": "The workloads for which it is so.",
        "service": "The service that runs them.",
        "layer": "The layer: a row of [the matrix](responsibilities.md).",
        "party": "Who answers.",
        "action": "What we must apply where another party publishes it.",
        "why": "Why here.",
        "candidates": "Who may be the one, where `party` is unknown.",
        "sources": "Pages that say so.",
    },
    "ImageSummary": {
        "reference": "The image as configuration names it.",
        "digest": "Its digest, where the reference states one.",
        "platform": "Operating system and processor.",
        "base": "What it is known to be or to be built on.",
        "workloads": "The workloads that name it.",
        "packages": "What is installed in it; null where it was not looked into.",
        "models": "The model files in it; null where it was not looked into.",
    },
    "Unread": {
        **_PLACE,
        "reader": "The reader that could not read it.",
        "reason": "Why.",
    },
    "ControlSummary": {
        "id": "Its id.",
        "title": "What holds where it passes.",
        "topic": "Its topic.",
        "severity": "How much it usually matters.",
        "layer": "The layer that it bears on.",
        "rationale": "Why it is asked.",
        "remedy": "What to do.",
        "citations": "Its sources.",
        "same_as": "What others call the same test.",
        "nist_800_53": "Ids of NIST SP 800-53 controls that a source maps to it.",
        "rows": "The [collected conditions](coverage.md) that it covers.",
    },
    "CitedPage": {"url": "The page.", "read": "When it was read."},
    "PeerId": {"tool": "The tool or benchmark.", "id": "Its id."},
}


def _make() -> dict[str, str]:
    blocks = [f"## {kind.__name__}\n\n{fields(kind, _MEANINGS.get(kind.__name__, {}))}" for kind in kinds(Assessment)]
    return {"reference/json.md": page("The assessment as JSON", _INTRODUCTION, *blocks)}


ASSESSMENT = Pages(_make)
