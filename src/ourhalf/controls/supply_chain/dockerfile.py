"""What a build trusts: base images, scripts and packages that it fetches."""

from __future__ import annotations

import re
from functools import partial

from ourhalf.controls.dockerfile import (
    BEST_PRACTICES,
    READ,
    Built,
    for_images,
    judge_commands,
    matching,
    simple_commands,
    tag_and_digest,
)
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, effective, entries, entry
from ourhalf.model.references import Checkov, Trivy, WebPage
from ourhalf.model.verdict import Status, Verdict
from ourhalf.resources.dockerfile import BaseImage, CopiedFiles, Dockerfile

_MOVING = frozenset({"latest", "main", "master", "nightly", "edge", "dev"})


def _pinned(file: Dockerfile, _: Context) -> Verdict:
    if not isinstance(file.bases, Known):
        return Verdict.unknown(file.bases)
    failed: list[Field[str]] = []
    reason = ""
    doubt: Unresolved | None = None
    named: list[Field[str]] = []
    for base in file.bases.value:
        match base:
            case BaseImage(image=Known(text) as field):
                found = _moving(text)
                named.append(field)
                if found is not None:
                    reason = reason or found
                    failed.append(field)
            case BaseImage(image=Unresolved(suffix=suffix) as field) if re.search(r"@sha256:[0-9a-f]{64}$", suffix):
                named.append(Known(suffix, field.place))
            case BaseImage(image=Unresolved() as field):
                doubt = field
            case Unresolved():
                doubt = base
    if failed:
        return Verdict.failed(reason, *failed)
    if doubt is not None:
        return Verdict.unknown(doubt)
    return Verdict.passed("every image that the build takes names a version or a digest", file.bases, *named)


def _moving(image: str) -> str | None:
    """Why a reference may name another image tomorrow; None where it names a version or a digest."""
    tag, digest = tag_and_digest(image)
    if digest is not None or image == "scratch":
        return None
    if tag is None:
        return f"{image} names no tag, so that `latest` is pulled"
    return f"the tag `{tag}` of {image} moves with every release" if tag.lower() in _MOVING else None


BASE_PINNED = Control(
    id="dockerfile-base-pinned",
    title="Dockerfiles name the version of every image that they build on or copy from",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Dockerfile,
    evaluate=_pinned,
    rationale="With a moving tag two builds of the same file are different images, and no scan speaks of the next.",
    remedy="Name a version tag, better with its digest: `FROM repository:tag@sha256:...`.",
    citations=(WebPage(BEST_PRACTICES + "#pin-base-image-versions", READ),),
    same_as=(Checkov("CKV_DOCKER_7"), Trivy("DS-0001")),
    rows=("image-005",),
)

_PART = r"(?:[^|;&\n]|&(?!&))*"
_SHELL = (
    r"(?:sudo\s+(?:-\S+\s+)*)?(?:(?:/\S*/)?env\s+)?(?:\w+=\S*\s+)*"
    r"(?:/\S*/)?(?:(?:ba|z|da|k|a)?sh|python[0-9.]*|perl|ruby|node)"
)
_PIPED = re.compile(
    rf"\b(?:curl|wget)\b{_PART}(?:\|(?!\|){_PART}){{0,3}}?\|\s*{_SHELL}(?=\s|$|[;&|)\"'])"
    rf"|\b(?:ba|z|da|k)?sh\s+(?:-\S+\s+)*(?:<\(|[\"']?\$\()\s*(?:curl|wget)\b"
)


def _unpiped(file: Built, _: Context) -> Verdict:
    wrong = matching(_PIPED, "what is downloaded runs at once, unchecked")
    return judge_commands(file, wrong, "no RUN instruction pipes a download into a shell")


NOT_PIPED = Control(
    id="dockerfile-no-piped-script",
    title="Dockerfiles do not run scripts straight from the network",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Dockerfile,
    evaluate=_unpiped,
    rationale="Whoever holds the page, or the way to it, decides what the build runs as root, and leaves no trace.",
    remedy="Download to a file, check it against a checksum that is written in the Dockerfile, then run it.",
    citations=(WebPage(BEST_PRACTICES, READ),),
)

_EXTRA = re.compile(r"--extra-index-url[\s=]+[\"']?(\S+)|\bglobal\.extra-index-url\s+[\"']?(\S+)")
_VENDORS = re.compile(
    r"^https://(?:download\.pytorch\.org|pypi\.nvidia\.com|pypi\.ngc\.nvidia\.com|pip\.repos\.neuron\.amazonaws\.com"
    r"|pypi\.org)(?:/|$)"
)


_UV = re.compile(r"(?:\S+=\S*\s+)*(?:/\S*/)?uv\b")


