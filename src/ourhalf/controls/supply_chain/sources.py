"""Where images and training data come from."""

from __future__ import annotations

import re
from datetime import date

from ourhalf.controls.s3_addresses import owned
from ourhalf.controls.sagemaker import worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, doubt, elements
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc
from ourhalf.model.verdict import Verdict
from ourhalf.resources.ecr import EcrPullThroughCache
from ourhalf.resources.sagemaker_jobs import SageMakerTrainingJob

_READ = date(2026, 10, 2)


def _is_host(host: str, registry: str) -> bool:
    """Whether an approved registry, or an approved path in it, is at `host`; `*` is any text."""
    pattern = re.escape(registry.partition("/")[0]).replace(r"\*", ".*")
    return re.fullmatch(pattern, host) is not None


def _approved(cache: EcrPullThroughCache, context: Context) -> Verdict | None:
    approved = context.requirements.parameters.approved_registries
    if not approved:
        return None
    match cache.upstream:
        case Known(host) as field:
            if any(_is_host(host, registry) for registry in approved):
                return Verdict.passed(f"{host} is approved", field)
            return Verdict.failed(f"{host} is none of the registries that the profile approves", field)
        case field:
            return Verdict.unknown(field)


CACHE_APPROVED = Control(
    id="ecr-cache-upstream-approved",
    title="Pull-through caches take images from approved registries",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.LOW,
    layer=Layer.REGISTRY_SETTINGS,
    applies_to=EcrPullThroughCache,
    evaluate=_approved,
    rationale="Whoever may pull through the cache puts any image of its upstream into a registry that others trust.",
    remedy="Take the rule out, or list its upstream under `approved_registries` in the profile.",
    citations=(AwsDoc("AmazonECR/latest/userguide/pull-through-cache.html", _READ),),
    rows=("ecr-011",),
)


def _data_owned(job: SageMakerTrainingJob, context: Context) -> Verdict | None:
    asked = context.requirements
    if not asked.parameters.trusted_accounts and not asked.sensitivity.at_least(Sensitivity.CONFIDENTIAL):
        return None
    hidden = doubt(job.channels)
    verdicts = [] if hidden is None else [Verdict.unknown(hidden)]
    verdicts += [
        owned(channel.uri, context, job) for channel in elements(job.channels) if not isinstance(channel.uri, Absent)
    ]
    return worst(verdicts)


DATA_OWNED = Control(
    id="sagemaker-training-data-owned",
    title="Training data comes from buckets of ours, or of accounts that the company lists",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.MODELS_AND_DATA,
    applies_to=SageMakerTrainingJob,
    evaluate=_data_owned,
    rationale="Whoever may write the data teaches the model; a stranger's bucket is written by strangers.",
    remedy="Copy the data into a bucket of the account, or list the account under `trusted_accounts` in the profile.",
    citations=(AwsDoc("sagemaker/latest/APIReference/API_S3DataSource.html", _READ),),
    rows=("sagemaker-050",),
)
