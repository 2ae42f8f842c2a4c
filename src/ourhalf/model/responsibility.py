"""Parties, the layers that they answer for, and the ways to run a container."""

import msgspec

from ourhalf.model.word import Word


class Party(Word):
    """Who answers."""

    PROVIDER = "provider"
    PUBLISHER = "publisher"
    CUSTOMER = "customer"
    SHARED = "shared"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Service(Word):
    """The service that runs a container."""

    EC2 = "ec2"
    ECS = "ecs"
    EKS = "eks"
    SAGEMAKER = "sagemaker"


class Platform(Word):
    """A way to run a container: the columns of the responsibility matrix."""

    EC2 = "ec2"
    ECS_EC2 = "ecs-ec2"
    ECS_MANAGED_INSTANCES = "ecs-managed-instances"
    ECS_FARGATE = "ecs-fargate"
    EKS_NODES = "eks-nodes"
    EKS_FARGATE = "eks-fargate"
    EKS_AUTO = "eks-auto"
    SAGEMAKER_NOTEBOOK = "sagemaker-notebook"
    SAGEMAKER_JOB = "sagemaker-job"
    SAGEMAKER_ENDPOINT = "sagemaker-endpoint"
    SAGEMAKER_HYPERPOD = "sagemaker-hyperpod"

    @property
    def service(self) -> Service:
        """The service that the platform belongs to."""
        return _SERVICES[self]


_SERVICES = {platform: Service(platform.value.split("-", 1)[0]) for platform in Platform}


class Layer(Word):
    """What somebody must answer for: the rows of the responsibility matrix, in its order."""

    FACILITIES = "facilities"
    HYPERVISOR = "hypervisor"
    TENANT_ISOLATION = "tenant-isolation"
    HOST_PATCHING = "host-patching"
    HOST_HARDENING = "host-hardening"
    CONTAINER_RUNTIME = "container-runtime"
    GPU_STACK = "gpu-stack"
    CONTROL_PLANE = "control-plane"
    ORCHESTRATOR_ADD_ONS = "orchestrator-add-ons"
    CLUSTER_VERSION = "cluster-version"
    NODE_IMAGE = "node-image"
    SCALING = "scaling"
    IMAGE_OS_PACKAGES = "image-os-packages"
    IMAGE_FRAMEWORK = "image-framework"
    IMAGE_CONFIGURATION = "image-configuration"
    CUSTOMER_CODE = "customer-code"
    MODELS_AND_DATA = "models-and-data"
    REGISTRY_SERVICE = "registry-service"
    REGISTRY_SETTINGS = "registry-settings"
    IDENTITY = "identity"
    KUBERNETES_ACCESS = "kubernetes-access"
    WORKLOAD_SETTINGS = "workload-settings"
    NETWORK = "network"
    SERVICE_ENDPOINTS = "service-endpoints"
    ENCRYPTION_AT_REST = "encryption-at-rest"
    ENCRYPTION_IN_TRANSIT = "encryption-in-transit"
    KEY_MANAGEMENT = "key-management"
    CONTROL_PLANE_LOGS = "control-plane-logs"
    CONTAINER_LOGS = "container-logs"
    THREAT_DETECTION = "threat-detection"
    VULNERABILITY_SCANNING = "vulnerability-scanning"
    BACKUP = "backup"
    AVAILABILITY = "availability"
    USAGE_TRACKING = "usage-tracking"
    LEGAL = "legal"
    INCIDENT_RESPONSE = "incident-response"
    DECOMMISSIONING = "decommissioning"


class Responsibility(msgspec.Struct, frozen=True):
    """Who answers for one layer, where and why.

    `action` is set where one party publishes and another must apply: it says what to apply.
    `candidates` are the parties that remain possible where `party` is unknown.
    """

    layer: Layer
    party: Party
    why: str
    action: str | None = None
    candidates: tuple[Party, ...] = ()
    sources: tuple[str, ...] = ()
