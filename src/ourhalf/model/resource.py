"""What a typed resource is, and how its fields say where each language writes them."""

from typing import Any, ClassVar

import msgspec

from ourhalf.model.field import ABSENT, NOWHERE, Entries, Field, Place
from ourhalf.model.word import Word


class Dialect(Word):
    """A way to spell the fields of a resource."""

    API = "api"
    CLOUDFORMATION = "cloudformation"
    TERRAFORM = "terraform"
    KUBERNETES = "kubernetes"
    COMPOSE = "compose"


class Language(Word):
    """The language of a file, in which a remedy for it is written."""

    TERRAFORM = "terraform"
    TERRAFORM_PLAN = "terraform-plan"
    CLOUDFORMATION = "cloudformation"
    KUBERNETES = "kubernetes"
    JSON = "json"
    YAML = "yaml"
    PYTHON = "python"
    SHELL = "shell"
    DOCKERFILE = "dockerfile"
    COMPOSE = "compose"


class At(msgspec.Struct, frozen=True):
    """Where each language writes a field, and what the service does when it is left out.

    Paths are dotted from the resource, `|` between alternatives. `api` is the AWS API's own name
    (`VpcConfig.Subnets`). Left None, `cloudformation` is `api` with each part capitalised and
    `terraform` is `api` in snake case; an empty text says that the language cannot express the
    field. `source` cites the page that documents `default`. `identifies` marks a name, id or ARN by
    which other resources may name this one. `format` names the module of `readers/embedded` that
    parses the value first, such as `user_data`; a JSON text where a part or list belongs is parsed
    without it. `each` names, `|` between alternatives, the key that holds the text of an element
    where a language writes a mapping for each element of a list of texts.
    """

    api: str = ""
    cloudformation: str | None = None
    terraform: str | None = None
    kubernetes: str = ""
    compose: str = ""
    default: Any = None
    source: str = ""
    identifies: bool = False
    format: str = ""
    each: str = ""


class Names(msgspec.Struct, frozen=True):
    """What each language calls a type of resource; empty where it has no such type.

    `api` is `service:Operation` in boto3's spelling (`sagemaker:CreateModel`), `kubernetes` is
    `group/Kind`. `|` separates alternatives.
    """

    api: str = ""
    cloudformation: str = ""
    terraform: str = ""
    kubernetes: str = ""


class Origin(msgspec.Struct, frozen=True):
    """Where a resource comes from.

    `scope` is the Terraform root module, the template or the file within which references hold;
    `address` is the resource's own unique address in it (`module.a.aws_s3_bucket.b`, a logical id,
    `namespace/Kind/name`).
    """

    place: Place = NOWHERE
    language: Language = Language.JSON
    dialect: Dialect = Dialect.API
    scope: str = ""
    address: str = ""


class Part(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """A group of fields inside a resource, such as a VPC configuration.

    `alone` says that one may stand in every language where a list of them belongs.
    """

    alone: ClassVar[bool] = False


class Resource(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A typed, normalised thing that configuration declares.

    Subclasses annotate each field as `Annotated[Field[T], At(...)]` with the default `ABSENT`, and
    state their `names`.
    """

    names: ClassVar[Names] = Names()

    name: str
    origin: Origin = Origin()
    tags: Field[Entries[str]] = ABSENT

    @property
    def place(self) -> Place:
        """Where the resource begins."""
        return self.origin.place

    @property
    def kind(self) -> str:
        """The name of the type, as findings show it."""
        return type(self).__name__

    @property
    def details(self) -> dict[str, Any] | None:
        """What findings about it tell to programs besides what all findings tell."""
        return None
