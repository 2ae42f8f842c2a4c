"""Layers laid over each other: as umoci unpacks them, and what only we tell."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ourhalf.images.collecting import LayerContent
from ourhalf.images.filesystem import Kind, Missing
from ourhalf.images.matching import Matching
from ourhalf.images.merging import Merged
from ourhalf.images.wanted import Wanted
from tests.images.layouts import EVERYTHING, folder, layout, link, member, tar, walked

Entry = tuple[tarfile.TarInfo, bytes]
_SHORT = ("a", "b", "c")


def merged(*layers: bytes, wanted: tuple[Wanted, ...] = (EVERYTHING,)) -> Merged:
    """The file system of some tars."""
    files = Merged(Matching(wanted))
    for index, one in enumerate(layers):
        files.add(index, walked(one, wanted=wanted))
    return files


def paths(files: Merged) -> list[str]:
    """Every path."""
    return [node.path for node in files.nodes()]


@st.composite
def layers(draw: st.DrawFn) -> tuple[tuple[Entry, ...], ...]:
    """A few layers over the same few names, so that they hide, replace and delete each other's."""
    return tuple(_layer(draw) for _ in range(draw(st.integers(1, 4))))


def _layer(draw: st.DrawFn) -> tuple[Entry, ...]:
    members, todo = [], [("", 0)]
    while todo:
        at, depth = todo.pop()
        files: list[str] = []
        for name in draw(st.lists(st.sampled_from(_SHORT), unique=True, max_size=3)):
            path = f"{at}{name}"
            kind = draw(st.sampled_from(["file", "folder", "folder", "link", "hard", "whiteout", "opaque"]))
            if kind == "file" or (kind == "hard" and not files):
                members.append(member(path, draw(st.binary(max_size=3)), mode=draw(st.sampled_from([0o644, 0o755]))))
                files.append(path)
            elif kind == "hard":
                members.append(link(path, files[-1], hard=True))
            elif kind == "link":
                members.append(link(path, draw(st.sampled_from(["a", "/b/c", "../c", "nowhere"]))))
            elif kind == "whiteout":
                members.append(member(f"{at}.wh.{name}"))
            else:
                members.append(folder(path))
                if kind == "opaque":
                    members.append(member(f"{path}/.wh..wh..opq"))
                if depth < 3:
                    todo.append((f"{path}/", depth + 1))
    return tuple(members)


