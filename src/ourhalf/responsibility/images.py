"""Who answers for what is in an image, once its layers were read."""

from __future__ import annotations

from datetime import date

from ourhalf.model.context import ImageKnowledge
from ourhalf.model.field import Known, entries
from ourhalf.model.images import ImageFacts, Publisher
from ourhalf.model.responsibility import Layer, Party, Responsibility
from ourhalf.resources.images import ContainerImage
from ourhalf.responsibility.rules import of_publisher

_PATCHED = frozenset({Layer.IMAGE_OS_PACKAGES, Layer.IMAGE_FRAMEWORK})


def of_image(
    layer: Layer, image: ContainerImage, in_base: bool | None, knowledge: ImageKnowledge | None, as_of: date
) -> Responsibility | None:
    """Who answers for `layer` of `image`; None for layers on which its content has no bearing.

    What our own layers brought is ours. What the image brought that ours is built on is its publisher's, as long as
    that one patches it. Where no known image is below, whoever built it answers: that is us. Where labels tell that
    there is one, but not which layers are its own, nobody can say.
    """
    if layer not in _PATCHED:
        return None
    if in_base is False:
        return Responsibility(layer, Party.CUSTOMER, "a layer of our own brought it", sources=("S1",))
    facts = _facts(image, knowledge)
    below = _below(image, knowledge) if facts is None and in_base is None else None
    if below is not None:
        why = f"{below.why}; which of its layers are those of AWS cannot be told: name the base with --base"
        return Responsibility(layer, Party.UNKNOWN, why, sources=("S1",))
    if facts is None or (facts.publisher is Publisher.UNKNOWN and in_base is None):
        why = "no image of a known publisher is recognised below it: whoever built it answers"
        return Responsibility(layer, Party.CUSTOMER, why, sources=("S1",))
    return of_publisher(layer, facts, as_of)


def _below(image: ContainerImage, knowledge: ImageKnowledge | None) -> ImageFacts | None:
    """What the labels of an image tell of the one that it is built on."""
    labels = {name: one.value for name, one in entries(image.labels) if isinstance(one, Known)}
    return knowledge.labelled(labels) if knowledge is not None and labels else None


def known_publisher(image: ContainerImage, knowledge: ImageKnowledge | None) -> Publisher | None:
    """Who publishes an image, or the one below it; None where that is not known."""
    facts = _facts(image, knowledge)
    return facts.publisher if facts is not None else None


def _facts(image: ContainerImage, knowledge: ImageKnowledge | None) -> ImageFacts | None:
    """What is known of the image itself, or else of the one below it."""
    if knowledge is None:
        return None
    names = (image.reference, *image.other_names, *((image.base.value,) if isinstance(image.base, Known) else ()))
    known = [knowledge.facts(Known(name)) for name in names]
    return next((facts for facts in known if facts.publisher is not Publisher.UNKNOWN), None)
