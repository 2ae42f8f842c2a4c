"""How pods are reached, and what may reach them."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Entries, Field, Many
from ourhalf.model.resource import At, Names, Part, Resource

_SERVICE = "https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/"
_POLICY = "https://kubernetes.io/docs/concepts/services-networking/network-policies/"


class ServicePort(Part, frozen=True):
    """A port of a service. `target` is the number or the name of a port of its pods."""

    name: str = ""
    port: Annotated[Field[int], At(kubernetes="port")] = ABSENT
    target: Annotated[Field[str], At(kubernetes="targetPort|port")] = ABSENT
    node_port: Annotated[Field[int], At(kubernetes="nodePort")] = ABSENT
    protocol: Annotated[Field[str], At(kubernetes="protocol", default="TCP", source=_SERVICE)] = ABSENT


class KubernetesService(Resource, frozen=True):
    """A name and address in front of pods; its annotations say what load balancer it gets."""

    names = Names(kubernetes="v1/Service")

    namespace: str = "default"
    service_type: Annotated[Field[str], At(kubernetes="spec.type", default="ClusterIP", source=_SERVICE)] = ABSENT
    selector: Annotated[Field[Entries[str]], At(kubernetes="spec.selector")] = ABSENT
    ports: Annotated[Many[ServicePort], At(kubernetes="spec.ports")] = ABSENT
    cluster_ip: Annotated[Field[str], At(kubernetes="spec.clusterIP")] = ABSENT
    external_ips: Annotated[Many[str], At(kubernetes="spec.externalIPs")] = ABSENT
    source_ranges: Annotated[Many[str], At(kubernetes="spec.loadBalancerSourceRanges")] = ABSENT
    load_balancer_class: Annotated[Field[str], At(kubernetes="spec.loadBalancerClass")] = ABSENT
    external_name: Annotated[Field[str], At(kubernetes="spec.externalName")] = ABSENT
    annotations: Annotated[Field[Entries[str]], At(kubernetes="metadata.annotations")] = ABSENT
    labels: Annotated[Field[Entries[str]], At(kubernetes="metadata.labels")] = ABSENT


class IngressRule(Part, frozen=True):
    """A host name, and the paths below it with the services that answer there."""

    host: Annotated[Field[str], At(kubernetes="host")] = ABSENT
    paths: Annotated[Field[Any], At(kubernetes="http.paths")] = ABSENT


class KubernetesIngress(Resource, frozen=True):
    """Rules by which requests from outside reach services; its annotations say through what."""

    names = Names(kubernetes="networking.k8s.io/Ingress|extensions/Ingress")

    namespace: str = "default"
    ingress_class: Annotated[Field[str], At(kubernetes="spec.ingressClassName")] = ABSENT
    tls: Annotated[Field[Any], At(kubernetes="spec.tls")] = ABSENT
    rules: Annotated[Many[IngressRule], At(kubernetes="spec.rules")] = ABSENT
    default_backend: Annotated[Field[Any], At(kubernetes="spec.defaultBackend|spec.backend")] = ABSENT
    annotations: Annotated[Field[Entries[str]], At(kubernetes="metadata.annotations")] = ABSENT


class NetworkPolicy(Resource, frozen=True):
    """What connections the pods that it selects may take and make. No selector selects every pod."""

    names = Names(kubernetes="networking.k8s.io/NetworkPolicy")

    namespace: str = "default"
    pod_labels: Annotated[Field[Entries[str]], At(kubernetes="spec.podSelector.matchLabels")] = ABSENT
    pod_expressions: Annotated[Field[Any], At(kubernetes="spec.podSelector.matchExpressions")] = ABSENT
    policy_types: Annotated[Many[str], At(kubernetes="spec.policyTypes")] = ABSENT
    ingress: Annotated[Field[Any], At(kubernetes="spec.ingress")] = ABSENT
    egress: Annotated[Field[Any], At(kubernetes="spec.egress")] = ABSENT
