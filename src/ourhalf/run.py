"""One whole run: read targets, judge them, and remember both for the next time."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date

import msgspec

from ourhalf import cache
from ourhalf.collect import Targets, collect
from ourhalf.files import TargetFiles
from ourhalf.images.options import ImageOptions
from ourhalf.model.evidence import Evidence
from ourhalf.model.finding import Assessment
from ourhalf.profile.document import Profile
from ourhalf.vulnerabilities.options import AdvisoryOptions

Progress = Callable[[int, int], None]


class Request(msgspec.Struct, frozen=True):
    """What is asked of a run: the same request over the same files gives the same assessment.

    `render` lets the user's own helm and kustomize render what they can; what they make is not kept.
    `digests` takes the digest of every model file, also where the profile names none. Of `targets` some may be
    images; `images` says how these, and those that workloads name, are read, and `advisories` what is asked about their
    packages.
    """

    targets: tuple[str, ...]
    as_of: date
    profile: Profile = Profile()
    profile_path: str | None = None
    render: bool = False
    digests: bool = False
    images: ImageOptions = ImageOptions()
    advisories: AdvisoryOptions = AdvisoryOptions()


def run(request: Request, progress: Progress | None = None, use_cache: bool = True) -> Assessment:
    """The assessment, from the cache where neither the files, the request nor the program changed.

    `progress` is told how many units of how many were read.
    """
    images = image_targets(request.targets)
    targets = Targets(target for target in request.targets if target not in images)
    # Signatures are files that no reader wants, and images are no files: the key of the cache says nothing of them.
    if not use_cache or request.render or request.profile.model_keys or images or request.images.named:
        return _assess(request, targets, progress, keep=use_cache, images=images)
    key = _key(request, targets) if cache.holds("assessments") else None
    known = cache.load("assessments", key) if key is not None else None
    if known is not None:
        try:
            return msgspec.msgpack.decode(known, type=Assessment)
        except msgspec.DecodeError:  # an entry that something else wrote is as good as none
            known = None
    assessment = _assess(request, targets, progress, keep=True)
    cache.store("assessments", key or _key(request, targets), msgspec.msgpack.encode(assessment))
    return assessment


def input_key(request: Request) -> str | None:
    """What the cache knows the input of a run by; None where the files of the targets do not say all of it."""
    if request.render or request.profile.model_keys or request.images.named or image_targets(request.targets):
        return None
    return _key(request, Targets(request.targets))


def image_targets(targets: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the targets that are images: no path is one, so that nothing is imported where all are paths."""
    missing = [target for target in targets if not os.path.exists(target)]
    if not missing:
        return ()
    from ourhalf.images.reading import is_image

    return tuple(target for target in missing if is_image(target))


def _assess(
    request: Request, targets: Targets, progress: Progress | None, keep: bool, images: tuple[str, ...] = ()
) -> Assessment:
    from ourhalf.assess import assess
    from ourhalf.catalogue import all_controls

    with without_collector():
        evidence = collect(targets, progress, keep, meanwhile=all_controls)
        if request.render:
            from ourhalf.render import with_rendered

            evidence = with_rendered(evidence, targets)
        evidence = with_origins(evidence, request, targets.files)
        if images or request.images.named:
            from ourhalf.image_evidence import with_images
            from ourhalf.vulnerabilities.flow import with_known

            evidence = with_images(evidence, images, request.images, keep=keep)
            evidence = with_known(evidence, request)
        return assess(evidence, request.targets, request.as_of, request.profile, request.profile_path)


def with_origins(evidence: Evidence, request: Request, files: Mapping[str, TargetFiles]) -> Evidence:
    """The same evidence, with the digests and signers of model files where the request or its profile asks for them."""
    if request.digests or request.profile.trusts_digests:
        from ourhalf.digests import with_digests

        evidence = with_digests(evidence, files)
    if keys := request.profile.model_keys:
        from ourhalf.signatures import with_signers

        evidence = with_signers(evidence, files, keys)
    return evidence


@contextmanager
def without_collector() -> Iterator[None]:
    """Without garbage collection: evidence has no cycles, and looking for them costs a quarter of a run."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _key(request: Request, targets: Targets) -> str:
    asked = msgspec.msgpack.encode((cache.rule_set(), request, targets.digests()), order="deterministic")
    return hashlib.blake2b(asked, digest_size=16).hexdigest()
