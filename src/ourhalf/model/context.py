"""What a control may ask besides its subject."""

from datetime import date
from typing import Any, Protocol, TypeVar

import msgspec

from ourhalf.model.field import Field, Unresolved
from ourhalf.model.identity import Access, Decision, Statements
from ourhalf.model.images import ImageFacts
from ourhalf.model.loading import Loaded
from ourhalf.model.network import Exposure, Scope
from ourhalf.model.profile import Requirements
from ourhalf.model.resource import Resource
from ourhalf.model.workload import Container, Workload

R = TypeVar("R", bound=Resource)


class Graph(Protocol):
    """The resources of one assessment and how they name each other."""

    def find(self, link: Field[object], kind: type[R], near: Resource) -> R | Unresolved:
        """The resource of `kind` that `link`, a field of `near`, names.

        Unresolved, with the reason, when it lies outside what was read or cannot be told.
        """
        ...

    def referrers(self, target: Resource, kind: type[R]) -> tuple[R, ...]:
        """The resources of `kind` that name `target` in any of their links."""
        ...

    def all(self, kind: type[R], near: Resource | None = None) -> tuple[R, ...]:
        """Every resource of `kind` or of a type derived from it; with `near`, those of its scope only."""
        ...

    def workloads(self) -> tuple[Workload, ...]:
        """Everything that runs."""
        ...


class _NoGraph:
    """The graph of an assessment without resources."""

    def find(self, link: Field[object], kind: type[R], near: Resource) -> R | Unresolved:
        return Unresolved(f"no {kind.__name__} was read", link.place)

    def referrers(self, target: Resource, kind: type[R]) -> tuple[R, ...]:
        return ()

    def all(self, kind: type[R], near: Resource | None = None) -> tuple[R, ...]:
        return ()

    def workloads(self) -> tuple[Workload, ...]:
        return ()


class ImageKnowledge(Protocol):
    """Recognises images by their references, and by the labels that builds leave in them."""

    def facts(self, image: Field[str]) -> ImageFacts:
        """What the reference in `image` says; never raises."""
        ...

    def labelled(self, labels: dict[str, str]) -> ImageFacts | None:
        """What the labels of an image say of it, or of the one that it is built on; None where they say nothing."""
        ...


class Identity(Protocol):
    """Judges what identities may do, by all policies that are attached to them."""

    def statements(self, holder: Resource) -> Statements:
        """Every statement of a role, user, group or policy, those of AWS managed policies included."""
        ...

    def document(self, document: Field[Any], policy: str) -> Statements:
        """The statements of one policy document, such as a trust policy; `policy` names it in reasons."""
        ...

    def allows(self, holder: Resource, action: str, resource: str = "*") -> Access:
        """Whether a role, user or group may do `action` on `resource`.

        A `resource` of `*` asks whether it may do so on every resource.
        """
        ...

    def open_to_anyone(self, document: Field[Any], policy: str) -> Access:
        """Whether a resource's or trust policy lets in any AWS account or everyone.

        `conditional` where a condition that does not name who they are narrows it; `not-allowed`
        where each principal is named, or a condition names it.
        """
        ...

    def misnamed(self, action: str) -> str | Unresolved | None:
        """What is wrong with the name of an action, as the end of a sentence that begins with it.

        None where AWS has an action of this name, or one that its wildcards match.
        """
        ...


class _NoIdentity:
    """Identity where policies are not evaluated: nothing is known."""

    def statements(self, holder: Resource) -> Statements:
        return Statements(doubts=(Unresolved("policies were not evaluated", holder.place),))

    def document(self, document: Field[Any], policy: str) -> Statements:
        return Statements(doubts=(Unresolved("policies were not evaluated", document.place),))

    def allows(self, holder: Resource, action: str, resource: str = "*") -> Access:
        return Access(Decision.UNKNOWN, "policies were not evaluated")

    def open_to_anyone(self, document: Field[Any], policy: str) -> Access:
        return Access(Decision.UNKNOWN, "policies were not evaluated")

    def misnamed(self, action: str) -> str | Unresolved | None:
        return Unresolved("policies were not evaluated")


class Network(Protocol):
    """Judges from where ports can be reached."""

    def exposure(self, workload: Workload, port: int, protocol: str = "tcp") -> Exposure:
        """From where `port`, as a container of `workload` listens on it, can be reached.

        It takes for granted that something listens on every address of the container: whether it
        does is for the caller to know.
        """
        ...

    def admitted(self, group: Resource, port: int, protocol: str = "tcp") -> Exposure:
        """From where a security group alone lets connections to `port` in."""
        ...


class _NoNetwork:
    """Network where reachability is not judged: nothing is known."""

    def exposure(self, workload: Workload, port: int, protocol: str = "tcp") -> Exposure:
        return Exposure(Scope.UNKNOWN, "reachability was not judged")

    def admitted(self, group: Resource, port: int, protocol: str = "tcp") -> Exposure:
        return Exposure(Scope.UNKNOWN, "reachability was not judged")


class Models(Protocol):
    """Tells what loads a model file."""

    @property
    def told(self) -> bool:
        """Whether anything that runs was read, and none of it loads files by names that are not known.

        Else that nothing loads a file says nothing.
        """
        ...

    def loaders(self, file: Resource) -> tuple[Loaded, ...]:
        """What loads `file`, as far as configuration names it without a doubt; each container once."""
        ...


class _NoModels:
    """Models where nobody looked for what loads them: nothing is known."""

    told = False

    def loaders(self, file: Resource) -> tuple[Loaded, ...]:
        return ()


class ImageContents(Protocol):
    """Tells what is in the images that containers run, where these were read too."""

    def of(self, image: Field[str]) -> Resource | Unresolved:
        """The image that was read for a reference, as a resource; else why there is none."""
        ...

    def users(self, image: Resource) -> tuple[tuple[Workload, Container], ...]:
        """What runs an image, as far as configuration names it without a doubt."""
        ...

    def by_itself(self, image: Resource) -> Container | None:
        """An image as a container that nobody tells anything; None where images are not joined."""
        ...


class _NoContents:
    """The contents where no image was read."""

    def of(self, image: Field[str]) -> Resource | Unresolved:
        return Unresolved("the image was not read", image.place)

    def users(self, image: Resource) -> tuple[tuple[Workload, Container], ...]:
        return ()

    def by_itself(self, image: Resource) -> Container | None:
        return None


class Context(msgspec.Struct, frozen=True):
    """The rest of the evidence, the company's requirements for this subject, and the date.

    `workload` is the one that the subject is, or belongs to. `as_of` is the only clock.
    """

    graph: Graph = _NoGraph()
    requirements: Requirements = Requirements()
    as_of: date = date.min
    workload: Workload | None = None
    container: Container | None = None
    images: ImageKnowledge | None = None
    identity: Identity = _NoIdentity()
    network: Network = _NoNetwork()
    models: Models = _NoModels()
    contents: ImageContents = _NoContents()
