"""What ourhalf says of the configuration that it writes."""

from __future__ import annotations

from ourhalf.assess import assess
from ourhalf.model.evidence import Unread
from ourhalf.model.profile import Sensitivity
from ourhalf.model.verdict import Status
from ourhalf.profile.document import Profile
from tests.support import TODAY, read

EXPLAINED = {
    "log-group-masks-personal-data": "the group holds the events of the trail, whose names auditors need unmasked",
    "s3-bucket-customer-key": "S3 delivers access logs only to a bucket that it encrypts with its own key",
    "s3-bucket-mfa-delete": "only the root user can turn it on, with a device, and no template can",
    "s3-bucket-object-lock": "AWS Config delivers to no bucket with a default retention",
    "s3-bucket-replicated": "the other region is a choice of the company",
}
"""What fails of the files under a profile of regulated data, and why they leave it so; see docs/monitoring.md."""


def failures(texts: dict[str, str], regulated: bool = False) -> tuple[list[tuple[str, str]], tuple[Unread, ...]]:
    """The controls that fail, with their subjects, and what could not be read."""
    profile = Profile(sensitivity=Sensitivity.REGULATED) if regulated else Profile()
    done = assess(read(texts), (".",), TODAY, profile)
    assert done.findings
    return [(f.control, f.subject.name) for f in done.findings if f.status is Status.FAIL], done.unread
