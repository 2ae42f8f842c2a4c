"""What a reader makes that cannot be written down ends no assessment: the file is said to be unread."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ourhalf import collect
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Known
from ourhalf.readers import documents
from tests.support import api


@pytest.mark.parametrize("value", ["\ud800", 2**64])
def test_evidence_that_cannot_be_written(value: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text("a: b\n", encoding="utf-8")
    wrong = msgspec.structs.replace(api("s3:PutBucketVersioning", Bucket="b"), bucket=Known(value))
    reader = msgspec.structs.replace(documents.READER, read=lambda unit, files: Evidence((wrong,)))
    monkeypatch.setattr(collect, "all_readers", lambda: (reader,))
    monkeypatch.setattr(collect, "_readers_by_name", lambda: {reader.name: reader})
    found = collect.collect(collect.Targets((str(tmp_path),)))
    assert not found.resources
    (unread,) = found.unread
    assert (unread.path, unread.reader) == ("a.yaml", reader.name)
    assert unread.reason.startswith("the reader failed: ")
