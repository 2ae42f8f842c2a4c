"""Amazon Inspector: images in our registry, and instances."""

from __future__ import annotations

import re
from datetime import date

from ourhalf.model.profile import Severity
from ourhalf.model.references import AwsDoc, WebPage
from ourhalf.model.responsibility import Platform
from ourhalf.monitor.facts import Facts
from ourhalf.monitor.recommendation import Because, Cost, Recommendation, Sight
from ourhalf.monitor.states import by_controls, reason, running, undeclared

_READ = date(2026, 11, 27)
_USER = "inspector/latest/user/"
_PRICES = WebPage("aws.amazon.com/inspector/pricing/", _READ)
_PRIVATE = re.compile(r"\d{12}\.dkr\.ecr\.")
_HOSTS = (Platform.EC2, Platform.ECS_EC2, Platform.EKS_NODES)


def _own(facts: Facts) -> tuple[str, ...]:
    """The images that workloads pull from a private registry that is not that of Deep Learning Containers."""
    pulled = (image for w in facts.workloads for image in w.images if image not in w.from_publisher)
    return tuple(dict.fromkeys(image for image in pulled if _PRIVATE.match(image)))


def _elsewhere(facts: Facts) -> tuple[str, ...]:
    """The images that are in no registry of ours, by name."""
    mine = set(_own(facts))
    return tuple(dict.fromkeys(image for w in facts.workloads for image in w.images if image not in mine))


def _images(facts: Facts) -> tuple[Because, ...]:
    own = _own(facts)
    pulled = (Because("images from a private registry", own),) if own else ()
    return (*reason("repositories of ours", facts.kind("EcrRepository")), *pulled)


IMAGES = Recommendation(
    id="inspector-images",
    title="Inspector scans images in our registry, again and again",
    service="Amazon Inspector",
    weight=Severity.HIGH,
    because=_images,
    already=by_controls(undeclared("enhanced scanning of the registry"), "ecr-registry-scans-all"),
    controls=("ecr-registry-scans-all",),
    needs=("inspector",),
    sees=(
        Sight(
            "Vulnerable OS and language packages in every image of the private registry, when pushed and whenever "
            "an advisory appears.",
            AwsDoc(_USER + "scanning-ecr.html", _READ),
        ),
    ),
    blind=(
        Sight(
            "Images pulled straight from the publisher's registry or the internet: it scans this account's "
            "private registry alone. Mirror them, or use `ourhalf vulnerabilities`.",
            AwsDoc(_USER + "scanning-ecr.html", _READ),
            _elsewhere,
        ),
    ),
    costs=(Cost("images scanned when pushed, and each scan again; the count of images kept matters", _PRICES),),
)

INSTANCES = Recommendation(
    id="inspector-instances",
    title="Inspector scans the instances that containers run on",
    service="Amazon Inspector",
    weight=Severity.MEDIUM,
    because=lambda facts: running(facts, "on hosts that we patch", *_HOSTS),
    already=by_controls(undeclared("that Inspector scans instances"), "inspector-scans-instances"),
    controls=("inspector-scans-instances",),
    needs=("inspector",),
    otherwise={
        "cloudformation": "it has no type that turns Inspector on for instances: aws inspector2 enable "
        "--resource-types EC2 ECR",
    },
    sees=(
        Sight(
            "Vulnerable packages of the host, and paths from the internet to it.",
            AwsDoc(_USER + "scanning-ec2.html", _READ),
        ),
    ),
    blind=(
        Sight(
            "The NVIDIA driver and container toolkit where they were installed without a package manager.",
            AwsDoc(_USER + "scanning-ec2.html", _READ),
        ),
    ),
    costs=(Cost("instances scanned, by the share of the month that each runs", _PRICES),),
)
