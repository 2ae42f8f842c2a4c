"""OSV's own rules, straight from its schema: which records speak of a version of a PyPI package.

Written from the section "Evaluation" of ossf.github.io/osv-schema alone, without any part of ourhalf: a version is
affected where a record lists it, or where it lies in a range once the events of that are sorted. Names are compared
and versions ordered as packaging.python.org asks.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from packaging.version import InvalidVersion, Version

_RUN = re.compile(r"[-_.]+")


def normalised(name: str) -> str:
    """A name as the index compares it."""
    return _RUN.sub("-", name).lower()


class Records:
    """Records by package. Withdrawn ones speak of nothing."""

    def __init__(self, records: Iterable[dict[str, Any]]) -> None:
        self._by_name: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = defaultdict(list)
        for record in records:
            for affected in record.get("affected", ()):
                package = affected.get("package", {})
                if package.get("ecosystem", "").partition(":")[0] == "PyPI":
                    self._by_name[normalised(package["name"])].append((record, affected))

    @property
    def names(self) -> list[str]:
        """Every package that a record names, sorted."""
        return sorted(self._by_name)

    def of(self, name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """The records about a package, withdrawn ones too, each with its part about it."""
        return self._by_name.get(normalised(name), [])

    def affecting(self, name: str, version: str, *, public: bool = False) -> dict[str, dict[str, Any]]:
        """The records by id that affect a version; with `public` its local part (`+cu124`) is left out first."""
        asked = version.partition("+")[0] if public else version
        return {
            record["id"]: record
            for record, affected in self.of(name)
            if not record.get("withdrawn") and affects(affected, asked)
        }


def affects(affected: dict[str, Any], version: str) -> bool:
    """Whether one part of a record speaks of a version."""
    if version in affected.get("versions", ()):
        return True
    try:
        asked = Version(version)
    except InvalidVersion:
        return False
    if any(_same(listed, asked) for listed in affected.get("versions", ())):
        return True
    ranges = (one for one in affected.get("ranges", ()) if one.get("type") == "ECOSYSTEM")
    return any(_inside(one.get("events", ()), asked) for one in ranges)


def _same(listed: str, asked: Version) -> bool:
    try:
        return Version(listed) == asked
    except InvalidVersion:
        return False


def _inside(events: Iterable[dict[str, str]], asked: Version) -> bool:
    """Whether the events, in their order, leave the version vulnerable; none of them may be unordered."""
    known = [(kind, text) for event in events for kind, text in event.items()]
    limits = [_key(text) for kind, text in known if kind == "limit" and text != "*"]
    if limits and not any(asked < limit for limit in limits):
        return False
    vulnerable = False
    for kind, text in sorted(known, key=lambda one: (_key(one[1]), one[0] != "fixed")):
        if kind == "introduced" and (text == "0" or asked >= _key(text)):
            vulnerable = True
        elif (kind == "fixed" and asked >= _key(text)) or (kind == "last_affected" and asked > _key(text)):
            vulnerable = False
    return vulnerable


def _key(text: str) -> Version:
    """The place of a version in the order; what is no version sorts before all, as `0` does."""
    try:
        return Version("0.dev0" if text == "0" else text)
    except InvalidVersion:
        return Version("0.dev0")


def unordered(affected: dict[str, Any]) -> bool:
    """Whether an event of a range is no version: how far it goes cannot be told then."""
    texts = [text for one in affected.get("ranges", ()) if one.get("type") == "ECOSYSTEM"
             for event in one.get("events", ()) for text in event.values()]  # fmt: skip
    for text in texts:
        try:
            Version(text)
        except InvalidVersion:
            return True
    return False


class Server:
    """The API of osv.dev as pip-audit asks it (`POST /v1/query`), over these records, on a port of this machine."""

    def __init__(self, records: Records) -> None:
        self.asked = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            """One query: a package and a version."""

            def do_POST(self) -> None:
                """Answer with the records that affect it."""
                query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked += 1
                found = records.affecting(query["package"]["name"], query["version"])
                body = json.dumps({"vulns": list(found.values())} if found else {}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where to ask."""
        return f"http://127.0.0.1:{self._server.server_port}/v1/query"

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
