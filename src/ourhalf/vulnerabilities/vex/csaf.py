"""VEX as CSAF writes it (docs.oasis-open.org/csaf/csaf/v2.0, section 4.5, profile 5)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ourhalf.model.evidence import Unread
from ourhalf.model.field import Place
from ourhalf.vulnerabilities.vex.document import (
    MAX_TARGETS,
    Named,
    Said,
    Target,
    VexDocument,
    VexFormat,
    decoded,
    each,
    expiry,
    first_moment,
    shortened,
    unsound,
)

_FORM = "CSAF"
_MAX_DEPTH = 60
_STATUSES = {
    "known_not_affected": "not_affected",
    "known_affected": "affected",
    "first_affected": "affected",
    "last_affected": "affected",
    "fixed": "fixed",
    "first_fixed": "fixed",
    "under_investigation": "under_investigation",
}


class _FileHash(msgspec.Struct):
    algorithm: str = ""
    value: str = ""


class _Hashes(msgspec.Struct):
    file_hashes: list[_FileHash] = []


class _Helper(msgspec.Struct):
    purl: str = ""
    purls: list[str] = []
    hashes: list[_Hashes] = []


class _Product(msgspec.Struct):
    product_id: str = ""
    name: str = ""
    helper: _Helper | None = msgspec.field(default=None, name="product_identification_helper")


class _Branch(msgspec.Struct):
    product: _Product | None = None
    branches: list[_Branch] = []


class _Relationship(msgspec.Struct):
    product: _Product | None = msgspec.field(default=None, name="full_product_name")
    component: str = msgspec.field(default="", name="product_reference")
    whole: str = msgspec.field(default="", name="relates_to_product_reference")


class _Group(msgspec.Struct):
    group_id: str = ""
    product_ids: list[str] = []


class _Tree(msgspec.Struct):
    branches: list[_Branch] = []
    full_product_names: list[_Product] = []
    relationships: list[_Relationship] = []
    product_groups: list[_Group] = []


class _About(msgspec.Struct):
    """A flag, threat or remediation: what it says and of which products; of all where it names none."""

    product_ids: list[str] = []
    group_ids: list[str] = []
    category: str = ""
    details: str = ""
    label: str = ""
    date: str = ""


class _Note(msgspec.Struct):
    text: str = ""


class _Id(msgspec.Struct):
    text: str = ""


class _Vulnerability(msgspec.Struct):
    cve: str = ""
    ids: list[_Id] = []
    product_status: dict[str, list[str]] = {}
    flags: list[_About] = []
    threats: list[_About] = []
    remediations: list[_About] = []
    notes: list[_Note] = []


class _Tracking(msgspec.Struct):
    id: str = ""
    current_release_date: str = ""


class _Publisher(msgspec.Struct):
    name: str = ""


class _Document(msgspec.Struct):
    tracking: _Tracking = msgspec.field(default_factory=_Tracking)
    publisher: _Publisher = msgspec.field(default_factory=_Publisher)
    title: str = ""


class _Csaf(msgspec.Struct):
    document: _Document
    product_tree: _Tree = msgspec.field(default_factory=_Tree)
    vulnerabilities: list[msgspec.Raw] = []


def _recognises(head: bytes) -> bool:
    return b'"csaf_version"' in head or (b'"tracking"' in head and b'"publisher"' in head and b'"document"' in head)


def _read(path: str, data: bytes) -> VexDocument:
    csaf = decoded(path, data, _FORM, _Csaf)
    products = _products(csaf.product_tree)
    groups = {one.group_id: tuple(one.product_ids) for one in csaf.product_tree.product_groups}
    said: list[Said] = []
    unread: list[Unread] = []
    for line, one in each(path, data, csaf.vulnerabilities, _FORM, _Vulnerability):
        if isinstance(one, Unread):
            unread.append(one)
            continue
        place = Place(path, line, 1, "vulnerabilities")
        for made, problem in _statements(one, csaf.document, products, groups, place):
            said.append(made)
            if problem:
                unread.append(Unread(path, line, _FORM, f"{', '.join(made.ids)}: {problem}"))
    return VexDocument(path, _FORM, tuple(said), tuple(unread))


def _statements(
    one: _Vulnerability,
    document: _Document,
    products: dict[str, Target],
    groups: dict[str, tuple[str, ...]],
    place: Place,
) -> Iterator[tuple[Said, str]]:
    """One statement for each status and the products that share what is said of them."""
    ids = tuple(dict.fromkeys(text for text in (one.cve, *(other.text for other in one.ids)) if text))
    notes = " ".join(note.text for note in one.notes)
    flags, impacts, actions = (
        _by_product(many, groups)
        for many in (one.flags, [t for t in one.threats if t.category == "impact"], one.remediations)
    )
    for status, listed in one.product_status.items():
        if status not in _STATUSES:
            continue
        alike: dict[tuple[str, str, str, str], list[str]] = {}
        for product in dict.fromkeys(listed):
            flag, impact, action = (of.get(product) or of.get("") for of in (flags, impacts, actions))
            key = (
                flag.label if flag else "",
                impact.details if impact else "",
                action.details if action else "",
                flag.date if flag else "",
            )
            alike.setdefault(key, []).append(product)
        for (label, impact_text, action_text, day), meant in alike.items():
            moment, problem = first_moment(day, document.tracking.current_release_date)
            if len(meant) > MAX_TARGETS:
                problem = f"more than {MAX_TARGETS:,} products: the rest was not read"
            mapped = _STATUSES[status]
            made = Said(
                by=shortened(document.publisher.name)[:200] or "a publisher who is not named",
                ids=ids,
                status=mapped,
                targets=tuple(products.get(product, Target(Named())) for product in meant[:MAX_TARGETS]),
                place=place,
                justification=label if mapped == "not_affected" else "",
                reason=shortened(impact_text),
                action=shortened(action_text),
                moment=moment,
                expires=expiry(impact_text, notes),
                problem=unsound(mapped, label, impact_text),
            )
            yield made, problem


def _by_product(many: list[_About], groups: dict[str, tuple[str, ...]]) -> dict[str, _About]:
    """What is said of each product id, the first where it is said twice; under "" what is said of all."""
    found: dict[str, _About] = {}
    for one in many:
        grouped = (product for group in one.group_ids for product in groups.get(group, ()))
        for product in (*one.product_ids, *grouped) or ("",):
            found.setdefault(product, one)
    return found


def _products(tree: _Tree) -> dict[str, Target]:
    """What each product id stands for; a component of another product is that one's."""
    named = {one.product_id: _named(one) for one in (*tree.full_product_names, *_in_branches(tree.branches))}
    found = {product: Target(one) for product, one in named.items()}
    for relation in tree.relationships:
        if relation.product is not None:
            whole = named.get(relation.whole, Named())
            found[relation.product.product_id] = Target(whole, named.get(relation.component, Named()))
    return found


def _in_branches(branches: list[_Branch]) -> Iterator[_Product]:
    stack = [(one, 0) for one in reversed(branches)]
    while stack:
        one, depth = stack.pop()
        if one.product is not None:
            yield one.product
        if depth < _MAX_DEPTH:
            stack.extend((below, depth + 1) for below in reversed(one.branches))


def _named(product: _Product) -> Named:
    helper = product.helper
    if helper is None:
        return Named()
    purls = tuple(dict.fromkeys(text for text in (helper.purl, *helper.purls) if text))
    sums = (one for many in helper.hashes for one in many.file_hashes)
    digests = tuple(one.value.lower() for one in sums if one.algorithm.lower() in ("sha256", "sha-256"))
    return Named(purls, digests)


CSAF = VexFormat("csaf", "CSAF VEX", _recognises, _read)
