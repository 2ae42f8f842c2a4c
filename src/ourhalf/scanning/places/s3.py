"""Model files in a bucket of Amazon S3, judged while they stream by: nothing is written here.

Source: docs.aws.amazon.com/AmazonS3/latest/API, ListObjectsV2 and GetObject, by AWS's own SDK with whatever
credentials it finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ourhalf.artifacts.files import model_file, named_so
from ourhalf.artifacts.streaming import Streamed
from ourhalf.images.options import ImageOptions
from ourhalf.model.evidence import Evidence, Unread
from ourhalf.readers.reader import merged
from ourhalf.scanning.place import Place, PlaceError

MAX_OBJECTS = 10_000
_PIECE = 1 << 20
_URL = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>.*))?", re.DOTALL)


def _claims(target: str) -> bool:
    return target.startswith("s3://")


def _evidence(target: str, _: ImageOptions) -> Evidence:
    found = _URL.fullmatch(target)
    if found is None:
        raise PlaceError(f"{target} names no bucket: write s3://BUCKET/PREFIX")
    client = _client()
    return merged(list(_judged(client, found["bucket"], found["prefix"] or "", target)))


def _client() -> Any:
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise PlaceError("s3:// needs AWS's SDK: pip install 'ourhalf[aws]'") from None
    try:
        config = Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 3})
        return boto3.client("s3", config=config)
    except (BotoCoreError, ValueError) as error:
        raise PlaceError(f"S3 cannot be asked: {error}") from None


def _judged(client: Any, bucket: str, prefix: str, target: str) -> Iterator[Evidence]:
    """Every object that is named as a model; the one that `target` names alone whatever its name."""
    from botocore.exceptions import BotoCoreError, ClientError

    listed = 0
    try:
        for key, size in _listed(client, bucket, prefix):
            listed += 1
            if listed > MAX_OBJECTS:
                more = f"more than {MAX_OBJECTS:,} objects: the rest was not looked at"
                yield Evidence(unread=(Unread(target, 1, "s3", more),))
                return
            if size and (key == prefix or named_so(key)):
                yield _one(client, bucket, key, size, wanted=True)
    except (ClientError, BotoCoreError) as error:
        raise PlaceError(f"{target} cannot be listed: {_said(error)}") from None
    if not listed:
        raise PlaceError(f"{target} holds no object")


def _listed(client: Any, bucket: str, prefix: str) -> Iterator[tuple[str, int]]:
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for one in page.get("Contents", ()):
            yield one["Key"], one["Size"]


def _one(client: Any, bucket: str, key: str, size: int, wanted: bool) -> Evidence:
    from botocore.exceptions import BotoCoreError, ClientError

    path = f"s3://{bucket}/{key}"
    streamed = Streamed(size)
    try:
        body = client.get_object(Bucket=bucket, Key=key)["Body"]
        read = 0
        for piece in body.iter_chunks(_PIECE):
            read += len(piece)
            streamed.feed(memoryview(piece))
        body.close()
    except (ClientError, BotoCoreError) as error:
        return Evidence(unread=(Unread(path, 1, "s3", _said(error)),))
    if read != size:
        return Evidence(unread=(Unread(path, 1, "s3", f"{read:,} bytes came of {size:,}"),))
    found = model_file(path, streamed.done(), wanted)
    return Evidence((found,) if found is not None else (), files=1)


def _said(error: Exception) -> str:
    """A failure in words, without what a request holds."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        told = response.get("Error", {})
        return f"S3 says {told.get('Code', 'an error')}: {str(told.get('Message', ''))[:200]}"
    return f"S3 cannot be asked ({type(error).__name__})"


S3 = Place("s3", "s3://BUCKET/PREFIX", _claims, _evidence)
