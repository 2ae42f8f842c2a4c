"""How things at hand are named in generated files: identifiers, and variables for what cannot be known."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from ourhalf.monitor.facts import Thing

_LONGEST = 48


class Raw(str):
    """A text that is written as it is: an identifier or an expression that was made here, never one of a target."""

    __slots__ = ()


class Variable(msgspec.Struct, frozen=True):
    """What whoever applies a file must say; None is no default."""

    name: str
    description: str
    default: str | None = None


class Naming:
    """The names of one generated file; the same thing has the same name wherever it is written.

    `identifier` makes a name of a text in the way of the language. `interpolated` writes a variable inside a text of
    it, `alone` where a value stands by itself; `quoted` writes a text.
    """

    def __init__(
        self,
        identifier: Callable[[str], str],
        interpolated: Callable[[str], str],
        alone: Callable[[str], str],
        quoted: Callable[[str], str],
    ) -> None:
        self._identifier, self._interpolated = identifier, interpolated
        self._alone, self._quoted = alone, quoted
        self._names: dict[Thing, str] = {}
        self._taken: set[str] = set()
        self.variables: dict[str, Variable] = {}

    def name(self, thing: Thing) -> Raw:
        """The identifier of a thing, unique in the file."""
        if thing not in self._names:
            base = self._identifier(thing.name)
            name, number = base, 2
            while name.lower() in self._taken:
                name, number = f"{base}{number}", number + 1
            self._taken.add(name.lower())
            self._names[thing] = name
        return Raw(self._names[thing])

    def inside(self, thing: Thing) -> Raw:
        """What stands for a thing inside a text: its id where that is known, else a variable."""
        return Raw(thing.id if thing.id is not None else self._interpolated(self._unknown(thing)))

    def value(self, thing: Thing) -> Raw:
        """What stands for a thing by itself."""
        return Raw(self._quoted(thing.id) if thing.id is not None else self._alone(self._unknown(thing)))

    def variable(self, name: str, description: str, default: str | None = None) -> Raw:
        """A variable by its name."""
        self.variables.setdefault(name, Variable(name, description, default))
        return Raw(name)

    def _unknown(self, thing: Thing) -> str:
        kind = _KINDS.get(thing.kind, "The name or id of")
        return self.variable(self.name(thing), f"{kind} {thing.name} ({thing.spot}), which no file states")


_KINDS = {
    "S3Bucket": "The name of the bucket",
    "Vpc": "The id of the VPC",
    "DefaultVpc": "The id of the VPC",
    "EksCluster": "The name of the cluster",
    "SageMakerEndpoint": "The name of the endpoint",
}


def snake(text: str) -> str:
    """A name in the way of Terraform."""
    found = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:_LONGEST].rstrip("_")
    found = found.removeprefix("aws_")
    return found if found[:1].isalpha() else f"x_{found}".rstrip("_")


def pascal(text: str) -> str:
    """A name in the way of CloudFormation."""
    found = "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", text))[:_LONGEST]
    found = found.removeprefix("Aws")
    return found if found[:1].isalpha() else f"X{found}"
