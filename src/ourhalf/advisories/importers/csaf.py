"""CSAF 2.0 (docs.oasis-open.org/csaf), advisories and VEX: Red Hat's, by package URLs, and NVIDIA's, by its prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote

import msgspec

from ourhalf.advisories.importers.importer import (
    MAX_DOCUMENT,
    Importer,
    Piece,
    UnusableError,
    decoded,
    is_cve,
    quarantined,
    time_of,
)
from ourhalf.advisories.importers.nvidia import of_product
from ourhalf.advisories.intervals import Event, intervals
from ourhalf.advisories.record import Advisory, Affected, Item, Record
from ourhalf.advisories.sources import SourceRow
from ourhalf.advisories.versions import UnorderableError, order_of
from ourhalf.model.advisories import Fix, Quarantined, Rating, Scheme

_REDHAT, _NVIDIA = "redhat-csaf", "nvidia-csaf"
_RHEL = re.compile(r"cpe:(?:/[ao]|2\.3:[ao]):redhat:enterprise_linux:(\d+)\b")
_MOST_DEEP = 60


class _Helper(msgspec.Struct):
    cpe: str = ""
    purl: str = ""


class _Product(msgspec.Struct):
    product_id: str
    name: str = ""
    helper: _Helper = msgspec.field(default_factory=_Helper, name="product_identification_helper")


class _Branch(msgspec.Struct):
    category: str = ""
    name: str = ""
    product: _Product | None = None
    branches: list[msgspec.Raw] = []


class _Relationship(msgspec.Struct):
    product_reference: str = ""
    relates_to: str = msgspec.field(default="", name="relates_to_product_reference")
    product: _Product | None = msgspec.field(default=None, name="full_product_name")


class _Tree(msgspec.Struct):
    branches: list[msgspec.Raw] = []
    full_product_names: list[_Product] = []
    relationships: list[_Relationship] = []


class _Vector(msgspec.Struct):
    vector: str = msgspec.field(default="", name="vectorString")


class _Score(msgspec.Struct):
    v2: _Vector | None = msgspec.field(default=None, name="cvss_v2")
    v3: _Vector | None = msgspec.field(default=None, name="cvss_v3")
    v4: _Vector | None = msgspec.field(default=None, name="cvss_v4")


class _Remediation(msgspec.Struct):
    category: str = ""
    date: str = ""
    product_ids: list[str] = []


class _Threat(msgspec.Struct):
    category: str = ""
    details: str = ""


class _Vulnerability(msgspec.Struct):
    cve: str = ""
    title: str = ""
    release_date: str = ""
    scores: list[_Score] = []
    product_status: dict[str, list[str]] = {}
    remediations: list[_Remediation] = []
    threats: list[_Threat] = []


class _Tracking(msgspec.Struct):
    id: str
    initial_release_date: str = ""
    current_release_date: str = ""


class _Severity(msgspec.Struct):
    text: str = ""


class _Publisher(msgspec.Struct):
    name: str = ""


class _Document(msgspec.Struct):
    tracking: _Tracking
    title: str = ""
    publisher: _Publisher = msgspec.field(default_factory=_Publisher)
    aggregate_severity: _Severity | None = None


class _Csaf(msgspec.Struct):
    document: _Document
    product_tree: _Tree = msgspec.field(default_factory=_Tree)
    vulnerabilities: list[_Vulnerability] = []


class _Named(msgspec.Struct, frozen=True):
    """What is known of one product id: the names of the branches above it, and how its makers identify it."""

    path: tuple[tuple[str, str], ...] = ()
    cpe: str = ""
    purl: str = ""


def recognises(piece: Piece) -> bool:
    """Whether it says that it is CSAF."""
    return b'"csaf_version"' in piece.data and b'"tracking"' in piece.data


def read(piece: Piece, named: SourceRow | None) -> Iterator[Item]:
    """Each vulnerability of a document as a record of its own, since each has products of its own."""
    csaf = decoded(piece.data, _Csaf)
    publisher = csaf.document.publisher.name.lower()
    source = named.name if named is not None else _NVIDIA if "nvidia" in publisher else _REDHAT
    if named is None and "nvidia" not in publisher and "red hat" not in publisher:
        raise UnusableError(f"it is of {csaf.document.publisher.name[:60]!r}, whose products ourhalf does not know")
    products = dict(_products(csaf.product_tree))
    for number, vulnerability in enumerate(csaf.vulnerabilities, 1):
        yield from _Reading(source, csaf.document, vulnerability, products, number).items()


def _products(tree: _Tree) -> Iterator[tuple[str, _Named]]:
    """Every product id with what is known of it; of one in another, what is known of both."""
    found: dict[str, _Named] = {
        one.product_id: _Named((), one.helper.cpe, one.helper.purl) for one in tree.full_product_names
    }
    waiting: list[tuple[tuple[tuple[str, str], ...], msgspec.Raw]] = [((), raw) for raw in tree.branches]
    while waiting:
        path, raw = waiting.pop()
        branch = decoded(bytes(raw), _Branch)
        path = (*path, (branch.category, branch.name[:300]))
        if len(path) > _MOST_DEEP:
            raise UnusableError("its products are nested too deep")
        if branch.product is not None:
            found[branch.product.product_id] = _Named(path, branch.product.helper.cpe, branch.product.helper.purl)
        waiting.extend((path, one) for one in branch.branches)
    yield from found.items()
    for one in tree.relationships:
        part, whole = found.get(one.product_reference, _Named()), found.get(one.relates_to, _Named())
        if one.product is not None:
            yield one.product.product_id, _Named(part.path, whole.cpe or part.cpe, part.purl)


class _Reading:
    """One vulnerability of one document."""

    def __init__(
        self, source: str, document: _Document, found: _Vulnerability, products: dict[str, _Named], number: int
    ) -> None:
        self.source = source
        self.document = document
        self.found = found
        self.products = products
        cve = found.cve if is_cve(found.cve) else ""
        tracking = document.tracking.id[:200]
        self.id = tracking if tracking == cve else f"{tracking}/{cve or number}"
        self.aliases = (cve,) if cve and cve != self.id else ()
        self.unusable: list[Quarantined] = []

    def items(self) -> Iterator[Item]:
        affected: dict[Affected, None] = {}
        for status, ids in self.found.product_status.items():
            for product in ids:
                for one in self._affected(status, product):
                    affected[one] = None
        yield Record(self.source, self._advisory(), tuple(affected))
        yield from self.unusable

    def _advisory(self) -> Advisory:
        tracking = self.document.tracking
        published = time_of(self.found.release_date) or time_of(tracking.initial_release_date)
        return Advisory(
            id=self.id,
            published=published,
            modified=time_of(tracking.current_release_date) or published,
            aliases=self.aliases,
            summary=(self.found.title or self.document.title)[:500],
            ratings=self._ratings(),
        )

    def _ratings(self) -> tuple[Rating, ...]:
        by = self.source.partition("-")[0]
        word = next((one.details for one in self.found.threats if one.category == "impact"), "")
        if not word and self.document.aggregate_severity is not None:
            word = self.document.aggregate_severity.text
        made = [Rating(by, Scheme.WORD, word[:40])] if word else []
        for score in self.found.scores:
            for vector, scheme in ((score.v4, Scheme.CVSS4), (score.v3, Scheme.CVSS3), (score.v2, Scheme.CVSS2)):
                if vector is not None and vector.vector:
                    made.append(Rating(by, scheme, vector.vector[:200]))
        return tuple(dict.fromkeys(made))

    def _affected(self, status: str, product: str) -> list[Affected]:
        named = self.products.get(product)
        if named is None or status not in {"fixed", "known_affected", "first_fixed", "under_investigation"}:
            return []
        if self.source == _NVIDIA:
            return self._by_prose(status, named)
        return self._by_purl(status, product, named)

    def _by_prose(self, status: str, named: _Named) -> list[Affected]:
        names = [name for category, name in named.path if category == "product_name"]
        versions = [name for category, name in named.path if category.startswith("product_version")]
        if status != "known_affected" or not names or not versions:
            return []
        made, unusable = of_product(self.source, self.id, names[-1], versions[-1], self.found.title)
        self.unusable.extend(one for one in unusable if isinstance(one, Quarantined))
        return made

    def _by_purl(self, status: str, product: str, named: _Named) -> list[Affected]:
        release = _RHEL.match(named.cpe)
        if release is None or not named.purl.startswith("pkg:rpm/"):
            return []
        space = f"rhel:{release[1]}"
        name, version, module, source = _of_purl(named.purl)
        order = order_of(space)
        if order is None or not name or (version and status == "known_affected"):
            return []
        fixed = version if status in {"fixed", "first_fixed"} else ""
        try:
            found = intervals([Event(introduced="0"), *([Event(fixed=fixed)] if fixed else [])], order)
        except UnorderableError as error:
            self.unusable.append(quarantined(self.source, self.id, str(error), f"{space}/{name}"))
            return []
        fixes = (Fix(fixed, day := self._since(product), f"{self.source}:{self.id}" if day else ""),) if fixed else ()
        how = "Red Hat has not decided" if status == "under_investigation" else ""
        return [Affected(space, name, found, (), fixes, of="s" if source else "b", module=module, how=how)]

    def _since(self, product: str) -> str:
        """The earliest day of a fix of the vendor for a product."""
        fixes = (one for one in self.found.remediations if one.category == "vendor_fix" and product in one.product_ids)
        return min((day for one in fixes if (day := time_of(one.date)[:10])), default="")


def _of_purl(purl: str) -> tuple[str, str, str, bool]:
    """Name, version with its epoch, stream of the module, and whether it is a source package."""
    plain, _, query = purl.partition("?")
    path, _, version = plain.partition("@")
    qualifiers = {key: values[-1] for key, values in parse_qs(query.partition("#")[0]).items()}
    epoch = qualifiers.get("epoch", "0")
    full = f"{epoch}:{unquote(version)}" if version and epoch != "0" else unquote(version)
    module = ":".join(qualifiers.get("rpmmod", "").split(":")[:2])
    return unquote(path.rpartition("/")[2])[:300], full, module, qualifiers.get("arch") == "src"


CSAF = Importer("csaf", recognises, read, MAX_DOCUMENT)
