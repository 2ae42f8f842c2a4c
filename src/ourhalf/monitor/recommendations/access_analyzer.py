"""IAM Access Analyzer: what others can reach."""

from __future__ import annotations

from datetime import date

from ourhalf.model.profile import Severity
from ourhalf.model.references import AwsDoc, WebPage
from ourhalf.monitor.facts import Facts
from ourhalf.monitor.recommendation import Because, Cost, Recommendation, Sight
from ourhalf.monitor.states import by_controls, reason, undeclared

_READ = date(2026, 11, 27)
_TYPES = AwsDoc("IAM/latest/UserGuide/access-analyzer-resources.html", _READ)


def _shared(facts: Facts) -> tuple[Because, ...]:
    return (
        *reason("buckets", [bucket.thing for bucket in facts.buckets]),
        *reason("roles", facts.kind("IamRole")),
        *reason("keys", facts.kind("KmsKey")),
        *reason("repositories", facts.kind("EcrRepository")),
        *reason("file systems", facts.kind("EfsFileSystem")),
    )


EXTERNAL = Recommendation(
    id="access-analyzer",
    title="Access Analyzer finds what is open to others",
    service="IAM Access Analyzer",
    weight=Severity.MEDIUM,
    because=_shared,
    already=by_controls(undeclared("an analyzer"), "iam-access-analyzed"),
    controls=("iam-access-analyzed",),
    sees=(
        Sight(
            "Buckets, roles, keys, repositories and file systems whose policy lets another account or everyone in.",
            _TYPES,
        ),
    ),
    blind=(
        Sight(
            "What identities in the account may do, and whether anybody came in: it reads policies, not events.", _TYPES
        ),
    ),
    costs=(
        Cost(
            "nothing for access from outside; analyzers of unused access, which this is not, by roles and users",
            WebPage("aws.amazon.com/iam/access-analyzer/pricing/", _READ),
        ),
    ),
)
