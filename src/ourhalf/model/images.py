"""What an image reference says of the image it names."""

from datetime import date

import msgspec

from ourhalf.model.word import Word


class Publisher(Word):
    """Who builds an image, as far as its reference tells."""

    AWS_DEEP_LEARNING = "aws-deep-learning-container"
    OTHER = "other"
    UNKNOWN = "unknown"


class ImageReference(msgspec.Struct, frozen=True):
    """The parts of a reference; `registry` is docker.io where none is written."""

    text: str
    registry: str
    repository: str
    tag: str | None = None
    digest: str | None = None


class ImageFacts(msgspec.Struct, frozen=True):
    """What is known of an image from its reference alone, and why no more.

    Dates are days of general availability and of the end of patching.
    """

    reference: ImageReference | None
    publisher: Publisher
    why: str
    framework: str | None = None
    version: str | None = None
    accelerator: str | None = None
    platform: str | None = None
    region: str | None = None
    general_availability: date | None = None
    end_of_patch: date | None = None
    source: str = ""
