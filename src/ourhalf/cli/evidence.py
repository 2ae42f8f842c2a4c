"""`ourhalf evidence`: Bundle what decided an assessment, and verify such a bundle."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from ourhalf.cli.shell.options import AS_OF
from ourhalf.cli.shell.problem import Problem, say

if TYPE_CHECKING:
    from ourhalf.evidence.verify import Verification, Wanted

_MOST_SHOWN = 50
_TRUST = click.option(
    "--trust-config",
    "trust",
    metavar="FILE",
    help="The trust configuration of your own sigstore instance, instead of the public one.",
)


@click.group("evidence")
def command() -> None:
    """Bundle what decided an assessment, and verify such a bundle."""


@command.command("bundle", short_help="Assess TARGETs, and keep all that decided.")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option("--output", required=True, metavar="DIR", help="Where to put the bundle: a folder that is new or empty.")
@click.option("--profile", metavar="FILE", help="The profile. If left out: ourhalf.yaml here, else in TARGET.")
@AS_OF
@click.option("--key", metavar="PRIVATE.pem", help="Sign with this key: Ed25519, or ECDSA on P-256.")
@click.option(
    "--keyless",
    "without_key",
    is_flag=True,
    help="Sign by sigstore, as the identity of this CI job. Needs the network.",
)
@_TRUST
@click.option("--no-cache", is_flag=True, help="Read everything anew, and keep nothing for the next run.")
def bundle(  # noqa: PLR0913, PLR0917 - one for each option
    targets: tuple[str, ...],
    output: str,
    profile: str | None,
    as_of: str | None,
    key: str | None,
    without_key: bool,
    trust: str | None,
    no_cache: bool,
) -> None:
    """Assess TARGETs, and keep all that decided the findings in one folder.

    The bundle holds the evidence without secrets, the assessment, the profile, the digests of every
    file that was read, a manifest, and an in-toto statement, which --key or --keyless signs. With
    SOURCE_DATE_EPOCH set, the same files give the same bytes on every machine. OURHALF_KEY_PASSPHRASE
    opens a key that is encrypted.

    TARGET is configuration. A finished assessment cannot be bundled: it does not hold its evidence.
    """
    from ourhalf.evidence.errors import EvidenceError

    try:
        found = _made(targets, output, profile, as_of, _how(key, without_key, trust), not no_cache)
    except EvidenceError as error:
        raise Problem(str(error)) from None
    signed = "signed" if key is not None or without_key else "not signed"
    click.echo(f"{output}: evidence bundle sha256:{found}, {signed}")


def _made(  # noqa: PLR0913, PLR0917 - one for each option
    targets: tuple[str, ...],
    output: str,
    profile: str | None,
    as_of: str | None,
    sign: Callable[[bytes], dict[str, bytes]] | None,
    keep: bool,
) -> str:
    from datetime import UTC, datetime

    from ourhalf.cli.shell.progress import progress
    from ourhalf.cli.shell.targets import request
    from ourhalf.evidence.bundle import EPOCH, check_place, check_time, digest, make, moment, write
    from ourhalf.evidence.manifest import STATEMENT

    _check(targets)
    check_place(output)
    created = moment(os.environ, datetime.now(UTC))
    if as_of is None and os.environ.get(EPOCH):
        as_of = created.date().isoformat()
    asked = request(targets, profile, as_of)
    check_time(asked, created, os.environ)
    files = make(asked, created, progress(), keep)
    if sign is not None:
        files |= sign(files[STATEMENT])
    write(files, output)
    _warn(output, targets)
    return digest(files)


def _how(key: str | None, without_key: bool, trust: str | None) -> Callable[[bytes], dict[str, bytes]] | None:
    """What makes the files of a signature from a statement; None to leave it unsigned. Raises Problem."""
    from ourhalf.evidence import keyless
    from ourhalf.evidence.manifest import ENVELOPE, PUBLIC_KEY, SIGSTORE
    from ourhalf.evidence.signing import private_key, sign

    if key is not None and without_key:
        raise Problem("--key and --keyless are two ways to sign; give one")
    if trust is not None and not without_key:
        raise Problem("--trust-config is for --keyless")
    if key is not None:
        private = private_key(key, os.environ.get("OURHALF_KEY_PASSPHRASE"))

        def by_key(statement: bytes) -> dict[str, bytes]:
            signed = sign(statement, private)
            return {ENVELOPE: signed.envelope, PUBLIC_KEY: signed.public_key}

        return by_key
    if without_key:
        keyless.require()
        return lambda statement: {SIGSTORE: keyless.sign(statement, os.environ, trust)}
    return None


def _check(targets: tuple[str, ...]) -> None:
    """Raise Problem where a target is not there, or is no configuration."""
    from ourhalf.cli.shell.targets import check, kept_evidence, read_assessment

    check(targets)
    if kept_evidence(targets) is not None:
        raise Problem(f"{targets[0]} is evidence without the files that it was read from; bundle those")
    for target in targets:
        if read_assessment(target) is not None:
            raise Problem(
                f"{target} is a finished assessment, which does not hold its evidence; "
                "bundle the configuration that it was made of"
            )


def _warn(output: str, targets: tuple[str, ...]) -> None:
    place = os.path.realpath(output) + os.sep
    for target in targets:
        if os.path.isdir(target) and place.startswith(os.path.realpath(target) + os.sep):
            say(f"{output} lies in {target}: whoever assesses that again reads the bundle too; move it elsewhere")


@command.command("verify", short_help="Check bytes, signature and verdicts of a bundle.")
@click.argument("path", metavar="DIR")
@click.option("--key", metavar="PUBLIC.pem", help="The bundle must be signed by this key.")
@click.option("--identity", metavar="NAME", help="The bundle must be signed keyless by this mail address or URI.")
@click.option("--issuer", metavar="URL", help="Who must vouch for --identity, such as https://accounts.google.com.")
@_TRUST
def verify(path: str, key: str | None, identity: str | None, issuer: str | None, trust: str | None) -> int:
    """Check that nothing in a bundle was changed, who signed it, and that the verdicts follow.

    DIR is a bundle, or a zip or plain tar of one. Nothing else is needed: every byte is compared with
    the manifest, the manifest with the statement, and the findings are evaluated again from the
    evidence by this program. What is signed by a key needs the extra `signing`, what is signed keyless
    the extra `sigstore`; neither needs the network.

    The exit status is 0 where all of it holds, 1 where something does not, which is listed, and 2
    where DIR is no bundle.
    """
    from datetime import UTC, datetime

    from ourhalf.evidence.errors import EvidenceError
    from ourhalf.evidence.opened import open_bundle
    from ourhalf.evidence.verify import verify as verified

    try:
        wanted = _wanted(key, identity, issuer, trust)
        found = verified(open_bundle(path), wanted, datetime.now(UTC))
    except EvidenceError as error:
        raise Problem(str(error)) from None
    for line in _told(path, found):
        click.echo("".join(c if c.isprintable() else "\ufffd" for c in line))
    return 0 if found.holds else 1


def _wanted(key: str | None, identity: str | None, issuer: str | None, trust: str | None) -> Wanted:
    from ourhalf.evidence.keyless import Signer
    from ourhalf.evidence.signing import public_key_id
    from ourhalf.evidence.verify import Wanted

    if key is not None and (identity is not None or issuer is not None):
        raise Problem("--key and --identity are two ways to sign; give one")
    if (identity is None) != (issuer is None):
        raise Problem("--identity and --issuer go together: a name is worth no more than who vouches for it")
    if key is not None:
        return Wanted(public_key_id(key))
    signer = Signer(identity, issuer) if identity is not None and issuer is not None else None
    return Wanted(signer=signer, trust=trust)


def _told(path: str, found: Verification) -> list[str]:
    told = [f"{path}: {'all of it holds' if found.holds else 'does not hold'}"]
    if found.listed is not None:
        listed = found.listed
        told.append(f"  bundle     sha256:{found.digest}")
        told.append(
            f"  made       {listed.created:%Y-%m-%d %H:%M:%S} UTC as of {listed.as_of} by ourhalf {listed.tool.version}"
        )
        told.append(f"  signature  {found.signing.words}")
    told.extend(f"  {fault.file}: {fault.reason}" for fault in found.faults)
    again = found.again
    if again is None:
        return [*told, "  verdicts   not evaluated again, because of what is told above"]
    rules = "" if found.same_rules else "; the rule set is of another version than the one that made the bundle"
    if not again.differences:
        return [*told, f"  verdicts   {again.findings:,} evaluated again, all the same{rules}"]
    told.append(f"  verdicts   {len(again.differences):,} of {again.findings:,} differ{rules}")
    told.extend(f"    {difference}" for difference in again.differences[:_MOST_SHOWN])
    if len(again.differences) > _MOST_SHOWN:
        told.append(f"    and {len(again.differences) - _MOST_SHOWN:,} more")
    return told
