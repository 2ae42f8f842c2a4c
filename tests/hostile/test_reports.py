"""Names and labels that try to steer a terminal, a page or a pull request, and profiles that are hostile."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from tests.hostile.sandbox import ourhalf, pod, write

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
NASTY = (
    "\x1b[31m\x1b]8;;http://evil.example\x07click\x1b]8;;\x07",
    "a\r\nourhalf: nothing fails\n",
    "\u202egpj.exe\u2066",
    "\x9b2J\x07\x08",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"'><svg/onload=alert(1)>{{ 7*7 }}",
    "[click](javascript:alert(1)) @everyone ![x](http://evil.example/x.png) `</details>`",
    "]]>--></script>",
)


def manifests(name: str) -> dict[str, str | bytes]:
    """A pod and a request that hold `name` wherever a text can stand."""
    spec = {
        "containers": [
            {
                "name": name,
                "image": f"registry.example.com/{name}:1",
                "securityContext": {"privileged": True},
                "command": [name],
                "env": [{"name": name, "value": name}],
            }
        ]
    }
    meta = {"name": name, "namespace": name, "labels": {name: name}}
    model = {
        "ModelName": name,
        "PrimaryContainer": {"Image": name, "Environment": {name: name}},
        "Tags": [{"Key": name, "Value": name}],
    }
    return {
        "pod.json": json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}),
        "model.json": json.dumps(model),
        "broken.yaml": f"a: !<{name!r}> [\n",
        "main.tf": f'resource "aws_sagemaker_model" "m" {{\n  name = {json.dumps(name)}\n}}\n',
    }


@pytest.mark.parametrize("number", range(len(NASTY)))
def test_reports_show_names_harmlessly(tmp_path: Path, number: int) -> None:
    name = NASTY[number]
    target, cache = tmp_path / "target", tmp_path / "cache"
    write(target, manifests(name))
    file = target / f"{name.replace('/', '_')}.yaml"
    file.write_text(pod())
    out = {form: tmp_path / form for form in ("table", "html", "markdown", "sarif", "json")}
    formats = [part for form, path in out.items() for part in ("--format", f"{form}={path}")]
    done = ourhalf("assess", target, *formats, cache=cache)
    assert done.status == 1, done.err
    shown = ourhalf("assess", target, cache=cache).out
    for text in (shown, out["table"].read_text(), out["markdown"].read_text(), out["html"].read_text(), done.err):
        assert not STEERING.search(text)
    page = out["html"].read_text()
    for tag in ("<script>alert", "<img src=x", "<svg/onload", 'javascript:alert(1)"'):
        assert tag not in page
    assert len(re.findall(r"<script\b", page)) == len(re.findall(r"</script>", page))
    unfenced = re.sub(r"(?ms)^(`{3,})\n.*?^\1$", "", out["markdown"].read_text())
    comment = re.sub(r"(`+)[^\n]+?\1(?!`)", "", unfenced)
    assert "<script>" not in comment
    assert "<img" not in comment
    assert "](" not in comment.replace("\\]", "")
    json.loads(out["sarif"].read_text())
    names = {w["name"] for w in json.loads(out["json"].read_text())["workloads"]}
    assert "good" in names
    assert html.escape("<script>alert") not in names


MANY = "a*" * 40 + "b"

PROFILES: dict[str, tuple[str | bytes, str]] = {
    "alias bomb": (
        "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10)),
        "",
    ),
    "deep": ("[" * 10_000 + "]" * 10_000, ""),
    "not UTF-8": (b"version: \xff\n", "not UTF-8"),
    "huge": (b"# " + b"x" * 5_000_000, "larger than 4 MB"),
    "unknown field": ("version: 1\nsensitivty: public\n", "sensitivty"),
    "wrong type": ("version: 1\nscopes: 3\n", "scopes"),
    "steering": ('version: 1\n"\\e[31mx\\n": 1\n', ""),
    "a list": ("- 1\n", ""),
    "a control that is none": ("version: 1\ndisabled: {no-such-control: x}\n", "no control is named"),
    "a date that is none": (
        "version: 1\nexceptions: [{control: '*', owner: a, reason: b, expires: 2026-99-01}]\n",
        "expires",
    ),
    "number of a size": ("version: 1" + "0" * 100_000 + "\n", ""),
}


@pytest.mark.parametrize("name", PROFILES)
def test_a_wrong_profile_is_one_line_and_2(tmp_path: Path, name: str) -> None:
    text, says = PROFILES[name]
    write(tmp_path, {"target/good.yaml": pod(), "mine.yaml": text})
    done = ourhalf("assess", tmp_path / "target", "--profile", tmp_path / "mine.yaml", cache=tmp_path / "cache")
    assert (done.status, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert says in done.err
    assert not STEERING.search(done.err)
    assert len(done.err) < 1_000


def test_globs_take_linear_time(tmp_path: Path) -> None:
    """A pattern of many stars against a name that nearly matches ends within the limits of the run."""
    profile = f"version: 1\nscopes:\n- match: {{path: '{MANY}', workload: '{MANY}', tags: {{'a': '{MANY}'}}}}\n"
    write(tmp_path, {f"target/{'a' * 200}.yaml": pod("a" * 60), "mine.yaml": profile + "  sensitivity: regulated\n"})
    done = ourhalf("assess", tmp_path / "target", "--profile", tmp_path / "mine.yaml", cache=tmp_path / "cache")
    assert done.status == 1, done.err
