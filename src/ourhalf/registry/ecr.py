"""Lets in to private registries of Amazon ECR, by AWS's own SDK with whatever credentials it finds."""

from __future__ import annotations

import base64
import binascii
import re

from ourhalf.registry.credential import Credential

_HOST = re.compile(
    r"\d{12}\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]{4,32})\."
    r"(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn)\Z"
)
"""docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html, and the endpoints of its general reference."""


class EcrError(Exception):
    """No token, and why, without anything secret."""


def is_ecr(host: str) -> bool:
    """Whether a registry is a private one of ECR's."""
    return _HOST.match(host) is not None


def login(host: str) -> Credential:
    """The user and password that ECR gives for 12 hours (GetAuthorizationToken). Raises EcrError."""
    found = _HOST.match(host)
    if found is None:
        raise EcrError("no registry of ECR's")
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError:
        raise EcrError("AWS's SDK is not installed: pip install 'ourhalf[aws]'") from None
    config = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 3})
    try:
        client = boto3.client("ecr", region_name=found["region"], config=config)
        given = client.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    except ClientError as error:
        raise EcrError(f"ecr:GetAuthorizationToken was refused: {error.response['Error'].get('Code')}") from None
    except (BotoCoreError, ValueError) as error:
        raise EcrError(f"ecr:GetAuthorizationToken failed: {type(error).__name__}") from None
    try:
        user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise EcrError("ecr:GetAuthorizationToken gave no token that can be read") from None
    return Credential(origin="ecr:GetAuthorizationToken", user=user, password=password)
