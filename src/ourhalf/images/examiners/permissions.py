"""Files that let a process become more than it is, and files that anybody in the container may change.

Source: manual page inode(7), on the bits of a mode, and capabilities(7), on capabilities of files.
"""

from __future__ import annotations

from collections.abc import Iterator

from ourhalf.images.examiner import Examiner, Surroundings
from ourhalf.images.filesystem import FileSystem, Kind, Node
from ourhalf.model.evidence import Unread
from ourhalf.model.field import Place
from ourhalf.resources.images import Exhibit

MAX_TOLD = 500
"""How many of each kind are told one by one; of the rest the number is."""

_SET_USER, _SET_GROUP, _STICKY, _OTHERS_WRITE, _RUNS = 0o4000, 0o2000, 0o1000, 0o0002, 0o0111
# Mount points and spools that are open to everyone on every system, and hold nothing when a container starts.
_OPEN = ("tmp", "var/tmp", "dev", "proc", "sys", "run/lock", "run/screen", "var/lock")


def _examine(files: FileSystem, _: Surroundings) -> Iterator[Exhibit | Unread]:
    counts = {"set-uid": 0, "world-writable": 0}
    for node in files.nodes():
        found = _raises(node) or _open(node)
        if found is None:
            continue
        counts[found.kind] += 1
        if counts[found.kind] <= MAX_TOLD:
            yield found
    for kind, count in counts.items():
        if count > MAX_TOLD:
            yield Exhibit(kind=kind, what=f"{count - MAX_TOLD:,} more files like these")


def _raises(node: Node) -> Exhibit | None:
    """A program that runs as another user or group than who starts it, or with capabilities of its own."""
    if node.kind is not Kind.FILE or not node.mode & _RUNS:
        return None
    ways = []
    if node.mode & _SET_USER:
        ways.append("as root" if node.user == 0 else f"as user {node.user}")
    if node.mode & _SET_GROUP:
        ways.append("with group root" if node.group == 0 else f"with group {node.group}")
    if node.capabilities:
        ways.append("with capabilities of its own")
    if not ways:
        return None
    changeable = " and anybody may change it" if node.mode & _OTHERS_WRITE else ""
    details = {
        "mode": f"{node.mode:o}",
        "root": str(bool(node.capabilities or (node.mode & _SET_USER and node.user == 0))).lower(),
        "changeable": str(bool(changeable)).lower(),
    }
    return Exhibit(
        kind="set-uid",
        what=f"whoever starts it runs it {', '.join(ways)}{changeable}",
        place=Place(node.path),
        layer=node.layer,
        details=details,
    )


def _open(node: Node) -> Exhibit | None:
    """A file that everyone may write, or a folder in which everyone may put and delete files."""
    if node.kind not in (Kind.FILE, Kind.FOLDER) or not node.mode & _OTHERS_WRITE:
        return None
    if node.kind is Kind.FOLDER and node.mode & _STICKY:
        return None
    if any(node.path == place or node.path.startswith(f"{place}/") for place in _OPEN):
        return None
    folder = node.kind is Kind.FOLDER
    what = "anybody may put files into it and delete those of others" if folder else "anybody may change it"
    details = {"mode": f"{node.mode:o}", "runs": str(not folder and bool(node.mode & _RUNS)).lower()}
    return Exhibit(kind="world-writable", what=what, place=Place(node.path), layer=node.layer, details=details)


PERMISSIONS = Examiner("permissions", (), _examine)
