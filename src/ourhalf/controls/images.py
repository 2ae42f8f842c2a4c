"""What controls of images share: exhibits by kind, whose layers they lie in, and a verdict over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import msgspec

from ourhalf.model.context import Context
from ourhalf.model.field import Field, Known, Unresolved, elements, entries, known_part, unknown_part
from ourhalf.model.images import ImageFacts, Publisher
from ourhalf.model.profile import Severity
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container
from ourhalf.resources.images import ContainerImage, Exhibit

READ = date(2026, 11, 27)
IMAGE_SPEC = "github.com/opencontainers/image-spec/blob/main/config.md"

_TOLD = 3


def facts_of(image: ContainerImage, context: Context) -> ImageFacts:
    """What is known of an image, or else of the one below it: by their names, then by the image's labels."""
    if context.images is None:
        return ImageFacts(None, Publisher.UNKNOWN, "images are not recognised in this assessment")
    base = (image.base.value,) if isinstance(image.base, Known) else ()
    named = [context.images.facts(Known(one)) for one in (image.reference, *image.other_names, *base)]
    known = next((one for one in named if one.publisher is Publisher.AWS_DEEP_LEARNING), None)
    labels = {name: one.value for name, one in entries(image.labels) if isinstance(one, Known)}
    return known or context.images.labelled(labels) or named[0]


def facts_of_container(container: Container, context: Context) -> ImageFacts:
    """What is known of the image of a container: by its reference, else by its content where that was read."""
    if context.images is None:
        return ImageFacts(None, Publisher.UNKNOWN, "images are not recognised in this assessment")
    facts = context.images.facts(container.image)
    image = context.contents.of(container.image) if facts.publisher is Publisher.UNKNOWN else None
    return facts_of(image, context) if isinstance(image, ContainerImage) else facts


def exhibits(image: ContainerImage, *kinds: str) -> tuple[Exhibit, ...]:
    """What of these kinds was found in an image, in the order of the examiners."""
    return tuple(one for one in elements(image.exhibits) if one.kind in kinds)


def place_of(exhibit: Exhibit) -> Known[str]:
    """An exhibit as a field that a verdict can rest on."""
    place = exhibit.place
    return Known(exhibit.kind, msgspec.structs.replace(place, field=place.field or exhibit.file))


def in_base(found: Iterable[Exhibit]) -> bool:
    """Whether all of these lie in layers of a known image below."""
    return all(one.base for one in found)


def failed_by(found: tuple[Exhibit, ...], severity: Severity | None = None, why: str = "") -> Verdict:
    """Failed by what was found, whose party follows from the layers that brought it."""
    told = "; ".join(": ".join(filter(None, (one.file, one.what))) for one in found[:_TOLD])
    more = f"; and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
    fields: tuple[Field[str], ...] = tuple(place_of(one) for one in found[:_TOLD])
    verdict = Verdict.failed(f"{told}{more}{why}", *fields, severity=severity)
    return msgspec.structs.replace(verdict, in_base=in_base(found))


def none_of(image: ContainerImage, *kinds: str, passed: str) -> Verdict:
    """Failed by any exhibit of these kinds; passed only where all of the image was seen."""
    found = exhibits(image, *kinds)
    if found:
        return failed_by(found)
    hidden = unknown_part(image.exhibits)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.passed(passed, known_part(image.exhibits))


def judged_exhibits(
    image: ContainerImage, kinds: tuple[str, ...], bad: Callable[[Exhibit], bool], passed: str
) -> Verdict | None:
    """Failed by exhibits that are `bad`; None where the image has none of these kinds and all of it was seen."""
    found = exhibits(image, *kinds)
    wrong = tuple(one for one in found if bad(one))
    if wrong:
        return failed_by(wrong)
    hidden: Unresolved | None = unknown_part(image.exhibits)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.passed(passed, *map(place_of, found[:_TOLD])) if found else None
