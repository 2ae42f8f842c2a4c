"""Libraries that are loaded into every process of a container."""

from __future__ import annotations

import re
from datetime import date

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Known, Unresolved, entry
from ourhalf.model.references import Cve, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container

_READ = date(2026, 10, 2)
# Allocators, OpenMP and communication libraries that performance guides have people preload.
_KNOWN_LIBRARY = re.compile(
    r"(^|/)lib(tcmalloc(_minimal)?|jemalloc|iomp5|gomp|mimalloc|nccl(-net|-tuner)?|nccl-net-ofi|fakeintel|"
    r"numa|cuda|nvidia-ml|stdc\+\+|hostname|changehostname)[.\w-]*\.so[.\d]*$"
)


def strange_preload(value: str) -> list[str]:
    """What LD_PRELOAD names besides allocators and libraries that guides have people preload."""
    return [one for one in re.split(r"[\s:]+", value) if one and not _KNOWN_LIBRARY.search(one)]


def _known_preload(container: Container, _: Context) -> Verdict | None:
    match entry(container.environment, "LD_PRELOAD"):
        case Known(str() as value) as field:
            strange = strange_preload(value)
            if strange:
                return Verdict.failed(
                    f"{strange[0]} is loaded into every process, and into hooks of the GPU stack", field
                )
            return Verdict.passed("it loads allocators and communication libraries only", field)
        case Unresolved() as field:
            environment = container.environment
            if isinstance(environment, Known) and "LD_PRELOAD" in environment.value.items:
                return Verdict.unknown(field)
    return None


PRELOAD_KNOWN = Control(
    id="container-preload-known",
    title="Containers preload no library that is not known",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    evaluate=_known_preload,
    rationale=(
        "Hooks of NVIDIA's container toolkit before 1.17.8 loaded such a library as root on the host: three lines of "
        "a Dockerfile were enough to leave the container."
    ),
    remedy="Take LD_PRELOAD out, or preload only the allocator that you need from a folder of the image.",
    citations=(
        Cve("CVE-2025-23266", _READ),
        WebPage("www.wiz.io/blog/nvidia-ai-vulnerability-cve-2025-23266-nvidiascape", _READ),
    ),
)
