"""Conditions of use against deployments: not affected with its evidence, affected with its path, or what is missing."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.graph.index import EvidenceGraph
from ourhalf.judging import surroundings
from ourhalf.model.context import Context
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Known, Unresolved
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.model.resource import Resource
from ourhalf.model.workload import Container, Workload
from ourhalf.resources.images import ContainerImage, InstalledPackage
from ourhalf.resources.vulnerabilities import Affects, Effect
from ourhalf.vulnerabilities.conditions.condition import Version, all_conditions
from ourhalf.vulnerabilities.conditions.facts import UNREACHED, UNUSED, in_range
from ourhalf.vulnerabilities.conditions.judging import judge
from tests.controls.images import image
from tests.controls.serving import HIDDEN, balanced, environment, pod
from tests.support import TODAY, calls_of
from tests.vulnerabilities.vex.made import match

VLLM = "[vllm, serve, m]"
MOONCAKE = """'{"kv_connector": "MooncakeConnector"}'"""
SCRIPTS = {
    "quoted": "'vllm serve m --kv-transfer-config ''{\"kv_connector\": \"Mooncake\"}'''",
    "bare": '\'vllm serve m --kv-transfer-config {"kv_connector": "Mooncake"}\'',
    "joined": '\'--kv-transfer-config={"kv_connector": "MooncakeConnector"}\'',
}


def users_of(resources: tuple[Resource, ...]) -> tuple[list[tuple[Workload, Container]], Context]:
    """Every container that runs, and what can be asked of its surroundings."""
    graph = EvidenceGraph(Evidence(resources))
    context = surroundings(graph, TODAY)
    many = [
        (workload, container)
        for workload in graph.workloads()
        if isinstance(workload.containers, Known)
        for container in workload.containers.value
        if isinstance(container, Container)
    ]
    return many, context


def held(name: str, version: str) -> Package:
    """A Python package of that name."""
    return Package(name=name, version=version, ecosystem=Ecosystem.PYPI, purl=f"pkg:pypi/{name}@{version}")


def judged(
    name: str, version: str, advisory: str, resources: tuple[Resource, ...], held_image: ContainerImage | None = None
) -> Affects:
    """What the condition of an advisory makes of a deployment."""
    users, context = users_of(resources)
    return judge(match(advisory), held(name, version), held_image, users, context)


def vllm(command: str, arguments: str = "", more: str = "", beside: str = "") -> tuple[Resource, ...]:
    """A pod that runs a command of vLLM."""
    return pod("x", command, arguments, more, beside)


@pytest.mark.parametrize(
    ("resources", "effect"),
    [
        (vllm(VLLM), Effect.NOT_AFFECTED),
        (vllm(f"[vllm, serve, m, --kv-transfer-config, {MOONCAKE}]"), Effect.AFFECTED),
        (vllm(VLLM, more=environment(SM_VLLM_KV_TRANSFER_CONFIG="mooncake")), Effect.AFFECTED),
        (vllm('[vllm, serve, m, --kv-transfer-config, \'{"kv_connector": "NixlConnector"}\']'), Effect.NOT_AFFECTED),
        (vllm(f"[vllm, serve, m, --kv_transfer_config, {MOONCAKE}]"), Effect.AFFECTED),
        (vllm(f"[vllm, serve, m, --kv-transfer, {MOONCAKE}]"), Effect.AFFECTED),
        (vllm(f"[vllm, serve, m, {SCRIPTS['joined']}]"), Effect.AFFECTED),
        (vllm(f"[sh, -c, {SCRIPTS['quoted']}]"), Effect.AFFECTED),
        (vllm(f"[sh, -c, {SCRIPTS['bare']}]"), Effect.UNKNOWN),
        (vllm("[vllm, serve, m, --kv-transfer-config.kv_connector, MooncakeConnector]"), Effect.UNKNOWN),
        (vllm(f"[vllm, serve, m, --kv-transfer-config, '{HIDDEN}']"), Effect.UNKNOWN),
        (vllm("[vllm, serve, m, --config, /etc/vllm.yaml]"), Effect.UNKNOWN),
        (vllm(VLLM, more="    envFrom: [{configMapRef: {name: settings}}]"), Effect.UNKNOWN),
        (vllm("[python, serve.py]"), Effect.UNKNOWN),
        (vllm(""), Effect.UNKNOWN),
    ],
)
def test_mooncake_matters_only_where_it_is_on(resources: tuple[Resource, ...], effect: Effect) -> None:
    found = judged("vllm", "0.8.4", "CVE-2025-32444", resources)
    assert (found.effect, found.by) == (effect, "vllm-mooncake")
    assert bool(found.missing) == (effect is Effect.UNKNOWN)
    assert found.places
    assert found.justification == (UNUSED if effect is Effect.NOT_AFFECTED else "")


_TWO = "[vllm, serve, m, --tensor-parallel-size=2, --distributed-executor-backend, ray]"


@pytest.mark.parametrize(
    ("version", "resources", "effect"),
    [
        ("0.9.0", vllm(VLLM), Effect.NOT_AFFECTED),
        ("0.9.0", vllm(_TWO), Effect.UNKNOWN),
        ("0.9.0", vllm(_TWO, more=environment(VLLM_USE_V1="0")), Effect.AFFECTED),
        ("0.9.0", vllm(_TWO, more=environment(VLLM_USE_V1="1")), Effect.NOT_AFFECTED),
        ("0.9.0", vllm(_TWO, more=environment(VLLM_USE_V1=HIDDEN)), Effect.UNKNOWN),
        ("0.7.3", vllm(_TWO), Effect.AFFECTED),
        ("0.7.3", vllm("[vllm, serve, m, -tp, '2', --distributed-executor-backend, mp]"), Effect.NOT_AFFECTED),
        ("0.7.3", vllm("[vllm, serve, m, -tp, '2']"), Effect.UNKNOWN),
        ("0.7.3", vllm("[vllm, serve, m, -tp, many]"), Effect.UNKNOWN),
    ],
)
def test_the_v0_engine_matters_over_several_nodes(
    version: str, resources: tuple[Resource, ...], effect: Effect
) -> None:
    assert judged("vllm", version, "CVE-2025-30165", resources).effect is effect


@pytest.mark.parametrize(
    ("resources", "effect"),
    [
        (vllm(VLLM, beside=balanced(8000)), Effect.AFFECTED),
        (vllm("[vllm, serve, m, --host, 127.0.0.1]", beside=balanced(8000)), Effect.NOT_AFFECTED),
        (vllm("[vllm, serve, m, --enable-prompt-embeds]", beside=balanced(8000)), Effect.AFFECTED),
        (vllm(f"[vllm, serve, m, --host, '{HIDDEN}']", beside=balanced(8000)), Effect.UNKNOWN),
        (vllm(f"[vllm, serve, m, --port, '{HIDDEN}']", beside=balanced(8000)), Effect.UNKNOWN),
        (vllm("[python, -c, x]", beside=balanced(8000)), Effect.UNKNOWN),
    ],
)
def test_prompt_embeddings_matter_where_the_port_is_reached_whatever_the_flag(
    resources: tuple[Resource, ...], effect: Effect
) -> None:
    found = judged("vllm", "0.10.2", "CVE-2025-62164", resources)
    assert found.effect is effect
    if effect is Effect.AFFECTED:
        assert "internet" in found.reason
        assert "port 8000" in found.reason
    if effect is Effect.NOT_AFFECTED:
        assert found.justification == UNREACHED


@pytest.mark.parametrize(
    ("name", "version", "advisory", "resources", "effect"),
    [
        ("ray", "2.8.0", "CVE-2023-6019", pod("x", "[ray, start, --head]"), Effect.NOT_AFFECTED),
        ("ray", "2.49.0", "CVE-2023-48022",
         pod("x", "[ray, start, --head, --dashboard-host=0.0.0.0]", beside=balanced(8265)), Effect.AFFECTED),
        ("ray", "2.53.0", "CVE-2026-27482", pod("x", "[python, train.py]"), Effect.UNKNOWN),
        ("vllm", "0.6.2", "CVE-2024-11041", vllm(VLLM), Effect.NOT_AFFECTED),
        ("vllm", "0.6.2", "CVE-2024-11041", vllm("[vllm, serve, m, -pp, '4']"), Effect.AFFECTED),
        ("vllm", "0.8.4", "CVE-2025-47277", vllm(VLLM), Effect.NOT_AFFECTED),
        ("vllm", "0.9.0", "CVE-2026-22778", vllm(VLLM, beside=balanced(8000)), Effect.UNKNOWN),
        ("vllm", "0.9.0", "CVE-2026-22778",
         vllm("[vllm, serve, m, --limit-mm-per-prompt, 'image=1,video=0']", beside=balanced(8000)),
         Effect.NOT_AFFECTED),
        ("sglang", "0.5.9", "CVE-2026-3060", pod("x", "[python, -m, sglang.launch_server]"), Effect.NOT_AFFECTED),
        ("sglang", "0.5.9", "CVE-2026-3060",
         pod("x", "[python, -m, sglang.launch_server, --encoder-only]"), Effect.AFFECTED),
        ("sglang", "0.5.9", "CVE-2026-3059", pod("x", "[python, -m, sglang.launch_server]"), Effect.NOT_AFFECTED),
        ("sglang", "0.5.9", "CVE-2026-3059", pod("x", "[sglang, serve, m]"), Effect.UNKNOWN),
        ("mlflow", "2.9.0", "CVE-2023-6909",
         pod("x", "[mlflow, server, --host, 0.0.0.0]", beside=balanced(5000)), Effect.AFFECTED),
        ("mlflow", "2.9.0", "CVE-2023-6909", pod("x", "[mlflow, server, --host, 127.0.0.1]"), Effect.NOT_AFFECTED),
        ("gradio", "4.0.0", "CVE-2023-51449", pod("x", "[python, app.py]", more=environment(GRADIO_SHARE="True")),
         Effect.AFFECTED),
        ("gradio", "4.0.0", "CVE-2023-51449", pod("x", "[python, app.py]"), Effect.UNKNOWN),
        ("torchserve", "0.8.0", "CVE-2023-43654", pod("x", "[torchserve, --start]"), Effect.UNKNOWN),
        ("tritonserver", "25.3", "CVE-2025-23319", pod("x", "[tritonserver]", beside=balanced(8001)), Effect.AFFECTED),
        ("keras", "3.11.0", "CVE-2025-9905", pod("x", "[python, t.py, --weights, /m/w.h5]"), Effect.AFFECTED),
        ("keras", "3.11.0", "CVE-2025-9905", pod("x", "[python, t.py]"), Effect.UNKNOWN),
        ("keras", "3.8.0", "CVE-2025-1550", pod("x", "[python, t.py, --model=/m/w.keras]"), Effect.AFFECTED),
        ("torch", "2.5.1+cu124", "CVE-2025-32434", pod("x", "[python, t.py, a.pth]"), Effect.AFFECTED),
        ("torch", "2.5.1+cu124", "CVE-2025-32434", vllm(VLLM), Effect.UNKNOWN),
        ("tensorrt-llm", "0.17.0", "CVE-2025-23254", pod("x"), Effect.NOT_AFFECTED),
        ("tensorrt-llm", "0.17.0", "CVE-2025-23254",
         pod("x", beside="  hostIPC: true\n"), Effect.AFFECTED),
        ("pytorch-lightning", "1.5.0", "CVE-2022-0845", pod("x"), Effect.UNKNOWN),
        ("llama-stack", "0.0.40", "CVE-2024-50050", pod("x"), Effect.UNKNOWN),
        ("nvidia-container-toolkit", "1.16.1-1", "CVE-2024-0132", pod("x"), Effect.NOT_AFFECTED),
        ("nvidia-container-toolkit", "1.16.1-1", "CVE-2024-0132",
         pod("x", more="    securityContext: {privileged: true}"), Effect.AFFECTED),
        ("nvidia-container-toolkit", "1.16.1-1", "CVE-2024-0132",
         pod("x", beside="  volumes:\n  - {name: h, hostPath: {path: /usr}}\n"), Effect.AFFECTED),
    ],
)  # fmt: skip
def test_conditions_of_the_deep_learning_set(
    name: str, version: str, advisory: str, resources: tuple[Resource, ...], effect: Effect
) -> None:
    found = judged(name, version, advisory, resources)
    assert found.effect is effect, found
    assert found.reason
    assert bool(found.missing) == (effect is Effect.UNKNOWN)


@pytest.mark.parametrize(("others", "effect"), [((), Effect.NOT_AFFECTED), (("tensorflow",), Effect.UNKNOWN)])
def test_transformers_checkpoints_need_tensorflow(others: tuple[str, ...], effect: Effect) -> None:
    packages: tuple[Any, ...] = tuple(InstalledPackage(package=held(name, "1")) for name in ("transformers", *others))
    whole = image(packages=Known(packages))
    resources = pod("x", "[python, t.py]")
    assert judged("transformers", "4.37.0", "CVE-2024-3568", resources, whole).effect is effect
    partly = image(packages=Known((*packages, Unresolved("a layer could not be read"))))
    assert judged("transformers", "4.37.0", "CVE-2024-3568", resources, partly).effect is Effect.UNKNOWN
    assert judged("transformers", "4.37.0", "CVE-2024-3568", resources).effect is Effect.UNKNOWN


def test_one_container_that_is_affected_decides_and_one_that_is_unclear_keeps_it_open() -> None:
    on, off, unclear = (
        users_of(vllm(command))[0][0]
        for command in (f"[vllm, serve, m, --kv-transfer-config, {MOONCAKE}]", VLLM, "[python, x.py]")
    )
    _, context = users_of(vllm(VLLM))
    for users, effect in (
        ([off, off], Effect.NOT_AFFECTED),
        ([off, unclear], Effect.UNKNOWN),
        ([off, unclear, on], Effect.AFFECTED),
        ([], Effect.UNKNOWN),
    ):
        found = judge(match("CVE-2025-32444"), held("vllm", "0.8.4"), None, users, context)
        assert found.effect is effect
        assert bool(found.missing) == (effect is Effect.UNKNOWN)


def test_nothing_is_said_where_no_condition_is_known() -> None:
    for name, version, advisory in (
        ("vllm", "0.8.4", "CVE-2000-1"),
        ("vllm", "0.8.5", "CVE-2025-32444"),
        ("other", "0.8.4", "CVE-2025-32444"),
        ("vllm", "not a version", "CVE-2025-32444"),
    ):
        assert judged(name, version, advisory, vllm(VLLM)) == Affects()


def test_a_condition_is_found_by_an_alias() -> None:
    users, context = users_of(vllm(VLLM))
    by_alias = match("GHSA-hj4w-hm2g-p6w5", "CVE-2025-32444")
    assert judge(by_alias, held("vllm", "0.8.4"), None, users, context).by == "vllm-mooncake"


def test_conditions_are_told_apart_and_cited() -> None:
    conditions = all_conditions()
    assert len({one.id for one in conditions}) == len(conditions)
    seen = [(advisory, name) for one in conditions for advisory in one.advisories for name in one.packages]
    assert len(set(seen)) == len(seen)
    for one in conditions:
        assert one.citations
        assert all(in_range("0.0.1", stated) is not None for stated in one.advisories.values())
    assert {one.exposure for one in conditions} == {
        f"DLX-{number:02}" for number in (1, 2, 3, 5, 10, 13, 14, 20, 22, 24, 25, 26, 27, 31, 33)
    }
    assert in_range("1", Version(range="<0.8.0", says="").range) is False


def test_looking_for_a_condition_is_little_work() -> None:
    users, context = users_of(vllm(VLLM))
    all_conditions()
    _, work = calls_of(lambda: judge(match("CVE-2000-1"), held("vllm", "0.8.4"), None, users, context))
    assert work < 500
