"""A framework as data: its requirements, and which of our controls bear on each."""

from __future__ import annotations

from datetime import date

import msgspec

from ourhalf.model.responsibility import Service
from ourhalf.model.word import Word


class How(Word):
    """What a control says about a requirement when it holds.

    `IMPLEMENTS` decides its part of the requirement, `SUPPORTS` is needed for it and does not suffice,
    `EVIDENCE` shows something that an auditor weighs.
    """

    IMPLEMENTS = "implements"
    SUPPORTS = "supports"
    EVIDENCE = "evidence"


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Controls that bear on a requirement, who says so and since when.

    Controls are named by their ids (`controls`), by requirements of other frameworks that they bear on
    (`through`, such as `nist-800-53-r5:ac-6`), or by the ids that others give the same test (`tests`, such
    as `Security Hub:SageMaker.5`). `source` is the address of a page or the path of a file of a public
    repository, or `ourhalf` for a judgement of ours; `read` is its date.
    """

    how: How
    source: str
    read: date
    controls: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    valid_from: date | None = None
    retired: date | None = None


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One requirement: its own id, what it is about in our words, and what bears on it.

    `attach` says what a person must attach, of the part that no configuration can show; a requirement
    without mappings is shown by that alone. `layers` are the responsibility layers that it is about:
    they say who answers where no control of ours bears on it. `services` are those whose workloads it is
    about; where none is named, those of its framework.
    """

    id: str
    about: str
    mappings: tuple[Mapping, ...] = ()
    attach: str = ""
    layers: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()
    baselines: tuple[str, ...] = ()
    valid_from: date | None = None
    retired: date | None = None


class Framework(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A framework, at one version. `size` is how many requirements it has in all, ours and others.

    `source` is where the ids were read, on the day `read`; `licence` says what of it may be shown.
    `services` are those whose workloads it is about, all where none is named; `baselines` are named subsets,
    each with its title.
    """

    id: str
    title: str
    version: str
    publisher: str
    source: str
    read: date
    licence: str
    size: int
    requirements: tuple[Requirement, ...]
    services: tuple[Service, ...] = ()
    baselines: dict[str, str] = {}
    notes: tuple[str, ...] = ()
