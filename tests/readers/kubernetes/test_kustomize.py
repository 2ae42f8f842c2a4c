"""Kustomizations over local bases."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Field, Known, entry
from ourhalf.readers.kubernetes.patches import PatchError, merged, operated
from ourhalf.readers.node import from_plain, plain
from ourhalf.resources.kubernetes import PodContainer, PodTemplate
from ourhalf.resources.kubernetes_access import KubernetesRoleBinding, ServiceAccount
from ourhalf.resources.kubernetes_network import KubernetesService, NetworkPolicy
from ourhalf.resources.kubernetes_storage import ConfigMap
from tests.support import read

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: runner
      containers:
      - name: main
        image: repo/app:1
        ports: [{containerPort: 80}]
        envFrom: [{configMapRef: {name: conf}}]
        securityContext: {privileged: true}
      - {name: side, image: 'repo/side:1'}
"""
ACCOUNT = """apiVersion: v1
kind: ServiceAccount
metadata: {name: runner}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b}
roleRef: {kind: Role, name: r}
subjects: [{kind: ServiceAccount, name: runner, namespace: default}]
"""
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n"
BASE = {
    "base/kustomization.yaml": "resources: [web.yaml, account.yaml, service.yaml]\n"
    "configMapGenerator: [{name: conf, literals: [A=1, B=2]}]\n",
    "base/web.yaml": DEPLOYMENT,
    "base/account.yaml": ACCOUNT,
    "base/service.yaml": SERVICE,
}


def overlay(text: str, **more: str) -> Evidence:
    files = {**BASE, "over/kustomization.yaml": f"resources: [../base]\n{text}"}
    return read({**files, **{f"over/{name}.yaml": body for name, body in more.items()}})


def pod(found: Evidence) -> PodTemplate:
    (one,) = [r for r in found.resources if isinstance(r, PodTemplate)]
    return one


def containers(found: Evidence) -> dict[str, PodContainer]:
    listed = pod(found).containers
    assert isinstance(listed, Known)
    return {c.name: c for c in listed.value if isinstance(c, PodContainer)}


def value(field: Field[Any]) -> Any:
    assert isinstance(field, Known), field
    return field.value


def test_a_base_that_an_overlay_uses_is_read_through_it_only() -> None:
    found = overlay("namespace: prod\n")
    assert not found.unread
    assert pod(found).namespace == "prod"
    assert found.files == 5
    assert pod(found).place.path == "base/web.yaml"


def test_namespace_and_names_reach_what_names_them() -> None:
    found = overlay("namespace: prod\nnamePrefix: a-\nnameSuffix: -z\n")
    by_kind = {type(r): r for r in found.resources}
    binding = by_kind[KubernetesRoleBinding]
    assert isinstance(binding, KubernetesRoleBinding)
    subject = value(binding.subjects)[0]
    assert (value(subject.subject), value(subject.namespace)) == ("a-runner-z", "prod")
    assert by_kind[ServiceAccount].name == "a-runner-z"
    assert value(pod(found).service_account) == "a-runner-z"
    assert value(containers(found)["main"].environment_files) == ("ConfigMap/a-conf-z",)
    assert by_kind[ConfigMap].name == "a-conf-z"


def test_labels_reach_selectors_only_where_asked() -> None:
    everywhere = overlay("commonLabels: {env: prod}\n")
    objects = overlay("labels: [{pairs: {env: prod}}]\n")
    for found, expected in ((everywhere, True), (objects, False)):
        service = next(r for r in found.resources if isinstance(r, KubernetesService))
        assert isinstance(entry(service.selector, "env"), Known) is expected
        assert isinstance(entry(pod(found).labels, "env"), Known) is expected
        assert isinstance(entry(service.labels, "env"), Known)


@pytest.mark.parametrize(
    ("change", "image"),
    [
        ("newTag: '2'", "repo/app:2"),
        ("newName: other/app", "other/app:1"),
        ("newName: other/app, digest: 'sha256:abc'", "other/app@sha256:abc"),
    ],
)
def test_images(change: str, image: str) -> None:
    found = containers(overlay(f"images: [{{name: repo/app, {change}}}]\n"))
    assert value(found["main"].image) == image
    assert found["main"].image.place.path == "over/kustomization.yaml"
    assert value(found["side"].image) == "repo/side:1"


