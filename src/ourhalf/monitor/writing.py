"""Writes the configuration of a plan: the templates of one language, rendered and joined."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from ourhalf.images.reference import parse
from ourhalf.model.responsibility import Platform, Service
from ourhalf.model.verdict import Status
from ourhalf.monitor.facts import Bucket, Facts, Thing, Use
from ourhalf.monitor.gather import INSIGHTS_ON, SCANNED, SUBNET
from ourhalf.monitor.naming import Naming, Raw, Variable
from ourhalf.monitor.plan import Item, Plan
from ourhalf.monitor.recommendation import all_recommendations

_FOLDER = Path(__file__).with_name("configuration")
_PARTS = ("key", "archive", "topic", "detector", "inspector", "recorder")
_PROVIDED_BY = {"recorder": "config-recorder"}
_FEATURES = {
    "guardduty-s3": "S3_DATA_EVENTS",
    "guardduty-eks": "EKS_AUDIT_LOGS",
    "guardduty-malware-volumes": "EBS_MALWARE_PROTECTION",
    "guardduty-runtime": "RUNTIME_MONITORING",
}
_AGENTS = (
    ("ECS_FARGATE_AGENT_MANAGEMENT", (Platform.ECS_FARGATE,)),
    ("EC2_AGENT_MANAGEMENT", (Platform.EC2, Platform.ECS_EC2)),
    ("EKS_ADDON_MANAGEMENT", (Platform.EKS_NODES, Platform.EKS_AUTO)),
)
_RISKY_PORTS = (
    22, 2222, 2375, 2376, 4040, 5000, 6006, 6379, 7070, 7071, 7860, 8000, 8001, 8002, 8080, 8081, 8082, 8265, 8500,
    8501, 8786, 8787, 8888, 9400, 10001, 11434, 14579, 29400, 29500, 30000,
)  # fmt: skip
"""Ports of SSH for MPI, Docker, Spark, MLflow, TensorBoard, Ray, model servers, Gradio, Dask, Jupyter, DCGM, Ollama,
vLLM's key-value transfer and torch's rendezvous."""
_SERVERS = ("vllm", "sglang", "triton", "torchserve")
_BACKED_UP = {"EfsFileSystem": "EFS", "FsxFileSystem": "FSx", "EbsVolume": "EBS", "S3Bucket": "S3"}
_NAMESPACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class Language(msgspec.Struct, frozen=True):
    """How one language is written: the ending of its templates, its texts, its names, and a comment line."""

    name: str
    suffix: str
    quoted: Callable[[str], str]
    naming: Callable[[], Naming]
    indent: str = ""
    blank: str = "\n"


class Written(msgspec.Struct, frozen=True):
    """The rendered pieces of a file in their order, and the variables that they refer to."""

    head: str
    pieces: tuple[str, ...]
    variables: tuple[Variable, ...]


def covers(language: Language, item: Item) -> bool:
    """Whether the language has configuration for a recommendation."""
    return _path(language, item.id).is_file()


def written(language: Language, plan: Plan, facts: Facts) -> Written:
    """The configuration of all that is missing, piece by piece."""
    naming = language.naming()
    missing = [item for item in plan.items if item.missing and covers(language, item)]
    context = _context(plan, facts, naming, missing)
    render = _renderer(language)
    head = render("parts/head", context)
    pieces = [render(f"parts/{part}", context) for part in _PARTS if context["part"](part)]
    for item in missing:
        text = render(item.id, context)
        if text.strip():
            pieces.append(f"{language.indent}# {item.id}: {item.title}\n{text.lstrip(chr(10))}")
    pieces = [piece.strip("\n") + "\n" for piece in pieces if piece.strip()]
    return Written(head, tuple(pieces), tuple(naming.variables.values()))


def _path(language: Language, name: str) -> Path:
    return _FOLDER / language.name / f"{name}.{language.suffix}"


@cache
def _renderer(language: Language) -> Callable[[str, dict[str, Any]], str]:
    """Renders a template by name. Every text of a target is quoted as the language does; what is no text is refused."""
    from jinja2 import Environment, StrictUndefined

    def finalize(value: object) -> str:
        if isinstance(value, Raw):
            return value
        if isinstance(value, bool | float) or not isinstance(value, str | int):
            raise TypeError(f"a {type(value).__name__} cannot be written into {language.name}")
        return language.quoted(value) if isinstance(value, str) else str(value)

    environment = Environment(  # noqa: S701 - no HTML: `finalize` quotes every value
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[##",
        comment_end_string="##]",
    )

    def render(name: str, context: dict[str, Any]) -> str:
        path = _path(language, name)
        return environment.from_string(path.read_text(encoding="utf-8")).render(context) if path.is_file() else ""

    return render


def _context(plan: Plan, facts: Facts, naming: Naming, missing: list[Item]) -> dict[str, Any]:
    wanted = {item.id for item in missing}
    parts = {part for item in missing for part in all_recommendations()[item.id].needs}
    parts -= {part for part, by in _PROVIDED_BY.items() if by not in wanted}
    if "recorder" in parts:
        parts |= {"key", "archive"}
    return {
        "as_of": Raw(plan.as_of.isoformat()),
        "retention_days": plan.retention_days,
        "required_tags": [Raw(json.dumps(tag)) for tag in plan.required_tags if _plain(tag)],
        "wanted": wanted.__contains__,
        "part": parts.__contains__,
        "name": naming.name,
        "inside": naming.inside,
        "value": naming.value,
        "variable": naming.variable,
        "raw": Raw,
        "hcl": lambda texts: json.dumps(list(texts)),
        "tags": lambda indent: Raw(_cloudformation_tags(plan, indent)),
        "features": [feature for id_, feature in _FEATURES.items() if id_ in wanted],
        "other_features": [feature for id_, feature in _FEATURES.items() if id_ not in wanted],
        "agents": [agent for agent, platforms in _AGENTS if "guardduty" in wanted or facts.on(*platforms)],
        **_things(facts),
        **_rules(facts),
        **_clusters(facts),
    }


def _plain(tag: str) -> bool:
    return re.fullmatch(r"[\w .:/=+@-]{1,128}", tag) is not None


def _cloudformation_tags(plan: Plan, indent: int) -> str:
    tags = {"made-by": "ourhalf-monitor-plan", "purpose": "monitoring"}
    tags |= {tag: "FIXME" for tag in plan.required_tags if _plain(tag)}
    space = " " * indent
    return "\n".join(f"{space}- Key: {json.dumps(key)}\n{space}  Value: {value}" for key, value in tags.items())


def _once(things: Iterable[Thing]) -> list[Thing]:
    """Each thing once, also where two files name it by the same id."""
    found: dict[str, Thing] = {}
    for thing in things:
        found.setdefault(thing.id or f"{thing.name}\0{thing.spot}", thing)
    return list(found.values())


def _things(facts: Facts) -> dict[str, Any]:
    def used(use: Use) -> list[Thing]:
        return _once(bucket.thing for bucket in facts.used_for(use))

    def order(bucket: Bucket) -> bool:
        return not bucket.uses

    def without(kind: str, things: Iterable[Thing]) -> list[Thing]:
        has = {one.name for one in facts.kind(kind)}
        return _once(thing for thing in things if thing.name not in has)

    logged = {(one.subject, one.spot.path) for one in facts.says("vpc-flow-logs") if one.status is Status.PASS}
    vpcs = _once(v for v in facts.kind("Vpc", "DefaultVpc") if (v.name, v.spot.path) not in logged)
    data_types = ["AWS::SageMaker::Endpoint"] if facts.on(Platform.SAGEMAKER_ENDPOINT) else []
    data_types += ["AWS::SageMaker::FeatureGroup"] if facts.kind("SageMakerFeatureGroup") else []
    stores = {_BACKED_UP[thing.kind] for thing in facts.things if thing.kind in _BACKED_UP}
    stores |= {"S3"} if facts.buckets else set()
    return {
        "buckets": _once(bucket.thing for bucket in sorted(facts.buckets, key=order)),
        "undeclared": _once(bucket.thing for bucket in facts.buckets if not bucket.declared).__contains__,
        "model_buckets": without(SCANNED, used(Use.MODEL)),
        "data_buckets": used(Use.DATA),
        "vpcs": vpcs,
        "subnets": [] if facts.kind("Vpc", "DefaultVpc") else _once(facts.kind(SUBNET)),
        "eks_clusters": without(INSIGHTS_ON, facts.kind("EksCluster")),
        "endpoints": _once(facts.kind("SageMakerEndpoint")),
        "data_types": data_types,
        "backup_types": sorted(stores),
    }


def _rules(facts: Facts) -> dict[str, Any]:
    from ourhalf.monitor.recommendations.config import NEEDS_A_CHOICE, rules

    return {"rules": rules(facts), "left_out_rules": ", ".join(sorted(NEEDS_A_CHOICE))}


def _clusters(facts: Facts) -> dict[str, list[Any]]:
    pods = facts.of(Service.EKS)
    images = list(dict.fromkeys(image for pod in pods for image in pod.images))
    planned = {port for pod in pods for port in pod.ports}
    known = [pod.namespace for pod in pods if _NAMESPACE.fullmatch(pod.namespace)]
    return {
        "repositories": list(dict.fromkeys(found for image in images if (found := _repository(image)))),
        "unplanned_ports": [str(port) for port in _RISKY_PORTS if port not in planned],
        "namespaces": list(dict.fromkeys(known)) or ["default"],
        "servers": [server for server in _SERVERS if any(server in image for image in images)],
    }


def _repository(image: str) -> str | None:
    """How the repository of an image ends as a container runtime tells it, which names a registry always."""
    reference = parse(image)
    if reference is None or not re.fullmatch(r"[a-z0-9][a-z0-9._/-]*", reference.repository):
        return None
    return f"/{reference.repository}"
