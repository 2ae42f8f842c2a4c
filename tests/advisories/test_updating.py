"""Fetching, against servers on this machine."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ourhalf.advisories.sources import SourceRow, Via, all_sources
from ourhalf.advisories.store import Store, StoreError
from ourhalf.advisories.updating import Outcome, updatable, update
from ourhalf.web import Limits, Web
from tests.advisories.made import before, osv
from tests.servers import Conversation, Request, Script, close, saying, serving

TODAY = date(2026, 11, 24)
WEB = Web(environment={}, limits=Limits(attempts=1, total_seconds=20))


def feed(count: int, fixed: str = "2") -> bytes:
    records = (osv(f"PYSEC-2026-{number}", f"p{number}", *before(fixed)) for number in range(count))
    return b"\n".join(json.dumps(one).encode() for one in records)


def row(*addresses: str, **more: Any) -> SourceRow:
    return msgspec.structs.replace(all_sources()["osv-pypi"], addresses=addresses, **more)


def ran(path: Path, *rows: SourceRow, day: date = TODAY) -> list[Outcome]:
    return list(update(str(path), rows, day, WEB))


def held(path: Path) -> tuple[int, str]:
    with Store.open(path) as store:
        (one,) = store.sources()
        return one.records, one.as_of


def versioned(body: bytes, etag: str) -> Script:
    """A server that keeps to ETags."""

    def script(to: Conversation, request: Request) -> None:
        if request.headers.get("if-none-match") == etag:
            to.answer(304, etag=etag)
        else:
            to.answer(200, body, etag=etag)

    return script


def test_what_did_not_change_is_not_sent_again_and_is_of_today(tmp_path: Path) -> None:
    path = tmp_path / "advisories.db"
    with serving(versioned(feed(5), '"one"')) as server:
        assert ran(path, row(server.url)) == [Outcome("osv-pypi", True, 5)]
        assert held(path) == (5, "2026-11-24")
        digest = Store.open(path)
        assert ran(path, row(server.url), day=date(2026, 11, 25)) == [Outcome("osv-pypi", False, 5)]
        digest.close()
        assert held(path) == (5, "2026-11-25")
        assert [one.headers.get("if-none-match") for one in server.requests] == [None, '"one"']
    assert list((tmp_path / "advisories.db.parts").iterdir()) == []


def test_what_changed_replaces_the_whole_source(tmp_path: Path) -> None:
    path = tmp_path / "advisories.db"
    with serving(saying(200, feed(5))) as server:
        ran(path, row(server.url))
    with serving(saying(200, feed(4))) as server:
        ran(path, row(server.url))
    assert held(path)[0] == 4
    with Store.open(path) as store:
        assert store.known_as("PYSEC-2026-4") == ()


def test_a_download_that_broke_off_is_taken_up_where_it_ended(tmp_path: Path) -> None:
    path, body = tmp_path / "advisories.db", feed(200)
    half = len(body) // 2

    def cut(to: Conversation, _: Request) -> None:
        to.send(f'HTTP/1.1 200 OK\r\nETag: "one"\r\nContent-Length: {len(body)}\r\n\r\n'.encode() + body[:half])
        close(to)

    with serving(cut) as server:
        (failed,) = ran(path, row(server.url.replace("127.0.0.1", "localhost")))
        assert failed.problem
    assert not path.exists()
    (part,) = (tmp_path / "advisories.db.parts").glob("*.part")
    kept = part.stat().st_size
    assert 0 < kept <= half

    def rest(to: Conversation, request: Request) -> None:
        assert request.headers["if-range"] == '"one"'
        start = int(request.headers["range"].removeprefix("bytes=").removesuffix("-"))
        span = f"bytes {start}-{len(body) - 1}/{len(body)}"
        to.answer(206, body[start:], etag='"one"', content_range=span)

    source = row("http://feeds.example/all")
    target = part.name.removesuffix(".part")
    with serving(rest) as server:
        source = row(server.url)
        renamed = f"osv-pypi-{hashlib.sha256(server.url.encode()).hexdigest()[:12]}"
        for ending in (".part", ".version"):
            (part.parent / f"{target}{ending}").rename(part.parent / f"{renamed}{ending}")
        assert ran(path, source) == [Outcome("osv-pypi", True, 200)]
        assert [one.headers["range"] for one in server.requests] == [f"bytes={kept}-"]


def test_a_source_that_fails_keeps_what_there_was_and_the_others_go_on(tmp_path: Path) -> None:
    path = tmp_path / "advisories.db"
    with serving(saying(200, feed(5))) as good, serving(saying(404, b"no")) as bad:
        ran(path, row(good.url))
        other = msgspec.structs.replace(all_sources()["cisa-kev"], addresses=(bad.url,))
        found = ran(path, other, row(good.url))
    assert [bool(one.problem) for one in found] == [True, False]
    assert "404" in found[0].problem
    assert held(path)[0] == 5


@pytest.mark.parametrize("body", [b"<html>Please sign in</html>", b"", feed(2), b"PK\x03\x04cut"])
def test_what_holds_far_less_than_before_is_not_taken(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "advisories.db"
    with serving(saying(200, feed(5))) as server:
        ran(path, row(server.url))
    with serving(saying(200, body)) as server:
        (outcome,) = ran(path, row(server.url), day=date(2026, 11, 25))
    assert "which stay" in outcome.problem
    assert held(path) == (5, "2026-11-24")


def test_digests_are_held_to(tmp_path: Path) -> None:
    body = feed(3)
    right, wrong = hashlib.sha256(body).hexdigest(), "0" * 64

    def with_digest(digest: str) -> Script:
        def script(to: Conversation, request: Request) -> None:
            to.answer(200, f"{digest}  all.zip\n".encode() if request.path.endswith(".sha256") else body)

        return script

    for digest, problem in ((wrong, "is not what its digest says"), (right, "")):
        with serving(with_digest(digest)) as server:
            (outcome,) = ran(tmp_path / "advisories.db", row(f"{server.url}/all", sha256=".sha256"))
        assert problem in outcome.problem
        assert bool(outcome.problem) is bool(problem)
    told = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    with serving(saying(200, body, x_goog_hash=f"crc32c=AAAAAA==,md5={told}")) as server:
        (outcome,) = ran(tmp_path / "other.db", row(server.url))
    assert "did not arrive whole" in outcome.problem


def test_repositories_of_rpm_lead_to_their_updateinfo(tmp_path: Path) -> None:
    body = (
        b'<updates><update type="security"><id>ALAS2023-2026-1</id><title>t</title><issued date="2026-05-01"/>'
        b'<severity>low</severity><pkglist><collection short="amazon-linux-2023"><package name="a" version="1"'
        b' release="1" epoch="0" arch="noarch"/></collection></pkglist></update></updates>'
    )
    index = (
        '<repomd><data type="updateinfo"><checksum type="sha256">'
        f'{hashlib.sha256(body).hexdigest()}</checksum><location href="repodata/u.xml"/></data></repomd>'
    ).encode()

    def script(to: Conversation, request: Request) -> None:
        base = f"http://{request.headers['host']}/core/abc/"
        pages = {
            "/mirror.list": base.encode(),
            "/core/abc/repodata/repomd.xml": index,
            "/core/abc/repodata/u.xml": body,
        }
        to.answer(200, pages[request.path])

    with serving(script) as server:
        source = msgspec.structs.replace(all_sources()["amazon-alas"], addresses=(f"{server.url}/mirror.list",))
        assert ran(tmp_path / "advisories.db", source) == [Outcome("amazon-alas", True, 1)]


def test_a_text_that_names_the_newest_archive(tmp_path: Path) -> None:
    def script(to: Conversation, request: Request) -> None:
        to.answer(200, {"/v2/latest.txt": b"all_2026.zip\n", "/v2/all_2026.zip": feed(2)}[request.path])

    with serving(script) as server:
        source = row(f"{server.url}/v2/latest.txt", via=Via.LATEST)
        assert ran(tmp_path / "advisories.db", source) == [Outcome("osv-pypi", True, 2)]
    with serving(saying(200, b"../../etc/passwd")) as server:
        (outcome,) = ran(tmp_path / "advisories.db", row(server.url, via=Via.LATEST))
    assert "names no file" in outcome.problem


def test_other_documents_in_an_archive_are_passed_over(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("1.json", feed(1))
        archive.writestr("kev.json", json.dumps({"catalogVersion": "1", "vulnerabilities": [{"cveID": "CVE-2026-1"}]}))
        archive.writestr("2.json", '{"id": "PYSEC-2026-8", "modified"')
    with serving(saying(200, made.getvalue())) as server:
        assert ran(tmp_path / "advisories.db", row(server.url)) == [Outcome("osv-pypi", True, 1, 1)]


def test_where_nothing_can_be_written_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        ran(tmp_path / "file" / "advisories.db", row("http://127.0.0.1:9"))


def test_what_can_be_fetched_has_an_address() -> None:
    assert {"osv-pypi", "debian-tracker", "nvidia-csaf", "cisa-kev", "epss"} <= {one.name for one in updatable()}
