"""Demonstrations and metrics: interfaces for people and collectors inside, not for the internet."""

from __future__ import annotations

import re
from datetime import date

from ourhalf.controls.commands import command_doubt, started_with
from ourhalf.controls.infrastructure.open_servers import closed
from ourhalf.controls.servers import ServerKind, command_text, command_words
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Known, Unresolved, entry
from ourhalf.model.references import Cve, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container

_READ = date(2026, 10, 2)

GRADIO = ServerKind(
    "Gradio",
    7860,
    r"(^| )gradio \S+\.py\b",
    address_names=("GRADIO_SERVER_NAME",),
    port_names=("GRADIO_SERVER_PORT",),
    loopback=True,
    told_by=("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", "GRADIO_SHARE"),
    for_neighbours=True,
)
STREAMLIT = ServerKind(
    "Streamlit",
    8501,
    r"\bstreamlit run\b",
    address=("--server.address",),
    address_names=("STREAMLIT_SERVER_ADDRESS",),
    port=("--server.port",),
    port_names=("STREAMLIT_SERVER_PORT",),
    files=("streamlit",),
    told_by=("STREAMLIT_SERVER_PORT", "STREAMLIT_SERVER_ADDRESS"),
    for_neighbours=True,
)
DCGM_EXPORTER = ServerKind(
    "the DCGM exporter",
    9400,
    r"\bdcgm-exporter\b",
    image=r"(^|/)dcgm-exporter\b",
    told_by=("DCGM_EXPORTER_LISTEN",),
    for_neighbours=True,
)

GRADIO_NOT_OPEN = closed(
    GRADIO,
    "gradio",
    Severity.HIGH,
    "A demonstration has no login unless its code asks for one, and older versions give away files of the server.",
    "Put an authenticating proxy or load balancer in front, and bind to 127.0.0.1 or restrict the port.",
    WebPage("www.gradio.app/guides/sharing-your-app", _READ),
    Cve("CVE-2023-51449", _READ),
    environment={"GRADIO_SERVER_NAME": "127.0.0.1"},
)
STREAMLIT_NOT_OPEN = closed(
    STREAMLIT,
    "streamlit",
    Severity.MEDIUM,
    "A Streamlit application has no login unless its code asks for one.",
    "Put an authenticating proxy or load balancer in front, and restrict the port.",
    WebPage("docs.streamlit.io/develop/api-reference/configuration/config.toml", _READ),
    environment={"STREAMLIT_SERVER_ADDRESS": "127.0.0.1"},
)
DCGM_NOT_OPEN = closed(
    DCGM_EXPORTER,
    "dcgm-exporter",
    Severity.LOW,
    "Its metrics name pods, nodes and GPUs, and tell outsiders what runs where and when.",
    "Leave its Service a ClusterIP, and let only the metrics collector reach port 9400.",
    WebPage("docs.nvidia.com/datacenter/dcgm/latest/gpu-telemetry/dcgm-exporter.html", _READ),
)

_SHARED = "the code is reached through a public address that Gradio's own servers forward"


def _not_shared(container: Container, _: Context) -> Verdict | None:
    words = command_words(container)
    if "--share" in words and re.search(r"gradio|webui|launch\.py|fastchat", " ".join(words)):
        written = reversed(started_with(container))
        return Verdict.failed(_SHARED, *written)
    match entry(container.environment, "GRADIO_SHARE"):
        case Known(str() as value) as field:
            if value.lower() in ("true", "1"):
                return Verdict.failed(_SHARED, field)
            return Verdict.passed("Gradio opens no tunnel", field)
        case Unresolved() as field:
            return Verdict.unknown(field) if _told(container) else None
    if not _told(container):
        return None
    hidden = command_doubt(container)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.passed("nothing asks Gradio for a tunnel", container.environment)


def _told(container: Container) -> bool:
    if re.search(GRADIO.command, command_text(container)):
        return True
    environment = container.environment
    return isinstance(environment, Known) and any(name in environment.value.items for name in GRADIO.told_by)


GRADIO_NOT_SHARED = Control(
    id="gradio-not-shared",
    title="Gradio opens no tunnel to the internet",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=Container,
    evaluate=_not_shared,
    rationale="The tunnel passes by every security group and policy: whoever has the address uses model and data.",
    remedy="Take GRADIO_SHARE and share=True out; publish the application through a load balancer that authenticates.",
    settings={"environment": {"GRADIO_SHARE": "False"}},
    citations=(WebPage("www.gradio.app/guides/sharing-your-app", _READ),),
)
