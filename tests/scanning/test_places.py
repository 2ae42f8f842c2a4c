"""Model files in buckets, images and copies of a hub's repositories are judged as those in folders are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from ourhalf.images.options import ImageOptions
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Known
from ourhalf.resources.model_files import ModelFile
from ourhalf.scanning.place import PlaceError, place_of
from tests.controls.models.test_files import DATA, SYSTEM
from tests.images.layouts import layout, member, tar

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def _told(found: Evidence) -> dict[str, object]:
    return {
        one.place.path: one.judgement.value
        for one in found.resources
        if isinstance(one, ModelFile) and isinstance(one.judgement, Known)
    }


def _at(target: str) -> Evidence:
    place = place_of(target)
    assert place is not None
    return place.evidence(target, ImageOptions())


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server that answers as S3 does."""
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of a bucket `models` in that server."""
    for name, value in (
        ("AWS_ENDPOINT_URL", server),
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "a-secret-of-the-test"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    client = boto3.client("s3")
    client.create_bucket(Bucket="models")
    return client


def test_a_bucket_is_judged_as_it_streams(bucket: Any) -> None:
    for key, data in (
        ("a/weights.pkl", SYSTEM),
        ("a/b/data.pkl", DATA),
        ("a/notes.txt", b"x"),
        ("c/other.pkl", SYSTEM),
    ):
        bucket.put_object(Bucket="models", Key=key, Body=data)
    assert _told(_at("s3://models/a/")) == {"s3://models/a/weights.pkl": "unsafe", "s3://models/a/b/data.pkl": "safe"}
    assert _told(_at("s3://models/a/b/data.pkl")) == {"s3://models/a/b/data.pkl": "safe"}
    assert set(_told(_at("s3://models"))) >= {"s3://models/c/other.pkl"}


def test_a_bucket_that_is_not_there_is_one_clear_error(bucket: Any) -> None:
    for target, said in (
        ("s3://nowhere/x", "S3 says NoSuchBucket"),
        ("s3://models/none/", "holds no object"),
        ("s3://A", "names no bucket"),
    ):
        with pytest.raises(PlaceError, match=said) as raised:
            _at(target)
        assert "a-secret-of-the-test" not in str(raised.value)


def _hub(root: Path) -> Path:
    """A repository as the hub's client keeps it: files are links to blobs."""
    folder = root / "models--me--net"
    (folder / "blobs").mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs/main").write_text(COMMIT)
    snapshot = folder / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    for name, data in (("pytorch_model.bin", SYSTEM), ("state.pkl", DATA)):
        blob = folder / "blobs" / name.replace(".", "")
        blob.write_bytes(data)
        (snapshot / name).symlink_to(f"../../blobs/{blob.name}")
    (folder / "snapshots" / ("f" * 40)).mkdir()
    return folder


def test_a_copy_of_the_hub_is_read_at_one_revision(tmp_path: Path) -> None:
    folder = _hub(tmp_path)
    expected = {
        f"snapshots/{COMMIT}/pytorch_model.bin": "unsafe",
        f"snapshots/{COMMIT}/state.pkl": "safe",
    }
    assert _told(_at(f"hf:{folder}")) == expected
    assert _told(_at(f"hf:{folder}@main")) == expected
    assert _told(_at(f"hf:{folder}@{COMMIT}")) == expected
    assert _told(_at(f"hf:{folder}@{'f' * 40}")) == {}


def test_a_revision_that_is_not_kept_is_one_clear_error(tmp_path: Path) -> None:
    folder = _hub(tmp_path)
    for target, said in (
        (f"hf:{folder}@v2", "no revision v2 is kept"),
        (f"hf:{folder}@../../../etc/passwd", "no revision"),
        (f"hf:{tmp_path}/none", "names no folder"),
        (f"hf:{folder}@{'a' * 40}", "not kept there"),
    ):
        with pytest.raises(PlaceError, match=said):
            _at(target)


def test_a_link_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    folder = _hub(tmp_path)
    (tmp_path / "outside.pkl").write_bytes(SYSTEM)
    (folder / "snapshots" / COMMIT / "out.pkl").symlink_to(tmp_path / "outside.pkl")
    found = _at(f"hf:{folder}")
    assert not [path for path in _told(found) if path.endswith("out.pkl")]
    assert [one.path for one in found.unread] == [f"snapshots/{COMMIT}/out.pkl"]


def test_a_plain_folder_of_the_hub_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "model.pkl").write_bytes(SYSTEM)
    assert _told(_at(f"hf:{tmp_path}")) == {"model.pkl": "unsafe"}


def test_an_image_is_judged_as_its_layers_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURHALF_CACHE_DIR", str(tmp_path / "cache"))
    reference = layout(tmp_path / "image", tar(member("opt/a.pkl", SYSTEM), member("opt/b.pkl", DATA)))
    assert _told(_at(reference)) == {f"{reference}!/opt/a.pkl": "unsafe", f"{reference}!/opt/b.pkl": "safe"}
