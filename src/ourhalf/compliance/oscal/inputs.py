"""Component definitions as input to a system security plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ourhalf.compliance.formats.format import Held
from ourhalf.compliance.oscal.document import Json, OscalError, line, prose, string
from ourhalf.compliance.oscal.read import ComponentDefinition, DefinedComponent
from ourhalf.compliance.oscal.references import framework_href
from ourhalf.compliance.oscal.system import State, System, of_component
from ourhalf.compliance.results import RequirementResult
from ourhalf.model.finding import Finding


class WithComponents(Held, frozen=True):
    """A framework held against an assessment, with the component definitions that others gave."""

    definitions: tuple[ComponentDefinition, ...] = ()


def with_components(held: Held, components: Iterable[ComponentDefinition]) -> Held:
    """`held` with component definitions, which the system security plan takes in; other formats ignore them.

    Raises OscalError where two definitions name different components by one UUID.
    """
    definitions = tuple(components)
    seen: dict[str, tuple[str, DefinedComponent]] = {}
    for definition in definitions:
        for component in definition.components:
            path, other = seen.setdefault(component.uuid.lower(), (definition.path, component))
            if other != component:
                told = f"UUID {component.uuid} stands for another component in {path}; leave one of the files out"
                raise OscalError(f"{definition.path}: {told}")
    return WithComponents(held.report, held.framework, held.assessment, definitions)


class Claims:
    """The components of given definitions, and the requirements that each says it bears on."""

    def __init__(self, held: Held, system: System) -> None:
        self.definitions = held.definitions if isinstance(held, WithComponents) else ()
        self._system = system
        given = (component for definition in self.definitions for component in definition.components)
        self._given = {component.uuid.lower(): component for component in given}
        self._tests = self._by_test()
        self._bearing: dict[str, dict[str, list[tuple[str, str]]]] = {}
        for component in self._given.values():
            for control, told in _claimed(component, framework_href(held)):
                self._bearing.setdefault(control.lower(), {}).setdefault(component.uuid, []).append((control, told))

    def _by_test(self) -> dict[str, set[str]]:
        """Our controls by the ids that others give the same test."""
        found: dict[str, set[str]] = {}
        for control in self._system.held.assessment.controls:
            for peer in control.same_as:
                found.setdefault(peer.id.lower(), set()).add(control.id)
        return found

    def components(self) -> list[Json]:
        """The given components that the system does not have already, as components of the system."""
        return [
            {
                "uuid": component.uuid,
                "type": string(component.type) or "software",
                "title": line(component.title),
                "description": prose(component.description) or "(no description)",
                "status": {"state": "other", "remarks": "Its definition does not say whether it operates here."},
            }
            for component in self._given.values()
            if component.uuid not in self._system.components
        ]

    def bearing_on(self, result: RequirementResult) -> list[tuple[DefinedComponent, str, State]]:
        """Each given component that says it bears on a requirement: what it says, and what we found of that.

        A claim alone implements nothing here: the state is that of our own verdicts.
        """
        named = {result.id.lower(): set[str](), self._system.control_ids[result.id].lower(): set[str]()}
        ours = {borne.control for borne in result.controls}
        for test, controls in self._tests.items():
            if test in self._bearing and controls & ours:
                named[test] = controls & ours
        found: dict[str, tuple[list[str], set[str]]] = {}
        for name, controls in named.items():
            for uuid, claims in self._bearing.get(name, {}).items():
                texts, judging = found.setdefault(uuid, ([], set()))
                texts += [f"{control}: {told}" for control, told in claims]
                judging |= controls
        findings = self._system.judged(result)
        return [
            (self._given[uuid.lower()], prose("Its definition says:", *texts), _state(result, findings, judging))
            for uuid, (texts, judging) in found.items()
            if uuid not in self._system.components
        ]

    def unread(self) -> list[str]:
        """What to say of definitions that the given ones import."""
        return [
            f"{definition.path} imports {definition.imports} component definitions, which were not read."
            for definition in self.definitions
            if definition.imports
        ]


def _claimed(component: DefinedComponent, framework: str) -> Iterator[tuple[str, str]]:
    """The controls that a component says it implements; bare numbers only where they are this framework's.

    `ac-6` or `SageMaker.1` say of which catalog they are; `1.1` is an id in many.
    """
    for implementation in component.control_implementations:
        for requirement in implementation.implemented_requirements:
            control = requirement.control_id
            if implementation.source == framework or any(map(str.isalpha, control)):
                yield control, requirement.description


def _state(result: RequirementResult, findings: list[Finding], judging: set[str]) -> State:
    bearing = [finding for finding in findings if finding.control in judging]
    if not bearing:
        return State("unknown", "Nothing that was read here decides what its definition says.")
    return of_component(result, bearing, [])
