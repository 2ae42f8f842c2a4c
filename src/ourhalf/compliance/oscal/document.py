"""What all OSCAL documents share: identifiers, texts of OSCAL's data types, dates and metadata."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from hashlib import sha1
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

import msgspec

from ourhalf.compliance.formats.format import Held
from ourhalf.model.responsibility import Party
from ourhalf.reports.summary import harmless

OSCAL_VERSION = "1.2.1"
NAMESPACE = "urn:ourhalf:oscal"
"""The namespace of properties that OSCAL does not define."""

Json = dict[str, Any]

_IDENTIFIERS = uuid5(NAMESPACE_URL, NAMESPACE)
_MARKUP = re.compile(r"[\\<\[]|\{(?=\{)")
_NO_TOKEN = re.compile(r"[^\w.\-]+")
_YEARS = range(1900, 3000)

ROLES = {
    Party.CUSTOMER: "Customer: whoever runs the workloads",
    Party.PUBLISHER: "Publisher: whoever builds the images",
    Party.PROVIDER: "Provider: AWS",
    Party.SHARED: "Shared: one party publishes, another applies",
    Party.UNKNOWN: "Not known: what was read does not say who answers",
}
_ORGANIZATIONS = {Party.CUSTOMER: "The customer", Party.PUBLISHER: "Publishers of the images", Party.PROVIDER: "AWS"}
_ANSWER = {
    Party.CUSTOMER: (Party.CUSTOMER,),
    Party.PUBLISHER: (Party.PUBLISHER,),
    Party.PROVIDER: (Party.PROVIDER,),
    Party.SHARED: (Party.CUSTOMER, Party.PROVIDER),
}


class OscalError(ValueError):
    """An OSCAL document that cannot be read or written: which, where in it, and the reason."""


def uuid_of(*parts: str) -> str:
    """The UUID of what these stable ids name: the same in every document and on every machine."""
    made = bytearray(sha1(_IDENTIFIERS.bytes + "\0".join(parts).encode(), usedforsecurity=False).digest()[:16])
    made[6], made[8] = made[6] & 0x0F | 0x50, made[8] & 0x3F | 0x80  # as `uuid5` does, in a third of the time
    text = made.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def string(text: str) -> str:
    """`text` as OSCAL's string: one line with nothing around it; empty where there is nothing to say."""
    if text.isprintable():  # most are, and hold neither line ends nor what steers a terminal
        return text.strip() if "  " not in text else " ".join(text.split())
    return " ".join(harmless(" ".join(text.split())).replace("\ufeff", "\ufffd").split())


def line(text: str) -> str:
    """`text` as one line of OSCAL's Markdown that shows it as it is: no HTML, link or parameter takes effect."""
    return _MARKUP.sub(r"\\\g<0>", string(text)) or "(no text)"


def prose(*paragraphs: str) -> str:
    """Paragraphs as OSCAL's Markdown that shows them as they are; what is empty is left out."""
    return "\n\n".join(line(text) for text in paragraphs if text.strip())


def token(text: str) -> str:
    """`text` as OSCAL's token, which begins with a letter or `_` and holds letters, digits, `.`, `-` and `_`."""
    cleaned = _NO_TOKEN.sub("-", text).strip("-") or "_"
    return cleaned if cleaned[0].isalpha() or cleaned[0] == "_" else f"_{cleaned}"