def test_patches_of_every_form() -> None:
    strategic = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n"
        "      hostNetwork: true\n      containers:\n      - {name: side, $patch: delete}\n"
        "      - {name: main, securityContext: {privileged: null}, ports: [{containerPort: 81}]}\n"
    )
    found = overlay(
        "patches:\n- path: p.yaml\n- target: {kind: Deployment, name: 'w.*'}\n  patch: |-\n"
        "    - {op: replace, path: /spec/replicas, value: 4}\n"
        "    - {op: add, path: /spec/template/spec/containers/0/args, value: [serve]}\n",
        p=strategic,
    )
    assert not found.unread
    assert list(containers(found)) == ["main"]
    main = containers(found)["main"]
    assert value(pod(found).host_network) is True
    assert pod(found).host_network.place.path == "over/p.yaml"
    assert not isinstance(main.privileged, Known)
    assert [value(port.container_port) for port in value(main.ports)] == [81, 80]
    assert value(main.arguments) == ("serve",)
    assert value(pod(found).replicas) == 4


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("patches: [{path: none.yaml}]\n", "none.yaml: no such file"),
        ("patches: [{target: {kind: Deployment}, patch: '[{op: remove, path: /spec/no}]'}]\n", "does not fit"),
        (
            "patches: [{target: {name: web}, patch: '[{op: remove, path: /spec/template/spec/containers/²}]'}]\n",
            "there is no element ² to patch",
        ),
        ("patches: [{patch: '{apiVersion: v1, kind: Pod, metadata: {name: no}}'}]\n", "fits no object"),
        ("patches: [{target: {kind: Pod}, patch: '[{op: '}]\n", "cannot be read"),
        ("helmCharts: [{name: c}]\n", "not rendered"),
        ("components: [../none]\n", "no such component"),
        ("replacements: [{}]\n", "are not made"),
        ("bases: ['github.com/x/y//z?ref=v1']\n", "is not fetched"),
        ("bases: [../../../etc]\n", "outside of the target"),
    ],
)
def test_what_cannot_be_read_or_applied_is_told(text: str, reason: str) -> None:
    found = overlay(text)
    assert any(reason in u.reason for u in found.unread), found.unread
    assert pod(found).name == "web"


def test_overlays_that_agree_are_one_and_those_that_differ_are_told_apart() -> None:
    files = {
        **BASE,
        "dev/kustomization.yaml": "resources: [../base]\n",
        "prod/kustomization.yaml": "resources: [../base]\nreplicas: [{name: web, count: 3}]\n",
    }
    found = read(files)
    assert sorted(r.name for r in found.resources if isinstance(r, PodTemplate)) == ["dev/web", "prod/web"]
    assert [r.name for r in found.resources if isinstance(r, ServiceAccount)] == ["runner"]


def test_a_policy_that_selects_every_pod_goes_on_doing_so() -> None:
    policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: {podSelector: {}}\n"
    found = read({"a/kustomization.yaml": "resources: [p.yaml]\ncommonLabels: {x: y}\n", "a/p.yaml": policy})
    (one,) = found.resources
    assert isinstance(one, NetworkPolicy)
    assert not isinstance(one.pod_labels, Known)


def test_components_act_on_what_was_gathered_before() -> None:
    files = {
        **BASE,
        "over/kustomization.yaml": "resources: [../base]\ncomponents: [../comp]\n",
        "comp/kustomization.yaml": "kind: Component\nimages: [{name: repo/app, newTag: '9'}]\n",
    }
    assert value(containers(read(files))["main"].image) == "repo/app:9"


