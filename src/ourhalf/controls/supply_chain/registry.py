"""Registries and builds: what gets into images, and whether a tag means the same image tomorrow."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.judgements import setting
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Known, Redacted, Unresolved, doubt, effective, elements, holds
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.resources.codebuild import CodeBuildProject
from ourhalf.resources.ecr import EcrRegistryScanning, EcrRepository

_READ = date(2026, 10, 2)
_HUB = AwsDoc("securityhub/latest/userguide/ecr-controls.html", _READ)


def _scanned(repository: EcrRepository, context: Context) -> Verdict:
    match holds(repository.scan_on_push, bool):
        case True:
            return Verdict.passed("images are scanned when they are pushed", repository.scan_on_push)
        case None:
            return Verdict.unknown(repository.scan_on_push)
    for registry in context.graph.all(EcrRegistryScanning, repository):
        if _covers_all(registry):
            return Verdict.passed("the registry scans the images of every repository", registry.rules)
        hidden = doubt(registry.rules)
        if hidden is not None:
            return Verdict.unknown(hidden)
    return Verdict.failed("images are not scanned when they are pushed", repository.scan_on_push)


def _covers_all(registry: EcrRegistryScanning) -> bool:
    for rule in elements(registry.rules):
        often = effective(rule.frequency) in ("SCAN_ON_PUSH", "CONTINUOUS_SCAN")
        if often and any(effective(f.pattern) == "*" for f in elements(rule.filters)):
            return True
    return False


SCANNED = Control(
    id="ecr-repository-scanned",
    title="Images are scanned for vulnerabilities when they are pushed",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.VULNERABILITY_SCANNING,
    applies_to=EcrRepository,
    evaluate=_scanned,
    rationale="A deep learning image holds thousands of packages; what nobody scans, nobody patches.",
    remedy="Turn on scanning on push, or scan the whole registry with Inspector.",
    settings={"scan_on_push": True},
    citations=(_HUB, AwsDoc("AmazonECR/latest/userguide/image-scanning.html", _READ)),
    same_as=(
        SecurityHub("ECR.1"),
        Checkov("CKV_AWS_163"),
        Trivy("AWS-0030"),
        Prowler("ecr_repositories_scan_images_on_push_enabled"),
        ConfigRule("ecr-private-image-scanning-enabled"),
    ),
    rows=("ecr-001",),
)


def _registry_scans(registry: EcrRegistryScanning, _: Context) -> Verdict:
    hidden = doubt(registry.rules)
    if _covers_all(registry):
        return Verdict.passed("every repository is scanned", registry.rules)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.failed("not every repository is scanned when images are pushed", registry.rules)


REGISTRY_SCANS = Control(
    id="ecr-registry-scans-all",
    title="Registry scanning covers every repository",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.VULNERABILITY_SCANNING,
    applies_to=EcrRegistryScanning,
    evaluate=_registry_scans,
    rationale="A repository that a filter leaves out is scanned by nobody.",
    remedy="Add a rule with the filter * and continuous scanning or scanning on push.",
    settings={
        "scan_type": "ENHANCED",
        "rules": [{"frequency": "SCAN_ON_PUSH", "filters": [{"pattern": "*", "kind": "WILDCARD"}]}],
    },
    citations=(AwsDoc("AmazonECR/latest/userguide/image-scanning.html", _READ),),
    same_as=(
        SecurityHub("Inspector.2"),
        Prowler("ecr_registry_scan_images_on_push_enabled"),
        ConfigRule("inspector-ecr-scan-enabled"),
    ),
    rows=("ecr-002", "inspector-001"),
)

IMMUTABLE = Control(
    id="ecr-repository-tags-immutable",
    title="Tags of images cannot be moved",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.REGISTRY_SETTINGS,
    applies_to=EcrRepository,
    evaluate=setting(
        lambda r: r.tag_mutability,
        lambda value: value.startswith("IMMUTABLE"),
        "a tag keeps naming the image that it was given to",
        "a tag can be moved to another image",
    ),
    rationale="A tag that can be moved lets whoever may push replace what runs, without a change in any configuration.",
    remedy="Set tag mutability to IMMUTABLE.",
    settings={"tag_mutability": "IMMUTABLE"},
    citations=(_HUB, AwsDoc("AmazonECR/latest/userguide/image-tag-mutability.html", _READ)),
    same_as=(
        SecurityHub("ECR.2"),
        Checkov("CKV_AWS_51"),
        Trivy("AWS-0031"),
        Prowler("ecr_repositories_tag_immutability"),
        ConfigRule("ecr-private-tag-immutability-enabled"),
    ),
    rows=("ecr-003",),
)

BUILD_UNPRIVILEGED = Control(
    id="codebuild-unprivileged",
    title="Builds run without privileged mode",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.CUSTOMER_CODE,
    applies_to=CodeBuildProject,
    evaluate=setting(
        lambda p: p.privileged,
        lambda value: not value,
        "the build is not privileged",
        "the build is root on its host; a build of images may need it",
    ),
    rationale="What a privileged build runs, the scripts of dependencies included, owns the build's host and role.",
    remedy="Turn it off, or build images with a builder that needs no Docker daemon.",
    settings={"privileged": False},
    citations=(AwsDoc("securityhub/latest/userguide/codebuild-controls.html", _READ),),
    same_as=(
        SecurityHub("CodeBuild.5"),
        Checkov("CKV_AWS_316"),
        ConfigRule("codebuild-project-environment-privileged-check"),
    ),
    rows=("codebuild-001",),
)

_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def _no_credentials(project: CodeBuildProject, _: Context) -> Verdict:
    for variable in elements(project.variables):
        plain = effective(variable.source)
        secret = isinstance(variable.value, Known) and isinstance(variable.value.value, Redacted)
        if plain == "PLAINTEXT" and (effective(variable.variable) in _CREDENTIALS or secret):
            return Verdict.failed("a secret stands in the build's environment", variable.variable, variable.value)
    for variable in elements(project.variables):
        for field in (variable.variable, variable.source):
            if isinstance(field, Unresolved):
                return Verdict.unknown(field)
    hidden = doubt(project.variables)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.passed("no secret stands in the build's environment", project.variables)


BUILD_SECRETS = Control(
    id="codebuild-no-secrets",
    title="Builds take no secrets from plain variables",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.CRITICAL,
    layer=Layer.CUSTOMER_CODE,
    applies_to=CodeBuildProject,
    evaluate=_no_credentials,
    rationale="A plain variable is shown to everyone who may look at the project, and in build logs.",
    remedy="Give the variable the type SECRETS_MANAGER or PARAMETER_STORE; use the build's role instead of keys.",
    citations=(AwsDoc("securityhub/latest/userguide/codebuild-controls.html", _READ),),
    same_as=(SecurityHub("CodeBuild.2"), ConfigRule("codebuild-project-envvar-awscred-check")),
    rows=("codebuild-002",),
)