def tokens(ids: Iterable[str]) -> dict[str, str]:
    """Each id with a token of its own."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for id_ in sorted(set(ids), key=lambda one: (token(one) != one, one)):
        name = token(id_)
        found[id_] = name if name not in taken else f"{name}-{uuid_of(id_)[:8]}"
        taken.add(found[id_])
    return found


def properties(**values: str | None) -> list[Json]:
    """Properties of ours with these values, `_` in a name standing for `-`; what is empty is left out."""
    return [
        {"name": name.replace("_", "-"), "ns": NAMESPACE, "value": string(value)}
        for name, value in values.items()
        if value and string(value)
    ]


def props(**values: str | None) -> Json:
    """The `props` that these are; nothing where all are empty."""
    return listed("props", properties(**values))


def listed(name: str, items: Iterable[Json]) -> Json:
    """A list under its name; nothing where it is empty, since OSCAL knows no empty lists."""
    found = list(items)
    return {name: found} if found else {}


def remarks(*paragraphs: str) -> Json:
    """The `remarks` that these make; nothing where all are empty."""
    text = prose(*paragraphs)
    return {"remarks": text} if text else {}


def moment(day: date) -> str | None:
    """The start of a day; None for a year that OSCAL cannot write."""
    return f"{day.isoformat()}T00:00:00+00:00" if writable(day) else None


def writable(day: date) -> bool:
    """Whether OSCAL can write the year of a day."""
    return day.year in _YEARS


def assessed_at(held: Held) -> str:
    """The day of the assessment. Raises OscalError for a year that OSCAL cannot write."""
    found = moment(held.report.as_of)
    if found is None:
        raise OscalError(f"OSCAL writes years from 1900 to 2999: assess as of another day than {held.report.as_of}")
    return found


def modified_at(held: Held) -> str:
    """When the document was made: `SOURCE_DATE_EPOCH` where it is set, else the day of the assessment."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return assessed_at(held)
    try:
        made = datetime.fromtimestamp(int(given), UTC)
    except (ValueError, OverflowError, OSError):
        raise OscalError(f"SOURCE_DATE_EPOCH is no number of seconds: {given[:40]!r}; unset it") from None
    if made.year not in _YEARS:
        raise OscalError(f"SOURCE_DATE_EPOCH names the year {made.year}; OSCAL writes years from 1900 to 2999")
    return made.isoformat()


def href(path: str, number: int) -> str:
    """A link to a line of a file of the target, which a path that begins with `/` does not leave either."""
    return ("." if path.startswith("/") else "") + quote(path) + (f"#L{number}" if number > 0 else "")


def party_uuid(party: Party) -> str:
    """The UUID of the organization that stands for a party."""
    return uuid_of("party", party)


def role_refs(parties: Iterable[Party], name: str = "responsible-roles") -> Json:
    """The roles of these parties; nothing where nobody answers."""
    found = sorted({party for party in parties if party in ROLES}, key=list(ROLES).index)
    return listed(name, ({"role-id": party.value} for party in found))


def document_uuid(held: Held, kind: str) -> str:
    """The UUID of the document of a kind about these targets and this framework."""
    report = held.report
    return uuid_of("document", kind, report.framework, report.baseline or "", *report.targets)


def metadata(held: Held, title: str, *more: str) -> Json:
    """Title, dates, who made it, and the parties with their roles; `more` are remarks."""
    report, tool = held.report, held.assessment.tool
    return {
        "title": line(f"{title}: {report.title} {report.version}"),
        "last-modified": modified_at(held),
        "version": report.as_of.isoformat(),
        "oscal-version": OSCAL_VERSION,
        **props(
            tool=f"{tool.name} {tool.version}",
            framework=report.framework,
            framework_version=report.version,
            baseline=report.baseline,
        ),
        "roles": [{"id": party.value, "title": line(told)} for party, told in ROLES.items()],
        "parties": [
            {"uuid": party_uuid(party), "type": "organization", "name": name} for party, name in _ORGANIZATIONS.items()
        ],
        "responsible-parties": [
            {"role-id": role.value, "party-uuids": [party_uuid(party) for party in parties]}
            for role, parties in _ANSWER.items()
        ],
        **remarks(*more, *report.notes),
    }


def rendered(kind: str, body: Json) -> str:
    """The document of a kind as JSON text."""
    return msgspec.json.format(msgspec.json.encode({kind: body}), indent=2).decode() + "\n"
