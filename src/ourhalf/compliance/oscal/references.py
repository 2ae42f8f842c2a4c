"""What documents point to: the framework's catalog or profile, and each other."""

from __future__ import annotations

from ourhalf.compliance.formats.format import Held
from ourhalf.compliance.oscal.document import Json, document_uuid, line, prose, string, uuid_of

_NIST = "https://raw.githubusercontent.com/usnistgov/oscal-content/main/nist.gov/SP800-53/rev5/json/"
_FEDRAMP = (
    "https://raw.githubusercontent.com/GSA/fedramp-automation/master/dist/content/rev5/baselines/json/"
    "FedRAMP_rev5_{}-baseline_profile.json"
)
PROFILES = {
    "nist-800-53-r5": (
        f"{_NIST}NIST_SP-800-53_rev5_catalog.json",
        f"{_NIST}NIST_SP-800-53_rev5_{{}}-baseline_profile.json",
    ),
    "fedramp-r5": (f"{_NIST}NIST_SP-800-53_rev5_catalog.json", _FEDRAMP),
}
"""Frameworks that have an official OSCAL form: the catalog, and the profile of a baseline, by the baseline's id."""

_FORMATS = {
    "system-security-plan": "oscal-ssp",
    "assessment-plan": "oscal-ap",
}


def has_catalog(held: Held) -> bool:
    """Whether the framework's control ids are those of an OSCAL catalog."""
    return held.report.framework in PROFILES


def target_id(held: Held, control: str) -> str:
    """The id of a control's statement: as NIST's catalog names it, else the control's own."""
    return f"{control}_smt" if has_catalog(held) else control


def framework_uuid(held: Held) -> str:
    """The UUID of the resource that stands for the framework."""
    return uuid_of("framework", held.report.framework, held.report.version, held.report.baseline or "")


def framework_href(held: Held) -> str:
    """A reference to the framework's resource in this document."""
    return f"#{framework_uuid(held)}"


def framework_resource(held: Held) -> Json:
    """The framework as a resource: its official OSCAL form where there is one, and where its ids were read."""
    report, framework = held.report, held.framework
    links = []
    if report.framework in PROFILES:
        catalog, profile = PROFILES[report.framework]
        official = profile.format(report.baseline) if report.baseline else catalog
        links.append({"href": official, "media-type": "application/oscal+json"})
    if framework.source.startswith(("https://", "http://")):
        links.append({"href": framework.source})
    told = (
        "" if links and has_catalog(held) else "It has no official OSCAL form; control ids are those of the framework."
    )
    return {
        "uuid": framework_uuid(held),
        "title": line(f"{report.title} {report.version}"),
        "description": prose(f"Its ids were read on {framework.read} at {framework.source}.", told),
        **({"rlinks": links} if links else {}),
    }


def document_resource(held: Held, kind: str) -> Json:
    """Another document of the same assessment as a resource."""
    return {
        "uuid": uuid_of("resource", kind, document_uuid(held, kind)),
        "title": line(f"The {kind.replace('-', ' ')} of the same assessment"),
        "description": prose(f"Made with --format {_FORMATS[kind]}; this is the UUID of that document."),
        "rlinks": [{"href": f"urn:uuid:{document_uuid(held, kind)}", "media-type": "application/oscal+json"}],
    }


def document_href(held: Held, kind: str) -> str:
    """A reference to the resource of another document."""
    return f"#{uuid_of('resource', kind, document_uuid(held, kind))}"


def address(source: str) -> Json:
    """A link to the page that says so, where `source` is an address."""
    text = string(source)
    if text.startswith(("https://", "http://")) and not set(text) & set(' "<>\\^`{|}'):
        return {"links": [{"href": text, "rel": "reference"}]}
    return {}