@pytest.mark.skipif(shutil.which("umoci") is None, reason="umoci (Debian package umoci) is not installed")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(layers())
def test_it_is_what_umoci_unpacks(entries: tuple[tuple[Entry, ...], ...]) -> None:
    made = [tar(*one) for one in entries]
    with tempfile.TemporaryDirectory() as place:
        layout(Path(place) / "image", *made)
        command = ["umoci", "unpack", "--rootless", "--image", f"{place}/image:t", f"{place}/bundle"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        root = Path(place) / "bundle" / "rootfs"
        expected = {str(path.relative_to(root)): _seen(path) for path in root.rglob("*")}
    files = merged(*made)
    assert files.problems() == ()
    found = {}
    for node in files.nodes():
        data = files.of(node.path, "all") if node.kind is Kind.FILE else None
        what = {Kind.FILE: data, Kind.FOLDER: "folder", Kind.LINK: node.target}[node.kind]
        found[node.path] = (what, node.mode if node.kind is Kind.FILE else 0)
    assert found == expected


def _seen(path: Path) -> tuple[bytes | str, int]:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return os.readlink(path), 0
    if stat.S_ISDIR(status.st_mode):
        return "folder", 0
    return path.read_bytes(), stat.S_IMODE(status.st_mode)


def test_entries_below_a_link_go_where_it_leads() -> None:
    files = merged(tar(folder("usr"), folder("usr/lib"), link("lib", "usr/lib")), tar(member("lib/x", b"new")))
    assert paths(files) == ["lib", "usr", "usr/lib", "usr/lib/x"]
    node = files.node("lib/x")
    assert node is not None
    assert (node.path, node.layer) == ("usr/lib/x", 1)
    assert files.folder("lib") == ("x",)
    assert files.of("/lib/../lib/x", "all") == b"new"


def test_a_link_out_of_the_image_stays_in_it() -> None:
    files = merged(tar(link("up", "../../../etc"), link("abs", "/etc"), member("etc/x", b"1")))
    assert files.of("up/x", "all") == files.of("abs/x", "all") == b"1"


def test_links_that_go_round_are_no_files() -> None:
    files = merged(tar(link("a", "b"), link("b", "a"), link("c", "c/d")), tar(member("a/x", b"1"), member("y", b"2")))
    assert files.node("a") is None
    assert files.node("c") is None
    assert files.of("a/x", "all") is None
    assert files.of("y", "all") == b"2"
    assert files.problems() == ((1, "a/x: links on its way go round in circles"),)


def test_long_chains_of_links_end() -> None:
    chain = [link(f"l{n}", f"l{n + 1}") for n in range(50)]
    files = merged(tar(*chain, member("l50", b"end")))
    assert files.node("l0") is None
    assert files.node("l20") is not None


def test_what_is_deleted_or_replaced_is_still_told() -> None:
    lower = tar(member("key", b"secret"), member("d/k", b"two"), member("e/k", b"three"), member("f", b"four"))
    upper = tar(member(".wh.key"), member("d/.wh..wh..opq"), member(".wh.e"), member("f", b"five"))
    files = merged(lower, upper)
    assert paths(files) == ["d", "f"]
    told = sorted((node.path, data, layer) for node, data, layer in files.hidden("all"))
    assert told == [("d/k", b"two", 1), ("e/k", b"three", 1), ("f", b"four", 1), ("key", b"secret", 1)]
    assert [(node.path, data) for node, data in files.kept("all")] == [("f", b"five")]


def test_what_a_layer_replaces_of_itself_is_told_too() -> None:
    files = merged(tar(member("key", b"secret"), member("key", b"")))
    assert [(data, layer) for _, data, layer in files.hidden("all")] == [(b"secret", 0)]


def test_a_layer_does_not_delete_its_own_files() -> None:
    files = merged(tar(member("a", b"old")), tar(member("a", b"new"), member(".wh.a"), member(".wh..wh..opq")))
    assert files.of("a", "all") == b"new"


@pytest.mark.parametrize("name", [".wh.", ".wh..", ".wh...", "d/.wh."])
def test_whiteouts_without_a_name_are_problems(name: str) -> None:
    files = merged(tar(member("d/x", b"1")), tar(member(name)))
    assert files.node("d/x") is not None
    assert files.problems()


def test_hard_links_reach_into_lower_layers() -> None:
    files = merged(
        tar(member("a", b"data", mode=0o4755)), tar(link("b", "./a", hard=True), link("c", "nowhere", hard=True))
    )
    node = files.node("b")
    assert node is not None
    assert (node.kind, node.size, node.mode, node.layer) == (Kind.FILE, 4, 0o4755, 1)
    assert files.of("b", "all") == b"data"
    assert files.problems() == ((1, "c: it is a hard link to a file that is not there"),)


def test_a_hard_link_that_only_its_name_asks_for_is_told() -> None:
    wanted = Wanted(key="k", pattern="(?:.*/)?METADATA")
    files = merged(
        tar(member("x", b"1"), link("METADATA", "x", hard=True), link("y", "METADATA", hard=True)), wanted=(wanted,)
    )
    ((node, data),) = [(node, data) for node, data in files.kept("k") if node.path == "METADATA"]
    assert node.path == "METADATA"
    assert isinstance(data, Missing)


def test_what_nobody_keeps_of_a_hard_link_is_no_loss() -> None:
    wanted = Wanted(key="k", pattern=".*", reduce=lambda *_: None)
    files = merged(tar(member("x", b"1"), link("y", "x", hard=True)), wanted=(wanted,))
    assert list(files.kept("k")) == []


def test_a_folder_in_the_place_of_a_file() -> None:
    files = merged(tar(member("a", b"1"), member("b/c", b"2")), tar(member("a/x", b"3"), member("b", b"4")))
    assert paths(files) == ["a", "a/x", "b"]


def test_problems_of_layers_are_told() -> None:
    files = Merged()
    files.add(3, LayerContent(problem="it ends within an entry"))
    assert files.problems() == ((3, "it ends within an entry"),)
