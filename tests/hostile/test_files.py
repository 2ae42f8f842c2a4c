"""Targets whose files are strange: each is one line under unread, and the rest is assessed."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.sandbox import assess, ourhalf, pod, write


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A folder that holds one good file."""
    folder = tmp_path / "target"
    write(folder, {"good.yaml": pod()})
    return folder


def test_one_broken_file_of_400(tmp_path: Path) -> None:
    target = tmp_path / "target"
    write(target, {f"{number:03}.yaml": pod(f"pod-{number:03}") for number in range(400)})
    write(target, {"002.yaml": "apiVersion: v1\nkind: Pod\n\tspec: {\n"})
    done = assess(target)
    assert done.status == 1
    assert done.names == [f"pod-{number:03}" for number in range(400) if number != 2]
    assert [(u.path, u.line, u.reader) for u in done.unread] == [("002.yaml", 3, "documents")]
    assert "\n" not in done.unread[0].reason


def test_exit_status(tmp_path: Path) -> None:
    write(tmp_path / "a", {"broken.yaml": "a: [\n"})
    assert [assess(tmp_path / "a").status, assess(tmp_path / "a", "--strict").status] == [0, 1]
    write(tmp_path / "b", {"empty.yaml": ""})
    assert [assess(tmp_path / "b").status, assess(tmp_path / "b", "--strict").status] == [0, 0]
    missing = ourhalf("assess", tmp_path / "c", cache=tmp_path / "cache")
    assert (missing.status, missing.out, missing.err.count("\n")) == (2, "", 1)


def test_200_megabytes(target: Path) -> None:
    with (target / "big.yaml").open("wb") as file:
        file.write(pod("big").encode())
        file.truncate(200 * 1024 * 1024)
    done = assess(target)
    assert done.names == ["good"]
    assert done.reasons == [("big.yaml", "200 MB: larger than the 32 MB bound")]


def test_links_to_themselves(target: Path) -> None:
    (target / "loop.yaml").symlink_to("loop.yaml")
    (target / "a.yaml").symlink_to("b.yaml")
    (target / "b.yaml").symlink_to("a.yaml")
    (target / "nowhere.yaml").symlink_to("no/such/file")
    (target / "self").symlink_to(".")
    (target / "sub").mkdir()
    (target / "sub" / "up").symlink_to("..")
    done = assess(target)
    assert done.names == ["good"]
    itself = "Too many levels of symbolic links"
    folder = "a symbolic link to a folder: not followed"
    assert sorted(done.reasons) == [
        ("a.yaml", itself),
        ("b.yaml", itself),
        ("loop.yaml", itself),
        ("nowhere.yaml", "a symbolic link that leads nowhere"),
        ("self", folder),
        ("sub/up", folder),
    ]


def test_links_that_lead_out(target: Path) -> None:
    write(target.parent, {"secret.yaml": pod("outside"), "folder/secret.yaml": pod("outside")})
    (target / "relative.yaml").symlink_to("../secret.yaml")
    (target / "absolute.yaml").symlink_to(target.parent / "secret.yaml")
    (target / "folder").symlink_to("../folder")
    (target / "main.tf").symlink_to("../secret.yaml")
    (target / "beside").mkdir()
    write(target, {"kustomization.yaml": "resources: [../secret.yaml, ../folder, good.yaml]\n"})
    done = assess(target)
    assert "outside" not in done.names
    paths = {unread.path for unread in done.unread}
    assert {"relative.yaml", "absolute.yaml", "folder", "main.tf"} <= paths
    assert "good" in done.names


def test_a_link_inside_is_followed(target: Path) -> None:
    write(target, {"real/pod.txt": pod("linked")})
    (target / "link.yaml").symlink_to("real/pod.txt")
    done = assess(target)
    assert (sorted(done.names), done.unread) == (["good", "linked"], ())


@pytest.fixture
def forbidden(target: Path) -> Iterator[Path]:
    """The target with a folder and a file that nobody may read."""
    write(target, {"closed/pod.yaml": pod("closed"), "closed.yaml": pod("closed"), "closed.tf": ""})
    closed = [target / "closed", target / "closed.yaml", target / "closed.tf"]
    for path in closed:
        path.chmod(0)
    yield target
    for path in closed:
        path.chmod(0o700)


def test_without_permission(forbidden: Path) -> None:
    done = assess(forbidden)
    assert done.names == ["good"]
    assert sorted(done.reasons) == [
        ("closed", "Permission denied"),
        ("closed.tf", "Permission denied"),
        ("closed.yaml", "Permission denied"),
    ]


def test_a_target_without_permission(forbidden: Path) -> None:
    for name in ("closed", "closed.yaml"):
        done = ourhalf("assess", forbidden / name, "--strict", cache=forbidden.parent / "cache")
        assert done.status == 1
        assert "Permission denied" in done.out


def test_names_that_are_not_utf_8(target: Path) -> None:
    with open(os.fsencode(target) + b"/\xff\xfe.yaml", "wb") as file:
        file.write(pod("strange").encode())
    os.mkdir(os.fsencode(target) + b"/\xe9")
    done = assess(target)
    assert done.names == ["good"]
    assert [unread.reason for unread in done.unread] == ["its name is not UTF-8"] * 2


def test_names_with_every_other_character(target: Path) -> None:
    names = [chr(c) for c in range(1, 128) if chr(c) not in "/."] + ["\u202e", "e\u0301", "\U0001f600", "'; rm -rf ;'"]
    write(target, {f"x{name}.yaml": pod(f"p{number}") for number, name in enumerate(names)})
    done = assess(target)
    assert len(done.names) == len(names) + 1
    assert done.unread == ()


def test_what_is_no_file(target: Path) -> None:
    os.mkfifo(target / "pipe.yaml")
    os.mkfifo(target / "main.tf")
    os.mkfifo(target / "Dockerfile")
    (target / "zero.yaml").symlink_to("/dev/zero")
    (target / "stdin.tf").symlink_to("/dev/stdin")
    (target / "memory.json").symlink_to("/proc/self/mem")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(target / "socket.yaml"))
        try:
            os.mknod(target / "device.yaml", stat.S_IFCHR | 0o600, os.makedev(1, 5))
        except OSError:  # only root may make one; the link to /dev/zero stands for it
            assert os.geteuid() != 0 or "CI" in os.environ
        done = assess(target)
    assert done.names == ["good"]
    assert {unread.reason for unread in done.unread} <= {
        "not a regular file",
        "a symbolic link to what is no file",
        "lies outside of the target",
    }
    assert {"pipe.yaml", "main.tf", "Dockerfile", "zero.yaml", "socket.yaml"} <= {u.path for u in done.unread}


def test_a_target_that_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    done = ourhalf("assess", tmp_path / "pipe.yaml", "--strict", cache=tmp_path / "cache")
    assert done.status == 1
    assert "not a regular file" in done.out


def test_a_deep_folder(target: Path) -> None:
    here = os.open(target, os.O_RDONLY)
    try:
        for _ in range(400):
            os.mkdir("d", dir_fd=here)
            inside = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inside
        with open(os.open("deep.yaml", os.O_WRONLY | os.O_CREAT, dir_fd=here), "w") as file:
            file.write(pod("deep"))
    finally:
        os.close(here)
    done = assess(target)
    assert done.names == ["good"]
    assert done.reasons == [("/".join("d" * 101), "folders nested deeper than 100 levels")]


def test_many_files_of_no_interest(target: Path) -> None:
    for number in range(5_000):
        (target / f"{number}.txt").touch()
    assert assess(target).names == ["good"]
