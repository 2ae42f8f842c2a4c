"""What a control, a default or a cell of the matrix cites, and the ids that others give the same test."""

from datetime import date
from typing import ClassVar

import msgspec


class Citation(msgspec.Struct, frozen=True, tag=True):
    """A public source and the day it was read."""

    base: ClassVar[str] = ""

    page: str
    read: date

    @property
    def url(self) -> str:
        """The address of the page."""
        return self.base + self.page


class AwsDoc(Citation, frozen=True):
    """A page of the AWS documentation, below docs.aws.amazon.com."""

    base: ClassVar[str] = "https://docs.aws.amazon.com/"


class KubernetesDoc(Citation, frozen=True):
    """A page of the Kubernetes documentation, below kubernetes.io/docs."""

    base: ClassVar[str] = "https://kubernetes.io/docs/"


class Repository(Citation, frozen=True):
    """A file or page of a public GitHub repository: owner/name/path."""

    base: ClassVar[str] = "https://github.com/"


class Cve(Citation, frozen=True):
    """A CVE record; `page` is the id."""

    base: ClassVar[str] = "https://www.cve.org/CVERecord?id="


class WebPage(Citation, frozen=True):
    """Any other page; `page` is host and path."""

    base: ClassVar[str] = "https://"


class PeerTest(msgspec.Struct, frozen=True, tag=True):
    """The id that another tool or benchmark gives to the same test."""

    tool: ClassVar[str] = ""
    grammar: ClassVar[str] = ""

    id: str


class Checkov(PeerTest, frozen=True):
    """A Checkov check."""

    tool: ClassVar[str] = "Checkov"
    grammar: ClassVar[str] = r"CKV2?_[A-Z0-9]+_\d+"


class Trivy(PeerTest, frozen=True):
    """A Trivy misconfiguration check."""

    tool: ClassVar[str] = "Trivy"
    grammar: ClassVar[str] = r"(AWS|KSV|KCV|DS|AVD-[A-Z]+)-\d{4}"


class Prowler(PeerTest, frozen=True):
    """A Prowler check."""

    tool: ClassVar[str] = "Prowler"
    grammar: ClassVar[str] = r"[A-Za-z0-9_]+"


class SecurityHub(PeerTest, frozen=True):
    """An AWS Security Hub control."""

    tool: ClassVar[str] = "Security Hub"
    grammar: ClassVar[str] = r"[A-Za-z0-9]+\.\d+"


class ConfigRule(PeerTest, frozen=True):
    """An AWS Config managed rule."""

    tool: ClassVar[str] = "AWS Config"
    grammar: ClassVar[str] = r"[a-z0-9-]+"


class Cis(PeerTest, frozen=True):
    """A CIS benchmark recommendation or a Pod Security Standards field."""

    tool: ClassVar[str] = "CIS"
    grammar: ClassVar[str] = r".+"


class Kubescape(PeerTest, frozen=True):
    """A Kubescape control."""

    tool: ClassVar[str] = "Kubescape"
    grammar: ClassVar[str] = r"C-\d{4}"
