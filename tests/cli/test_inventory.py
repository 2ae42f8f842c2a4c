"""`ourhalf inventory` and `ourhalf diff` as people call them, over images that the tests write."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.controls.models.test_files import SYSTEM
from tests.images.layouts import layout, member, tar

Run = Callable[..., Any]

_STATUS = b"""\
Package: %s
Status: install ok installed
Architecture: amd64
Version: %s

"""
OS_RELEASE = member("etc/os-release", b'ID=debian\nVERSION_ID="12"\n')


def _debian(name: bytes, version: bytes) -> tuple[Any, bytes]:
    return member("var/lib/dpkg/status", _STATUS % (name, version))


def _wheel(name: str, version: str) -> tuple[Any, bytes]:
    folder = f"usr/lib/python3/dist-packages/{name}-{version}.dist-info"
    return member(f"{folder}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode())


BASE = tar(OS_RELEASE, _debian(b"openssl", b"3.0.17-1~deb12u2"))


def test_an_image_is_listed_and_written_as_what_it_is_then_read_from(run: Run) -> None:
    reference = layout(Path("image"), BASE, tar(_wheel("torch", "2.6.0")))
    shown = run("inventory", reference)
    assert (shown.status, shown.err) == (0, "")
    assert "debian:12" in shown.out
    assert "openssl  3.0.17-1~deb12u2  layer 0" in shown.out
    assert "torch  2.6.0  layer 1" in shown.out
    for form in ("json", "cyclonedx", "spdx", "spdx3"):
        done = run("inventory", reference, "--format", form, "--output", f"{form}.json")
        assert (done.status, done.err) == (0, "")
        assert run("inventory", reference, "--format", form).out == Path(f"{form}.json").read_text()
    again = run("inventory", "cyclonedx.json", "--format", "json")
    assert [(one["name"], one["version"]) for one in json.loads(again.out)["packages"]] == [
        ("openssl", "3.0.17-1~deb12u2"),
        ("torch", "2.6.0"),
    ]


def test_what_cannot_be_taken_is_one_clear_line(run: Run) -> None:
    Path("note.txt").write_text("hello")
    Path("folder").mkdir()
    for target, said in (
        ("note.txt", "note.txt is no image and no inventory: it is none of"),
        ("folder", "write rootfs:folder for a folder"),
        ("oci:nowhere", "nowhere"),
        ("nothing", "nothing: no such file, and no image reference"),
    ):
        done = run("inventory", target)
        assert (done.status, done.out) == (2, ""), target
        assert said in done.err
        assert "Traceback" not in done.err
    assert "no format of inventories is named xml" in run("inventory", "oci:x", "--format", "xml").err


def test_a_layer_that_is_cut_off_is_never_a_clean_bill(run: Run) -> None:
    reference = layout(Path("image"), BASE, tar(_wheel("torch", "2.6.0")))
    blob = next(one for one in sorted(Path("image/blobs/sha256").iterdir()) if one.read_bytes()[:2] == b"\x1f\x8b")
    blob.write_bytes(blob.read_bytes()[:-40])
    shown = run("inventory", reference, "--no-cache")
    assert shown.status == 0
    assert "NOT COMPLETE: packages may be missing" in shown.out
    assessed = run("assess", reference, "--format", "json", "--fail-on", "none", "--no-cache")
    assert json.loads(assessed.out)["unread"]
    assert run("assess", reference, "--strict", "--fail-on", "none", "--no-cache").status == 1


def test_a_known_base_is_named_for_its_layers(run: Run) -> None:
    base = layout(Path("base"), BASE)
    reference = layout(Path("image"), BASE, tar(_wheel("torch", "2.6.0")))
    found = json.loads(run("inventory", reference, "--base", base, "--format", "json").out)
    assert (found["base"], [layer.get("base", "") for layer in found["layers"]]) == (base, [base, ""])
    run("inventory", base, "--format", "json", "--output", "base.json")
    kept = json.loads(run("inventory", reference, "--base", "base.json", "--format", "json").out)
    assert kept["base"] == base
    wrong = run("inventory", reference, "--base", "nowhere.json")
    assert wrong.status == 2


def test_two_images_are_compared_with_what_brought_the_change(run: Run) -> None:
    before = layout(Path("before"), BASE, tar(_wheel("torch", "2.6.0")))
    after = layout(
        Path("after"), BASE, tar(_wheel("torch", "2.7.0"), member("root/.netrc", b"machine x password s3cretvalue9\n"))
    )
    done = run("diff", before, after)
    assert (done.status, done.err) == (0, "")
    assert "~ pypi torch 2.6.0 to 2.7.0" in done.out
    assert "pass to fail: Images hold no secret in their files" in done.out
    assert "s3cretvalue9" not in done.out
    found = json.loads(run("diff", before, after, "--format", "json").out)
    assert found["content"]["shared_layers"] == 1
    assert [one["control"] for one in found["findings"] if one["after"] == "fail"] == ["image-no-secret-in-files"]
    assert "nothing differs" in run("diff", before, before).out


def test_an_inventory_and_an_assessment_cannot_be_compared(run: Run) -> None:
    reference = layout(Path("image"), BASE)
    run("inventory", reference, "--format", "json", "--output", "i.json")
    run("assess", reference, "--format", "json", "--output", "a.json", "--fail-on", "none")
    done = run("diff", "i.json", "a.json")
    assert done.status == 2
    assert "cannot be compared" in done.err
    assert "nothing differs" in run("diff", "a.json", "a.json").out
    assert "nothing differs" in run("diff", "i.json", reference).out


def test_models_of_an_image_are_scanned(run: Run) -> None:
    reference = layout(Path("image"), tar(member("opt/a.pkl", SYSTEM)))
    done = run("models", "scan", reference)
    assert done.status == 1
    assert "image!/opt/a.pkl" in done.out
    assert run("models", "scan", "hf:nowhere").status == 2
    assert "no such file or folder" in run("models", "scan", "nowhere").err
