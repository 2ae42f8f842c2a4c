"""What is in an image: the document that `ourhalf inventory` writes and that other commands take."""

import msgspec

from ourhalf.model.evidence import Unread
from ourhalf.model.packages import Package

SCHEMA_VERSION = "1"


class Health(msgspec.Struct, frozen=True, omit_defaults=True):
    """The health check of an image; times in nanoseconds, as its configuration writes them."""

    test: tuple[str, ...] = ()
    interval: int = 0
    timeout: int = 0
    start_period: int = 0
    retries: int = 0


class ImageConfig(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an image starts (github.com/opencontainers/image-spec, config.md). Secrets in it are redacted.

    None is what it does not state. `ports` are written `8080/tcp`.
    """

    architecture: str = ""
    os: str = ""
    created: str | None = None
    user: str | None = None
    environment: dict[str, str] = {}
    entrypoint: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    working_folder: str | None = None
    stop_signal: str | None = None
    health: Health | None = None


class Layer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One layer, from the bottom.

    `digest` is that of the packed bytes and `diff_id` that of the tar, each with its algorithm; `size` and
    `unpacked` are their bytes. `history` is the line of the image's history that made it. `base` is the name of
    the known image whose layer it is, "" where none is known. `problem` says why it was not read whole.
    """

    index: int
    digest: str
    diff_id: str = ""
    size: int = 0
    unpacked: int = 0
    files: int = 0
    media_type: str = ""
    history: str = ""
    base: str = ""
    problem: str = ""


class ModelSummary(msgspec.Struct, frozen=True, omit_defaults=True):
    """A model file in an image: where it lies, what it is, and what loading it can do."""

    path: str
    size: int
    layer: int
    formats: tuple[str, ...] = ()
    judgement: str = "unread"
    reason: str = ""


class Cost(msgspec.Struct, frozen=True, omit_defaults=True):
    """What reading an image took: bytes that were fetched or read, of how many that it has packed."""

    read: int = 0
    of: int = 0
    requests: int = 0
    layers_kept: int = 0
    how: str = ""


class Inventory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is in one image of one platform.

    `digest` is that of the manifest. `distribution` is as in `Package`. `base` is the known image that it is built
    on. `incomplete` names the ecosystems (see `Ecosystem`) of which packages may be missing, and why: what is said
    of these is never a clean bill. `unread` are files and layers that could not be read.
    """

    schema_version: str = SCHEMA_VERSION
    reference: str
    digest: str = ""
    platform: str = ""
    distribution: str = ""
    config: ImageConfig = ImageConfig()
    layers: tuple[Layer, ...] = ()
    packages: tuple[Package, ...] = ()
    models: tuple[ModelSummary, ...] = ()
    base: str = ""
    files: int = 0
    unowned: int = 0
    incomplete: dict[str, str] = {}
    unread: tuple[Unread, ...] = ()
    cost: Cost | None = None
