"""One whole run: read targets, judge them, and remember both for the next time."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import msgspec

from ourhalf import cache
from ourhalf.collect import Targets, collect
from ourhalf.model.finding import Assessment
from ourhalf.profile.document import Profile

Progress = Callable[[int, int], None]


class Request(msgspec.Struct, frozen=True):
    """What is asked of a run: the same request over the same files gives the same assessment.

    `render` lets the user's own helm and kustomize render what they can; what they make is not kept.
    `digests` takes the digest of every model file, also where the profile names none.
    """

    targets: tuple[str, ...]
    as_of: date
    profile: Profile = Profile()
    profile_path: str | None = None
    render: bool = False
    digests: bool = False


def run(request: Request, progress: Progress | None = None, use_cache: bool = True) -> Assessment:
    """The assessment, from the cache where neither the files, the request nor the program changed.

    `progress` is told how many units of how many were read.
    """
    from ourhalf.signatures import keys_of

    targets = Targets(request.targets)
    # Signatures are files that no reader wants: the key of the cache says nothing of them.
    if not use_cache or request.render or keys_of(request.profile):
        return _assess(request, targets, progress, keep=use_cache)
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


def _assess(request: Request, targets: Targets, progress: Progress | None, keep: bool) -> Assessment:
    from ourhalf.assess import assess
    from ourhalf.catalogue import all_controls
    from ourhalf.digests import asks_digests, with_digests
    from ourhalf.signatures import keys_of, with_signers

    with _without_collector():
        evidence = collect(targets, progress, keep, meanwhile=all_controls)
        if request.render:
            from ourhalf.render import with_rendered

            evidence = with_rendered(evidence, targets)
        if request.digests or asks_digests(request.profile):
            evidence = with_digests(evidence, targets.files)
        if keys := keys_of(request.profile):
            evidence = with_signers(evidence, targets.files, keys)
        return assess(evidence, request.targets, request.as_of, request.profile, request.profile_path)


@contextmanager
def _without_collector() -> Iterator[None]:
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
