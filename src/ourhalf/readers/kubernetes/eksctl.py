"""Cluster files of eksctl, as the requests that it makes of EKS and EC2."""

from __future__ import annotations

from collections.abc import Iterator

from ourhalf.model.field import Unresolved
from ourhalf.model.resource import Language, Resource
from ourhalf.readers.kubernetes.objects import Identity
from ourhalf.readers.node import Node
from ourhalf.readers.requests import request_resource

_ROLE_OF_ACCOUNT = "eks.amazonaws.com/role-arn"
_ALL_LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")

Tree = dict[str, "Node | Tree | None"]
"""Nested fields of a request; those that are None are left out."""


def wants(who: Identity) -> bool:
    """Whether the object is a cluster file of eksctl."""
    return who.group == "eksctl.io" and who.kind == "ClusterConfig"


def resources(document: Node, who: Identity, language: Language, scope: str) -> Iterator[Resource]:
    """The cluster, its node groups and their templates, and what is installed in it."""
    cluster = document.dig("metadata.name") or document.with_value(who.name)
    for operation, at, fields in _requests(document, cluster):
        found = request_resource(operation, _tree(at, fields), language, scope)
        if found is not None:
            yield found


def service_accounts(document: Node) -> Iterator[Node]:
    """The service accounts that eksctl makes, as Kubernetes objects."""
    for entry in _list(document, "iam.serviceAccounts"):
        role = entry.get("attachRoleARN") or entry.unresolved("eksctl makes the role")
        metadata = entry.get("metadata")
        fields = dict(metadata.value) if metadata is not None and isinstance(metadata.value, dict) else {}
        fields["annotations"] = role.with_value({_ROLE_OF_ACCOUNT: role})
        yield entry.with_value(
            {
                "apiVersion": entry.with_value("v1"),
                "kind": entry.with_value("ServiceAccount"),
                "metadata": entry.with_value(fields),
            }
        )


def _requests(document: Node, cluster: Node) -> Iterator[tuple[str, Node, Tree]]:
    yield "eks:CreateCluster", document, _cluster(document, cluster)
    for group in _list(document, "managedNodeGroups"):
        template = _name(group, cluster)
        yield "eks:CreateNodegroup", group, _node_group(group, cluster, template)
        if group.get("launchTemplate") is None:
            yield "ec2:CreateLaunchTemplate", group, _template(group, template)
    for group in _list(document, "nodeGroups"):
        yield "ec2:CreateLaunchTemplate", group, _template(group, _name(group, cluster))
    for profile in _list(document, "fargateProfiles"):
        yield (
            "eks:CreateFargateProfile",
            profile,
            {
                "fargateProfileName": profile.get("name"),
                "clusterName": cluster,
                "selectors": profile.get("selectors"),
                "subnets": profile.get("subnets"),
                "podExecutionRoleArn": profile.get("podExecutionRoleARN"),
            },
        )
    for addon in _list(document, "addons"):
        yield (
            "eks:CreateAddon",
            addon,
            {
                "addonName": addon.get("name"),
                "clusterName": cluster,
                "addonVersion": addon.get("version"),
                "serviceAccountRoleArn": addon.get("serviceAccountRoleARN"),
                "configurationValues": addon.get("configurationValues"),
            },
        )
    yield from _access(document, cluster)


def _access(document: Node, cluster: Node) -> Iterator[tuple[str, Node, Tree]]:
    for association in _list(document, "iam.podIdentityAssociations"):
        yield (
            "eks:CreatePodIdentityAssociation",
            association,
            {
                "clusterName": cluster,
                "namespace": association.get("namespace"),
                "serviceAccount": association.get("serviceAccountName"),
                "roleArn": association.get("roleARN") or association.unresolved("eksctl makes the role"),
            },
        )
    for entry in _list(document, "accessConfig.accessEntries"):
        yield (
            "eks:CreateAccessEntry",
            entry,
            {
                "clusterName": cluster,
                "principalArn": entry.get("principalARN"),
                "type": entry.get("type"),
                "kubernetesGroups": entry.get("kubernetesGroups"),
            },
        )


def _cluster(document: Node, cluster: Node) -> Tree:
    key = document.dig("secretsEncryption.keyARN")
    encryption = None
    if key is not None:
        held = {"resources": key.with_value([key.with_value("secrets")]), "provider": key.with_value({"keyArn": key})}
        encryption = key.with_value([key.with_value(held)])
    mode = document.dig("accessConfig.authenticationMode")
    return {
        "name": cluster,
        "version": document.dig("metadata.version"),
        "tags": document.dig("metadata.tags"),
        "roleArn": document.dig("iam.serviceRoleARN"),
        "resourcesVpcConfig": {
            "endpointPublicAccess": document.dig("vpc.clusterEndpoints.publicAccess"),
            "endpointPrivateAccess": document.dig("vpc.clusterEndpoints.privateAccess"),
            "publicAccessCidrs": document.dig("vpc.publicAccessCIDRs"),
        },
        "encryptionConfig": encryption,
        "logging": {"clusterLogging": _logs(document)},
        "accessConfig": {
            "authenticationMode": mode or document.unresolved("the version of eksctl decides it"),
            "bootstrapClusterCreatorAdminPermissions": document.dig(
                "accessConfig.bootstrapClusterCreatorAdminPermissions"
            ),
        },
        "computeConfig": {"enabled": document.dig("autoModeConfig.enabled")},
        "upgradePolicy": {"supportType": document.dig("upgradePolicy.supportType")},
    }


