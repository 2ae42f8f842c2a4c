"""What destinations on AWS share: a client of the SDK, and its failures in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ourhalf.watch.destination import DeliveryError, DestinationError

T = TypeVar("T")


def client(service: str, region: str) -> Any:
    """A client of a service with the credentials that the SDK finds. Raises DestinationError."""
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise DestinationError(f"{service} needs the extra `aws`: pip install 'ourhalf[aws]'") from None
    # One attempt a call: an alert that did not arrive is tried again from the outbox.
    config = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 1, "mode": "standard"})
    try:
        return boto3.client(service, region_name=region, config=config)
    except (BotoCoreError, ValueError) as error:
        raise DestinationError(f"{service} in {region} cannot be used: {error}") from None


def asked(call: Callable[[], T]) -> T:
    """What a call gives. Raises DeliveryError."""
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConnectTimeoutError,
        EndpointConnectionError,
        NoCredentialsError,
        ParamValidationError,
    )

    try:
        return call()
    except ClientError as error:
        told = error.response.get("Error", {})
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = f"{error.operation_name}: {told.get('Code', 'an error')}: {told.get('Message', '')}"
        raise DeliveryError(code[:400], doubt=status >= 500) from None
    except (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError, ParamValidationError) as error:
        raise DeliveryError(str(error)[:400], doubt=False) from None
    except BotoCoreError as error:
        raise DeliveryError(str(error)[:400], doubt=True) from None
