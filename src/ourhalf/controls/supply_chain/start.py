"""What containers fetch when they start."""

from __future__ import annotations

import re
from datetime import date

from ourhalf.controls.commands import command_doubt, started_with
from ourhalf.controls.servers import command_text
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Known
from ourhalf.model.references import Repository, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container

_READ = date(2026, 10, 2)
_PIPED = re.compile(r"\b(curl|wget)\b[^|;&]{0,500}\|\s*(sudo\s+)?(ba|da|z)?sh\b")
_INSTALLS = re.compile(
    r"\bpip[\d.]*\s+install\b(?P<pip>[^;&|]*)"
    r"|\b(conda|mamba|uv\s+pip|poetry|npm)\s+(install|add)\b"
    r"|\b(apt-get|apt|yum|dnf|apk)\s+(-\S+\s+)*(install|add)\b"
)
_OWN = re.compile(r"(^|\s)(--no-index|--require-hashes)\b")
_LOCAL = re.compile(r"(\s+(-e|--editable|--no-deps|--no-build-isolation|-q|--quiet|-U|--no-cache-dir))*\s+(\.|/)\S*\s*")


def _nothing_installed(container: Container, _: Context) -> Verdict:
    text = command_text(container)
    written = started_with(container)
    if _PIPED.search(text):
        return Verdict.failed("it runs a script straight from the network", *written)
    for found in _INSTALLS.finditer(text):
        given = found.group("pip")
        if given is not None and (_OWN.search(given) or _LOCAL.fullmatch(given)):
            continue
        what = " ".join(found.group(0).split())[:60]
        return Verdict.failed(f"it fetches code at each start: {what}", *written)
    hidden = command_doubt(container)
    if hidden is not None:
        return Verdict.unknown(hidden)
    if not any(isinstance(field, Known) for field in written):
        return Verdict.not_applicable("the image alone says what is started")
    return Verdict.passed("what it starts installs nothing", *written)


NOTHING_INSTALLED = Control(
    id="container-installs-nothing-at-start",
    title="Containers install nothing when they start",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.CUSTOMER_CODE,
    applies_to=Container,
    evaluate=_nothing_installed,
    rationale=(
        "What is installed at start was in no image that was scanned or signed, changes from start to start, and comes "
        "from whoever holds the name in an index."
    ),
    remedy="Install in the Dockerfile, at pinned versions; pip takes --require-hashes where it must be at start.",
    citations=(
        WebPage("pip.pypa.io/en/stable/topics/secure-installs/", _READ),
        Repository("aws/deep-learning-containers", _READ),
    ),
)