def _second_index(command: str, uv_mixes: bool) -> str | None:
    """The second index that pip is given; uv asks indexes in order, so that it mixes nothing unless told to."""
    for simple in simple_commands(command):
        found = _EXTRA.search(simple)
        if found is not None and (uv_mixes or not _UV.match(simple) or "unsafe-" in simple):
            return (found[1] or found[2]).strip("\"'")
    return None


def _one_index(file: Built, _: Context) -> Verdict:
    extra = entry(file.environment, "PIP_EXTRA_INDEX_URL")
    if isinstance(extra, Known) and extra.value != "":
        return Verdict.failed("PIP_EXTRA_INDEX_URL lets two indexes compete for every name", extra)
    strategy = effective(entry(file.environment, "UV_INDEX_STRATEGY"))
    mixes = isinstance(strategy, str) and strategy.startswith("unsafe-")
    verdict = judge_commands(file, partial(_competing, uv_mixes=mixes), "pip is given one index at most")
    urls = [_second_index(f.value, mixes) for f in verdict.fields if isinstance(f, Known) and isinstance(f.value, str)]
    if verdict.status is Status.FAIL and all(url is not None and _VENDORS.match(url) for url in urls):
        return Verdict.failed(verdict.reason, *verdict.fields, severity=Severity.LOW)
    return _unless_hidden(verdict, extra if isinstance(extra, Unresolved) else None)


def _unless_hidden(verdict: Verdict, variable: Unresolved | None) -> Verdict:
    """`verdict`, but no pass where a variable may undo it."""
    return Verdict.unknown(variable) if variable is not None and verdict.status is Status.PASS else verdict


def _competing(command: str, uv_mixes: bool) -> str | None:
    url = _second_index(command, uv_mixes)
    return None if url is None else f"pip takes the highest version of a name from PyPI or {url}, whichever has it"


ONE_INDEX = Control(
    id="dockerfile-one-package-index",
    title="Dockerfiles give pip one index for each name",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Dockerfile,
    evaluate=_one_index,
    rationale="Somebody who registers a name of ours on the public index with a higher version gets into the image.",
    remedy="Use `--index-url` with an index that proxies the public one, or install its packages in a step apart.",
    citations=(
        WebPage("pip.pypa.io/en/stable/cli/pip_install/#cmdoption-extra-index-url", READ),
        WebPage("pytorch.org/blog/compromised-nightly-dependency/", READ),
    ),
)

_UNVERIFIED = re.compile(
    r"\bcurl\b[^|;&\n]*?\s(?:-[a-zA-Z]{0,8}k[a-zA-Z]{0,8}|--insecure|--proxy-insecure)(?=\s|$)"
    r"|\bwget\b[^|;&\n]*?\s--no-check-certificate\b"
    r"|--trusted-host\b|\bglobal\.trusted-host\b|\bhttp\.sslverify[=\s]+[\"']?(?:false|0)|\bstrict-ssl[=\s]+[\"']?false"
    r"|\bssl_verify[:=\s]+[\"']?(?:false|no)\b"
    r"|\b(?:GIT_SSL_NO_VERIFY=[\"']?(?:1|true)|PYTHONHTTPSVERIFY=[\"']?0|NODE_TLS_REJECT_UNAUTHORIZED=[\"']?0)",
    re.IGNORECASE,
)
_UNVERIFIED_SETTINGS = {
    "PIP_TRUSTED_HOST": re.compile(r"."),
    "GIT_SSL_NO_VERIFY": re.compile(r"(?i)^(?:1|true|yes)$"),
    "PYTHONHTTPSVERIFY": re.compile(r"^0$"),
    "NODE_TLS_REJECT_UNAUTHORIZED": re.compile(r"^0$"),
    "NPM_CONFIG_STRICT_SSL": re.compile(r"(?i)^false$"),
}


def _verified(file: Built, _: Context) -> Verdict:
    failed: list[Field[object]] = []
    hidden = file.environment if isinstance(file.environment, Unresolved) else None
    for name, field in entries(file.environment):
        pattern = _UNVERIFIED_SETTINGS.get(name.upper())
        if pattern is not None and isinstance(field, Unresolved):
            hidden = field
        elif pattern is not None and isinstance(field, Known) and pattern.search(str(field.value)):
            failed.append(field)
    if failed:
        return Verdict.failed("certificates are not checked, in the build and in the container", *failed)
    verdict = judge_commands(file, matching(_UNVERIFIED, "certificates are not checked"), "certificates are checked")
    return _unless_hidden(verdict, hidden)


CERTIFICATES = Control(
    id="dockerfile-certificates-checked",
    title="Builds check the certificates of what they download from",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Dockerfile,
    evaluate=_verified,
    rationale="Without the check anybody on the way can put another package or script into the image.",
    remedy="Leave the check on; add the certificate of your own authority to the image's store where one is missing.",
    citations=(WebPage("pip.pypa.io/en/stable/cli/pip/#cmdoption-trusted-host", READ),),
    same_as=(
        Checkov("CKV2_DOCKER_2"),
        Checkov("CKV2_DOCKER_3"),
        Checkov("CKV2_DOCKER_4"),
        Checkov("CKV2_DOCKER_5"),
        Checkov("CKV2_DOCKER_14"),
        Checkov("CKV2_DOCKER_15"),
        Checkov("CKV2_DOCKER_16"),
    ),
    rows=("image-008",),
)