@pytest.mark.parametrize(
    "texts",
    [
        {"a/kustomization.yaml": "resources: [../b]", "b/kustomization.yaml": "resources: [../a]"},
        {"a/kustomization.yaml": "resources: [.]"},
        {"a/kustomization.yaml": "resources: [a: b, 1, null, [x]]\npatches: [1]\nimages: {a: b}\nlabels: x"},
        {"a/kustomization.yaml": "- a"},
        {"a/kustomization.yaml": "a: [b"},
        {"a/kustomization.yaml": ""},
    ],
)
def test_kustomizations_that_make_no_sense(texts: dict[str, str]) -> None:
    found = read(texts)
    assert not [u for u in found.unread if "the reader failed" in u.reason]


def test_a_kustomization_that_includes_itself_is_told() -> None:
    found = read({"a/kustomization.yaml": "resources: [../b]", "b/kustomization.yaml": "resources: [../a]"})
    assert any("includes itself" in u.reason for u in found.unread)


def test_bases_that_are_included_many_times_over_cost_little() -> None:
    files = {f"l{n}/kustomization.yaml": f"resources: [../l{n + 1}, ../l{n + 1}, none]" for n in range(25)}
    found = read({**files, "l25/kustomization.yaml": "resources: [none]"})
    assert 20 < len(found.unread) < 60


def test_null_takes_a_field_away() -> None:
    assert plain(merged(from_plain({"a": 1, "b": 2}), from_plain({"a": None}), built_in=True)) == {"b": 2}


def test_a_list_is_merged_by_element_only_where_kubernetes_does() -> None:
    base = from_plain({"containers": [{"name": "a", "x": 1}], "args": ["1"]})
    patch = from_plain({"containers": [{"name": "a", "y": 2}], "args": ["2"]})
    assert plain(merged(base, patch, built_in=True)) == {"containers": [{"name": "a", "x": 1, "y": 2}], "args": ["2"]}
    assert plain(merged(base, patch, built_in=False)) == {"containers": [{"name": "a", "y": 2}], "args": ["2"]}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "add", "path": "/a/-", "value": 3}, {"a": [1, 2, 3], "b/c": 0}),
        ({"op": "add", "path": "/a/0", "value": 3}, {"a": [3, 1, 2], "b/c": 0}),
        ({"op": "replace", "path": "/b~1c", "value": 3}, {"a": [1, 2], "b/c": 3}),
        ({"op": "remove", "path": "/a/1"}, {"a": [1], "b/c": 0}),
        ({"op": "move", "from": "/b~1c", "path": "/d"}, {"a": [1, 2], "d": 0}),
        ({"op": "copy", "from": "/a/0", "path": "/d"}, {"a": [1, 2], "b/c": 0, "d": 1}),
        ({"op": "add", "path": "/a", "value": None}, {"a": None, "b/c": 0}),
        ({"op": "test", "path": "/a", "value": 3}, {"a": [1, 2], "b/c": 0}),
    ],
)
def test_operations(operation: dict[str, object], expected: object) -> None:
    assert plain(operated(from_plain({"a": [1, 2], "b/c": 0}), from_plain([operation]))) == expected


VALUES = st.sampled_from([None, 1, "x", [1], {"k": 1}])
PATHS = st.sampled_from(["", "/", "/a", "/a/0", "/a/-", "/a/9", "/a/x", "/b", "/b/k", "/~2", "a"])
OPERATIONS = st.fixed_dictionaries(
    {},
    optional={
        "op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test", "no", 1]),
        "path": PATHS | st.integers(),
        "from": PATHS,
        "value": VALUES,
    },
)


@given(st.lists(OPERATIONS, max_size=4))
def test_an_operation_fits_or_says_why_not(operations: list[dict[str, object]]) -> None:
    with suppress(PatchError):
        assert operated(from_plain({"a": [1, 2], "b": {"k": 1}}), from_plain(operations)) is not None


@pytest.mark.parametrize("path", ["/a/-", "/a/9", "/no", "/a/x", "/a/0/b", "/x" * 100])
def test_an_operation_that_does_not_fit(path: str) -> None:
    with pytest.raises(PatchError):
        operated(from_plain({"a": [1, 2]}), from_plain([{"op": "remove", "path": path}]))
