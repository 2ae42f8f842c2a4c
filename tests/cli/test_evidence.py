"""`ourhalf evidence`: what it prints, and its exit status."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ourhalf import __version__
from tests.cli.conftest import Run
from tests.evidence import support
from tests.evidence.keys import private, private_pem, public_pem
from tests.hostile.samples import SECRETS


@pytest.fixture
def target(run: Run) -> Path:
    """A folder with the sample, below the current one."""
    return support.write(Path("infra"))


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1793500000")  # 2026-11-01 02:26:40 UTC
    monkeypatch.delenv("OURHALF_KEY_PASSPHRASE", raising=False)


def _bundle(run: Run, *options: str) -> str:
    done = run("evidence", "bundle", "infra", "--output", "out", *options)
    assert (done.status, done.err) == (0, "ourhalf: using the profile infra/ourhalf.yaml\n")
    return done.out


def test_a_bundle_is_made_and_verified(run: Run, target: Path) -> None:
    said = _bundle(run)
    assert said.startswith("out: evidence bundle sha256:")
    assert said.endswith(", not signed\n")
    done = run("evidence", "verify", "out")
    digest = said.split("sha256:")[1].split(",")[0]
    findings = len(json.loads(Path("out/assessment.json").read_text())["findings"])
    assert done.status == 0
    assert done.out.splitlines() == [
        "out: all of it holds",
        f"  bundle     sha256:{digest}",
        f"  made       2026-11-01 02:26:40 UTC as of 2026-11-01 by ourhalf {__version__}",
        "  signature  not signed: whoever had the bundle could have made all of it anew",
        f"  verdicts   {findings} evaluated again, all the same",
    ]


@pytest.mark.parametrize("kind", ["ed25519", "p256"])
def test_a_signed_bundle_is_made_and_verified(
    run: Run, target: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    Path("key.pem").write_bytes(private_pem(private(kind), "open"))
    Path("pub.pem").write_bytes(public_pem(private(kind)))
    Path("other.pem").write_bytes(public_pem(private(kind, 5)))
    monkeypatch.setenv("OURHALF_KEY_PASSPHRASE", "open")
    assert _bundle(run, "--key", "key.pem").endswith(", signed\n")
    done = run("evidence", "verify", "out", "--key", "pub.pem")
    assert done.status == 0
    assert "  signature  signed by the key that was given, " in done.out
    done = run("evidence", "verify", "out", "--key", "other.pem")
    assert done.status == 1
    assert "  statement.dsse.json: is signed by the key " in done.out
    assert done.out.startswith("out: does not hold\n")
    assert "BEGIN PRIVATE KEY" not in "".join(path.read_text() for path in Path("out").iterdir())


def test_a_change_is_told_with_the_file(run: Run, target: Path) -> None:
    _bundle(run)
    evidence = Path("out/evidence.json")
    evidence.write_bytes(evidence.read_bytes().replace(b"privileged", b"Privileged", 1))
    done = run("evidence", "verify", "out")
    assert done.status == 1
    assert "  evidence.json: has another digest than the manifest says: it was changed" in done.out.splitlines()
    assert "  verdicts   not evaluated again, because of what is told above" in done.out.splitlines()


def test_another_rule_set_is_told(run: Run, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _bundle(run)
    monkeypatch.setattr("ourhalf.evidence.verify.rule_set", lambda: "0" * 64)
    done = run("evidence", "verify", "out")
    assert done.status == 0
    assert done.out.splitlines()[-1].endswith(
        "all the same; the rule set is of another version than the one that made the bundle"
    )


def test_other_verdicts_of_another_rule_set_are_listed(run: Run, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ourhalf import catalogue

    _bundle(run)
    fewer = tuple(control for control in catalogue.all_controls() if control.id != "container-unprivileged")
    monkeypatch.setattr("ourhalf.assess.all_controls", lambda: fewer)
    monkeypatch.setattr("ourhalf.evidence.verify.rule_set", lambda: "0" * 64)
    done = run("evidence", "verify", "out")
    assert done.status == 1
    assert done.out.splitlines()[-2:] == [
        f"  verdicts   1 of {len(json.loads(Path('out/assessment.json').read_text())['findings']) - 1} differ; "
        "the rule set is of another version than the one that made the bundle",
        "    container-unprivileged on serve/main (pod.yaml:6): fail (high, customer, accepted by exception) in the "
        "bundle, not there when evaluated again",
    ]


def test_a_zip_of_it_is_verified(run: Run, target: Path) -> None:
    _bundle(run)
    with zipfile.ZipFile("out.zip", "w") as archive:
        for path in Path("out").iterdir():
            archive.write(path, f"out/{path.name}")
    assert run("evidence", "verify", "out.zip").status == 0
    with zipfile.ZipFile("out.zip", "a") as archive:
        archive.writestr("../../evil", "x")
    done = run("evidence", "verify", "out.zip")
    assert done.status == 1
    assert "  ../../evil: leads out of the bundle" in done.out.splitlines()


def test_names_in_an_archive_do_not_reach_the_terminal(run: Run, target: Path) -> None:
    _bundle(run)
    Path("out/\u202ex\x08").touch()
    done = run("evidence", "verify", "out")
    assert done.status == 1
    assert "  \ufffdx\ufffd: is no file of the bundle: it was added" in done.out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("verify", "nowhere"), "nowhere: no such file or folder"),
        (("verify", "infra"), "infra is no evidence bundle: it does not hold assessment.json, evidence.json"),
        (("verify", "infra/pod.yaml"), "infra/pod.yaml is no evidence bundle: it is neither a folder, a zip nor a"),
        (("verify", "infra", "--identity", "me"), "--identity and --issuer go together"),
        (("verify", "infra", "--issuer", "me"), "--identity and --issuer go together"),
        (("verify", "infra", "--key", "x", "--identity", "me"), "--key and --identity are two ways to sign; give one"),
        (("bundle", "infra", "--output", "out", "--trust-config", "x"), "--trust-config is for --keyless"),
        (("verify", "infra", "--key", "x.pem"), "x.pem cannot be read: No such file or directory"),
        (("bundle", "nowhere", "--output", "out"), "nowhere: no such file or folder"),
        (("bundle", "infra", "--output", "infra"), "infra is not empty; name a folder that is new or empty"),
        (("bundle", "infra", "--output", "a/b"), "a/b cannot be written: there is no folder"),
        (("bundle", "infra", "--output", "out", "--key", "x", "--keyless"), "--key and --keyless are two ways to sign"),
        (("bundle", "infra", "--output", "out", "--key", "x.pem"), "x.pem cannot be read: No such file or directory"),
        (("bundle", "infra", "--output", "out", "--profile", "no.yaml"), "no.yaml:1: the profile cannot be read"),
        (
            ("bundle", "infra", "--output", "out", "--as-of", "2026-11-02"),
            "SOURCE_DATE_EPOCH says 2026-11-01, which is before 2026-11-02, the day of the assessment",
        ),
        (("bundle", "infra", "--output", "out", "--as-of", "soon"), "--as-of soon is no day"),
        (("bundle", "infra"), "Missing option '--output'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run: Run, target: Path, arguments: tuple[str, ...], words: str) -> None:
    done = run("evidence", *arguments)
    assert done.status == 2
    said = done.err.splitlines()[-1]
    assert said.startswith("ourhalf: ")
    assert words in said
    assert not Path("out").exists()


@pytest.mark.parametrize("options", [("--output", "infra"), ("--output", "out", "--key", "none.pem")])
def test_nothing_is_read_before_the_call_is_right(
    run: Run, target: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.setattr("ourhalf.evidence.bundle.make", None)  # calling it would be a mistake of ours, and said
    done = run("evidence", "bundle", "infra", *options)
    assert done.status == 2
    assert "a mistake of ourhalf" not in done.err


def test_a_finished_assessment_is_no_target(run: Run, target: Path) -> None:
    run("assess", "infra", "--format", "json=done.json")
    done = run("evidence", "bundle", "done.json", "--output", "out")
    assert done.status == 2
    assert done.err == (
        "ourhalf: done.json is a finished assessment, which does not hold its evidence; "
        "bundle the configuration that it was made of\n"
    )


def test_kept_evidence_is_judged_again(run: Run, target: Path) -> None:
    _bundle(run)
    options = ("--as-of", "2026-11-01", "--profile", "infra/ourhalf.yaml", "--format", "json")
    done = run("assess", "out/evidence.json", *options)
    bundled = json.loads(Path("out/assessment.json").read_text())
    again = json.loads(done.out)
    assert done.status == 1
    assert again["targets"] == bundled["targets"] == ["infra"]
    assert [(f["id"], f["status"]) for f in again["findings"]] == [(f["id"], f["status"]) for f in bundled["findings"]]
    assert again["unread"] == bundled["unread"]
    later = json.loads(run("assess", "out/evidence.json", *options[2:], "--as-of", "2027-02-01").out)
    assert [f["exception"] for f in later["findings"] if f["control"] == "container-unprivileged"] == [None]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("assess", "out/evidence.json", "infra"), "out/evidence.json is evidence that was kept; give it alone"),
        (("assess", "out/evidence.json", "--render"), "is evidence that was kept, which --render cannot change"),
        (("assess", "out/evidence.json", "--changed-since", "HEAD"), "which --changed-since cannot narrow; give its"),
        (("evidence", "bundle", "out/evidence.json", "--output", "o"), "is evidence without the files that it was"),
        (("assess", "damaged.json"), "damaged.json is no evidence of ourhalf: Input data was truncated"),
        (("assess", "newer.json"), "newer.json is evidence of version 7.0, and this program reads 1.0; use ourhalf"),
    ],
)
def test_kept_evidence_that_cannot_be_used_says_why(
    run: Run, target: Path, arguments: tuple[str, ...], words: str
) -> None:
    _bundle(run)
    text = Path("out/evidence.json").read_text()
    Path("damaged.json").write_text(text[: len(text) // 2])
    Path("newer.json").write_text(text.replace('"schema_version": "1.0"', '"schema_version": "7.0"'))
    done = run(*arguments)
    assert done.status == 2
    assert words in done.err.splitlines()[-1]


def test_evidence_that_breaks_the_engine_is_told(run: Run, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("x")

    _bundle(run)
    monkeypatch.setattr("ourhalf.evidence.comparing.assess", broken)
    done = run("assess", "out/evidence.json")
    assert done.status == 2
    assert done.err.endswith("out/evidence.json cannot be judged: KeyError: 'x'; was it changed by hand?\n")


def test_a_bundle_within_its_target_is_warned_of(run: Run, target: Path) -> None:
    done = run("evidence", "bundle", "infra", "--output", "infra/out")
    assert done.status == 0
    assert "ourhalf: infra/out lies in infra: whoever assesses that again reads the bundle too" in done.err


def test_a_number_of_seconds_that_is_none_is_told(run: Run, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    done = run("evidence", "bundle", "infra", "--output", "out")
    assert done.status == 2
    assert "SOURCE_DATE_EPOCH is 'yesterday', and not a number of seconds since 1970; unset it" in done.err


def test_what_it_prints_holds_no_secret(run: Run, target: Path) -> None:
    _bundle(run)
    for name in ("evidence.json", "assessment.json"):
        Path("out", name).unlink()
    done = run("evidence", "verify", "out")
    assert done.status == 1
    assert {f"  {name}: is missing" for name in ("evidence.json", "assessment.json")} <= set(done.out.splitlines())
    assert not [secret for secret in SECRETS if secret in done.out + done.err]


def test_a_keyless_bundle_is_made_and_verified(run: Run, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sigstore", reason="the extra `sigstore` is not installed")
    import requests

    from tests.evidence.local_sigstore import IDENTITY, ISSUER, LocalSigstore, token

    instance = LocalSigstore()

    def post(session: requests.Session, url: str, **call: Any) -> requests.Response:
        return instance.post(session, url, **call)

    monkeypatch.setattr(requests.Session, "post", post)
    monkeypatch.setenv("SIGSTORE_ID_TOKEN", token())
    Path("trust.json").write_text(instance.trust_config())
    assert _bundle(run, "--keyless", "--trust-config", "trust.json").endswith(", signed\n")
    asked = ("--identity", IDENTITY, "--issuer", ISSUER)
    done = run("evidence", "verify", "out", *asked, "--trust-config", "trust.json")
    assert (done.status, done.err) == (0, "")
    assert f"  signature  signed by {IDENTITY}, as was asked for\n" in done.out
    done = run("evidence", "verify", "out", "--identity", "else", "--issuer", ISSUER, "--trust-config", "trust.json")
    assert done.status == 1
    assert "  statement.sigstore.json: the signature does not hold: " in done.out