_UNSIGNED = re.compile(
    r"--allow-unauthenticated\b|--force-yes\b|--allow-insecure-repositories\b|--allow-untrusted\b"
    r"|--no-?gpg-?checks?\b|--nosignature\b|--nodigest\b|\bgpgcheck=(?:0|false|no)\b|\[[^\]\n]*\btrusted=yes\b"
    r"|AllowInsecureRepositories[=\s\"']+(?:true|1|yes)|AllowUnauthenticated[=\s\"']+(?:true|1|yes)",
    re.IGNORECASE,
)


def _signed(file: Built, _: Context) -> Verdict:
    wrong = matching(_UNSIGNED, "packages are installed without a check of their signature")
    return judge_commands(file, wrong, "signatures of packages are checked")


SIGNATURES = Control(
    id="dockerfile-package-signatures-checked",
    title="Builds check the signatures of the packages that they install",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Dockerfile,
    evaluate=_signed,
    rationale="The signature is what tells a distribution's package from one that somebody put on the mirror.",
    remedy="Import the key of the repository, and leave the check on.",
    citations=(WebPage("wiki.debian.org/SecureApt", READ),),
    same_as=(
        Checkov("CKV2_DOCKER_7"),
        Checkov("CKV2_DOCKER_8"),
        Checkov("CKV2_DOCKER_9"),
        Checkov("CKV2_DOCKER_10"),
        Checkov("CKV2_DOCKER_11"),
    ),
    rows=("image-009",),
)

_REMOTE = re.compile(r"(?i)^(?:https?|ftp)://")
_GIT = re.compile(r"(?i)^(?:git@|git://|ssh://)|\.git(?:#|$)")


def _checked(file: Dockerfile, _: Context) -> Verdict:
    if isinstance(file.copies, Unresolved):
        return Verdict.unknown(file.copies)
    if isinstance(file.copies, Absent):
        return Verdict.passed("nothing is copied or added", file.copies)
    failed: list[Known[str]] = []
    doubt: Unresolved | None = None
    for copied in file.copies.value:
        if isinstance(copied, Unresolved):
            doubt = copied
            continue
        if copied.instruction != Known("ADD", copied.instruction.place) or isinstance(copied.checksum, Known):
            continue
        remote, unknown = _remote_sources(copied)
        failed.extend(remote)
        doubt = doubt or unknown
    if failed:
        return Verdict.failed("a file from the network is added unchecked", *failed)
    if doubt is not None:
        return Verdict.unknown(doubt)
    return Verdict.passed("nothing from the network is added without a checksum", file.copies)


def _remote_sources(copied: CopiedFiles) -> tuple[list[Known[str]], Unresolved | None]:
    """The sources of an ADD that are addresses, and one that may be."""
    if not isinstance(copied.sources, Known):
        return [], copied.sources if isinstance(copied.sources, Unresolved) else None
    known = [s for s in copied.sources.value if isinstance(s, str)]
    unknown = [s for s in copied.sources.value if isinstance(s, Unresolved)]
    remote = [s for s in known if _REMOTE.match(s) and not _GIT.search(s)]
    hidden = [s for s in unknown if _REMOTE.match(s.prefix)]
    place = copied.sources.place
    doubt = next((s for s in unknown if s.prefix == ""), None)
    return [Known(s, place) for s in remote] + [Known(s.prefix, place) for s in hidden], doubt


ADD_CHECKED = Control(
    id="dockerfile-remote-add-checked",
    title="Files that ADD takes from the network are checked",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.LOW,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Dockerfile,
    evaluate=_checked,
    rationale="The file behind an address can change between two builds, and nobody would see it.",
    remedy="Add `--checksum=sha256:...`, or copy the file from the build's own folder.",
    citations=(WebPage("docs.docker.com/reference/dockerfile/#add---checksum", READ),),
    same_as=(Checkov("CKV_DOCKER_4"), Trivy("DS-0005")),
    rows=("image-006",),
)

IMAGE_NOT_PIPED = for_images(
    NOT_PIPED, "image-no-piped-script", "Builds of images run no script straight from the network"
)
IMAGE_ONE_INDEX = for_images(ONE_INDEX, "image-one-package-index", "Builds of images give pip one index for each name")
IMAGE_CERTIFICATES = for_images(
    CERTIFICATES, "image-certificates-checked", "Builds of images check certificates, and so do their containers"
)
IMAGE_SIGNATURES = for_images(
    SIGNATURES, "image-package-signatures-checked", "Builds of images check the signatures of packages"
)