def _logs(document: Node) -> Node | None:
    asked = document.dig("cloudWatch.clusterLogging.enableTypes")
    if asked is None or not isinstance(asked.value, list):
        return asked
    kinds = asked
    if any(child.value in ("*", "all") for child in asked.value):
        kinds = asked.with_value([asked.with_value(kind) for kind in _ALL_LOGS])
    return asked.with_value([asked.with_value({"types": kinds, "enabled": asked.with_value(True)})])


def _node_group(group: Node, cluster: Node, template: Node) -> Tree:
    single, custom = group.get("instanceType"), group.get("ami")
    types = group.get("instanceTypes") or (single.with_value([single]) if single is not None else None)
    allowed = group.dig("ssh.allow")
    open_to = group.dig("ssh.publicKeyName") or group.dig("ssh.publicKeyPath") or group.dig("ssh.publicKey") or allowed
    remote: Tree = {"ec2SshKey": open_to, "sourceSecurityGroups": group.dig("ssh.sourceSecurityGroupIds")}
    given = group.get("launchTemplate")
    return {
        "nodegroupName": group.get("name"),
        "clusterName": cluster,
        "nodeRole": group.dig("iam.instanceRoleARN"),
        "instanceTypes": types,
        "amiType": custom.with_value("CUSTOM") if custom is not None and custom.value != "auto" else None,
        "capacityType": _capacity(group),
        "releaseVersion": group.get("releaseVersion"),
        "subnets": group.get("subnets"),
        "remoteAccess": remote if allowed is not None and allowed.value is True else None,
        "launchTemplate": given if given is not None else {"name": template},
        "tags": group.get("tags"),
    }


def _capacity(group: Node) -> Node | None:
    spot = group.get("spot")
    return spot.with_value("SPOT") if spot is not None and spot.value is True else None


def _template(group: Node, name: Node) -> Tree:
    """The launch template that eksctl makes for a node group."""
    optional, no_pods = group.get("disableIMDSv1"), group.get("disablePodIMDS")
    tokens = group.unresolved("the version of eksctl decides it")
    if optional is not None:
        tokens = optional.with_value({True: "required", False: "optional"}.get(optional.value, optional.value))
    hops = group.with_value(2)
    if no_pods is not None:
        hops = no_pods.with_value(1 if no_pods.value is True else 2 if no_pods.value is False else no_pods.value)
    private = group.get("privateNetworking")
    public = private.with_value(not private.value) if private is not None and isinstance(private.value, bool) else None
    image = group.get("ami")
    volume: Tree = {
        "Encrypted": group.get("volumeEncrypted"),
        "KmsKeyId": group.get("volumeKmsKeyID"),
        "VolumeSize": group.get("volumeSize"),
    }
    device = _tree(group, {"DeviceName": group.get("volumeName"), "Ebs": volume})
    interface = _tree(group, {"AssociatePublicIpAddress": public, "Groups": group.dig("securityGroups.attachIDs")})
    return {
        "LaunchTemplateName": name,
        "LaunchTemplateData": {
            "ImageId": image if image is not None and isinstance(image.value, str | Unresolved) else None,
            "InstanceType": group.get("instanceType"),
            "KeyName": group.dig("ssh.publicKeyName"),
            "MetadataOptions": {"HttpTokens": tokens, "HttpPutResponseHopLimit": hops},
            "BlockDeviceMappings": group.with_value([device]),
            "NetworkInterfaces": group.with_value([interface]),
            "UserData": group.get("overrideBootstrapCommand"),
        },
    }


def _name(group: Node, cluster: Node) -> Node:
    name = group.get("name")
    return group.with_value(f"eksctl-{cluster.text() or '?'}-{(name.text() if name else None) or group.line}")


def _list(document: Node, path: str) -> Iterator[Node]:
    found = document.dig(path)
    if found is not None:
        yield from found.list()


def _tree(at: Node, fields: Tree) -> Node:
    """A mapping at the place of `at`; a group of fields that are all left out is left out too."""
    found: dict[str, Node] = {}
    for key, value in fields.items():
        if isinstance(value, Node):
            found[key] = value
        elif value is not None and (inner := _tree(at, value)).value:
            found[key] = inner
    return at.with_value(found)
