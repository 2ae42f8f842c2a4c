"""From images and lists of packages to vulnerabilities as evidence: matched, timed, and told whose they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from ourhalf.graph.index import EvidenceGraph
from ourhalf.judging import surroundings
from ourhalf.model.advisories import Match, Matches
from ourhalf.model.context import Context
from ourhalf.model.evidence import Evidence, Unread
from ourhalf.model.field import ABSENT, Known, Place, Unresolved, elements
from ourhalf.model.images import Publisher
from ourhalf.model.inventory import Inventory
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.model.profile import Severity
from ourhalf.model.resource import Origin, Resource
from ourhalf.model.responsibility import Layer, Party, Responsibility
from ourhalf.model.workload import Workload
from ourhalf.profile.document import Profile
from ourhalf.profile.scopes import Scopes
from ourhalf.readers.reader import merged
from ourhalf.resources.dockerfile import Dockerfile
from ourhalf.resources.images import ContainerImage, within
from ourhalf.resources.vulnerabilities import Affects, Gap, JudgedPackages, Use, Vulnerability
from ourhalf.responsibility.images import known_publisher, of_image
from ourhalf.vulnerabilities.clocks import Situation, clocks, day_of
from ourhalf.vulnerabilities.newer import NewerImages
from ourhalf.vulnerabilities.options import AdvisoryOptions
from ourhalf.vulnerabilities.policy import CompanyPolicy, PublisherPolicy, company_policy, policies

if TYPE_CHECKING:
    from ourhalf.advisories.store import Store

_EXAMPLES = 3
_RECORDS = 5
_EXPLOITED = "cisa-kev"
_OURS = "whoever wrote the list chose these packages"
_OS = {Ecosystem.DEB, Ecosystem.RPM, Ecosystem.APK}


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """Packages to ask about: those of an image, or of a file that lists packages.

    `path` is what findings name as the place. `incomplete` says of which ecosystems packages may be missing, by `""`
    where that is not told. `image` is the resource of an image that was read, `built` what is known of one that others
    took the inventory of: whose layers are its base.
    """

    name: str
    path: str
    digest: str = ""
    packages: tuple[Package, ...] = ()
    incomplete: tuple[tuple[str, str], ...] = ()
    image: ContainerImage | None = None
    built: ContainerImage | None = None

    @property
    def owned(self) -> ContainerImage | None:
        """The image whose layers say who answers; None for a list that is of no image."""
        return self.image or self.built


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What one run asks: the day, the profile, and what the user gave."""

    as_of: date
    options: AdvisoryOptions = AdvisoryOptions()
    profile: Profile = Profile()
    profile_path: str | None = None


def of_inventory(inventory: Inventory, path: str) -> Listed:
    """The packages of an inventory, a bill of materials or a list of requirements."""
    return Listed(
        name=inventory.reference,
        path=path,
        digest=inventory.digest,
        packages=inventory.packages,
        incomplete=tuple(sorted(inventory.incomplete.items())),
        built=_built(inventory),
    )


def _built(inventory: Inventory) -> ContainerImage | None:
    """What an inventory says of the image that it was taken of; None where it was taken of none, or of one unnamed."""
    from ourhalf.images.recognise import DeepLearningContainers

    facts = DeepLearningContainers().facts(Known(inventory.reference))
    if not inventory.layers and not inventory.digest and facts.publisher is Publisher.UNKNOWN:
        return None
    return ContainerImage(
        name=inventory.reference,
        reference=inventory.reference,
        base=Known(inventory.base) if inventory.base else ABSENT,
        base_layers=sum(bool(layer.base) for layer in inventory.layers),
    )


def _of_resource(image: ContainerImage) -> Listed:
    found = elements(image.packages)
    doubts = image.packages.value if isinstance(image.packages, Known) else (image.packages,)
    return Listed(
        name=image.reference,
        path=image.place.path,
        digest=image.digest.value if isinstance(image.digest, Known) else "",
        packages=tuple(one.package for one in found),
        incomplete=tuple(("", one.reason) for one in doubts if isinstance(one, Unresolved)),
        image=image,
    )


def with_vulnerabilities(evidence: Evidence, listed: tuple[Listed, ...], asked: Asked, newer: NewerImages) -> Evidence:
    """The same evidence, with the vulnerabilities of every image in it and of `listed`.

    Where there is no store this is said once, as what could not be read. Raises StoreError for a damaged one, and
    VexError and AllowlistError for documents that cannot be used.
    """
    from ourhalf.advisories.store import Store, StoreError

    images = tuple(one for one in evidence.resources if isinstance(one, ContainerImage))
    if not images and not listed:
        return evidence
    try:
        store = Store.open(asked.options.store)
    except StoreError as error:
        path = images[0].place.path if images else listed[0].path
        unread = Unread(path, 1, "advisories", f"no vulnerability was looked for: {error}")
        return merged([evidence, Evidence(unread=(unread,))])
    with store:
        finding = _Finding(evidence, asked, store, newer)
        found = merged([finding.evidence(one) for one in (*map(_of_resource, images), *listed)])
    return merged([evidence, _stated(found, asked)])


def _stated(found: Evidence, asked: Asked) -> Evidence:
    """The same, with what VEX documents and allowlists say. Raises VexError, AllowlistError."""
    if not asked.options.vex and not asked.options.allowlists:
        return found
    from ourhalf.vulnerabilities.allowlists import apply_allowlists, read_allowlists
    from ourhalf.vulnerabilities.vex.applying import apply
    from ourhalf.vulnerabilities.vex.document import read_vex

    vulnerabilities = tuple(one for one in found.resources if isinstance(one, Vulnerability))
    others = tuple(one for one in found.resources if not isinstance(one, Vulnerability))
    lists = read_allowlists(asked.options.allowlists)
    vulnerabilities, unread = apply_allowlists(vulnerabilities, lists, asked.as_of)
    applied = apply(vulnerabilities, map(read_vex, asked.options.vex), asked.as_of)
    return Evidence((*applied.vulnerabilities, *others), (*found.unread, *unread, *applied.unread))


class _Finding:
    """What one run shares between its subjects."""

    def __init__(self, evidence: Evidence, asked: Asked, store: Store, newer: NewerImages) -> None:
        self._asked = asked
        self._store = store
        self._graph = EvidenceGraph(evidence)
        self._around: Context = surroundings(self._graph, asked.as_of)
        self._scopes = Scopes(asked.profile, asked.profile_path)
        self._newer = newer.against(store, asked.as_of, asked.options.max_age)
        self._listed = self._exploited_since()

    def _exploited_since(self) -> str:
        oldest = (self._asked.as_of - timedelta(self._asked.options.max_age)).isoformat()
        found = [one.as_of for one in self._store.sources() if one.name == _EXPLOITED and one.as_of >= oldest]
        return found[0] if found else ""

    def evidence(self, listed: Listed) -> Evidence:
        """The vulnerabilities of one subject, and how far they were looked for."""
        from ourhalf.advisories.matching import match

        found = match(listed.packages, self._store, self._asked.as_of, self._asked.options.max_age)
        subject = _Subject(listed, self._uses(listed), self._company(listed))
        vulnerabilities = tuple(self._vulnerabilities(subject, found))
        return Evidence((*vulnerabilities, *_judged(subject, found, vulnerabilities)))

    def _uses(self, listed: Listed) -> tuple[Use, ...]:
        if listed.image is None:
            return ()
        contents = self._around.contents
        found = [
            Use(workload=workload.name, container=container.name, image=container.image)
            for workload, container in contents.users(listed.image)
        ]
        found += [
            Use(workload="", container=one.name, image=one.base)
            for one in self._graph.all(Dockerfile)
            if contents.of(one.base) is listed.image
        ]
        return tuple(found)

    def _company(self, listed: Listed) -> CompanyPolicy:
        """The terms of the company: the shortest of all that hold for what runs the image."""
        resource: Resource = listed.image or Resource(name=listed.name, origin=Origin(Place(listed.path)))
        users = self._around.contents.users(listed.image) if listed.image is not None else ()
        workloads: list[Workload | None] = [workload for workload, _ in users]
        asked: dict[Severity, int] = {}
        for workload in workloads or [None]:
            days = self._scopes.requirements(resource, workload).parameters.remediation_days
            for severity, term in days.items():
                asked[severity] = min(term, asked.get(severity, term))
        return company_policy(asked, self._asked.profile_path or "the profile")

    def _vulnerabilities(self, subject: _Subject, found: Matches) -> Iterator[Vulnerability]:
        packages = subject.listed.packages
        alike: dict[tuple[str, str], list[Match]] = defaultdict(list)
        for one in found.matches:
            alike[packages[one.package].purl, one.id].append(one)
        fixes: dict[str, list[str]] = defaultdict(list)
        for (purl, _), matches in sorted(alike.items()):
            fixes[purl].extend(one.version for one in matches[0].fixed[-1:])
        for (purl, _), matches in sorted(alike.items()):
            package = packages[matches[0].package]
            paths = tuple(dict.fromkeys(packages[one.package].path for one in matches))
            made = self._one(subject, matches[0], package, paths)
            yield msgspec.structs.replace(made, together=_highest(package, fixes[purl]))

    def _one(self, subject: _Subject, match: Match, package: Package, paths: tuple[str, ...]) -> Vulnerability:
        listed = subject.listed
        in_base = _in_base(listed.owned, package)
        newer = self._newer.without(match, package)
        who, publisher = self._who(listed.owned, package, in_base)
        situation = Situation(
            match=match,
            who=who,
            company=subject.company,
            as_of=self._asked.as_of,
            publisher=publisher,
            newer=newer,
        )
        running = clocks(situation)
        name = f"{match.id} in {package.name} {package.version or ''}".rstrip()
        return Vulnerability(
            name=name,
            origin=Origin(_place(listed, package), scope=listed.path, address=f"{match.id} {package.purl}"),
            subject=listed.name,
            digest=listed.digest,
            package=package,
            match=match,
            paths=paths,
            records=_records(listed, package, paths),
            layer=package.layer,
            in_base=in_base,
            clock=running[0],
            clocks=running,
            fixed_in=newer.name if newer is not None else "",
            listed=self._listed,
            affects=self._affects(match, package, listed.image),
            uses=subject.uses,
        )

    def _affects(self, match: Match, package: Package, image: ContainerImage | None) -> Affects:
        from ourhalf.vulnerabilities.conditions.judging import judge

        users = self._around.contents.users(image) if image is not None else ()
        return judge(match, package, image, users, self._around)

    def _who(
        self, image: ContainerImage | None, package: Package, in_base: bool | None
    ) -> tuple[Responsibility, PublisherPolicy | None]:
        layer = Layer.IMAGE_OS_PACKAGES if package.ecosystem in _OS else Layer.IMAGE_FRAMEWORK
        if image is None:
            return Responsibility(layer, Party.CUSTOMER, _OURS), None
        who = of_image(layer, image, in_base, self._around.images, self._asked.as_of)
        publisher = known_publisher(image, self._around.images)
        terms = policies().publishers.get(publisher) if publisher is not None else None
        return who or Responsibility(layer, Party.UNKNOWN, "who answers for the image is not known"), terms


class _Subject(msgspec.Struct, frozen=True):
    listed: Listed
    uses: tuple[Use, ...]
    company: CompanyPolicy


def _highest(package: Package, versions: list[str]) -> str:
    """The highest of versions that have fixes, empty where they cannot be put in an order."""
    from ourhalf.advisories.spaces import LANGUAGES, of_distribution
    from ourhalf.advisories.versions import UnorderableError, order_of

    space = LANGUAGES.get(package.ecosystem) or of_distribution(package.distribution)
    order = order_of(space) if space else None
    try:
        return max(versions, key=order.key) if order is not None and versions else ""
    except UnorderableError:
        return ""


def _in_base(image: ContainerImage | None, package: Package) -> bool | None:
    """Whether a layer of the known image below brought it; None where no such image or no layer is known."""
    if image is None or not image.base_layers or package.layer is None:
        return None
    return package.layer < image.base_layers


def _place(listed: Listed, package: Package) -> Place:
    """Where findings about it stand: the image, or the line of the list."""
    line = package.facts.get("line", "") if listed.image is None else ""
    return Place(listed.path, int(line) if line.isascii() and line.isdigit() else 1, field=package.name)


def _records(listed: Listed, package: Package, paths: tuple[str, ...]) -> tuple[Known[str], ...]:
    """The version, as each record in an image or the line of a list states it."""
    places: list[Place] = []
    if package.facts.get("line") is None:
        places = [Place(within(listed.path, path), field=package.name) for path in paths[:_RECORDS] if path]
    return tuple(Known(package.version or "", place) for place in places or [_place(listed, package)])


def _judged(subject: _Subject, found: Matches, made: tuple[Vulnerability, ...]) -> Iterator[JudgedPackages]:
    """How far the packages of each ecosystem were judged."""
    listed = subject.listed
    by_ecosystem: dict[str, list[int]] = defaultdict(list)
    for index, package in enumerate(listed.packages):
        by_ecosystem[package.ecosystem.value].append(index)
    for ecosystem, _ in listed.incomplete:
        if ecosystem:
            by_ecosystem.setdefault(ecosystem, [])
    general = tuple(Gap(reason=why) for ecosystem, why in listed.incomplete if not ecosystem)
    if not by_ecosystem:
        by_ecosystem[""] = []
        general = (*general, Gap(reason="no package was found, so that none was asked about"))
    counts: dict[str, int] = defaultdict(int)
    for one in made:
        counts[one.package.ecosystem.value] += 1
    for ecosystem, indices in sorted(by_ecosystem.items()):
        incomplete = tuple(Gap(reason=why) for name, why in listed.incomplete if name == ecosystem)
        about = tuple(one for one in found.sources if _speaks(one.covers, ecosystem))
        days = sorted((day, one.name) for one in about if not one.partial and (day := day_of(one.as_of)))
        yield JudgedPackages(
            name=f"{ecosystem or 'packages'} in {listed.name}",
            origin=Origin(Place(listed.path), scope=listed.path, address=ecosystem),
            subject=listed.name,
            digest=listed.digest,
            ecosystem=ecosystem,
            asked=Known(f"{len(indices):,} packages", Place(listed.path, field=ecosystem or "packages")),
            packages=len(indices),
            found=counts[ecosystem],
            gaps=(*general, *incomplete, *_gaps(listed.packages, set(indices), found)),
            oldest=days[0][0] if days else None,
            oldest_source=days[0][1] if days else "",
            sources=found.sources,
            store=found.store,
            uses=subject.uses,
        )


_FAMILIES = {
    "deb": ("debian", "ubuntu"),
    "rpm": ("almalinux", "rocky", "redhat", "amazon"),
    "apk": ("alpine", "wolfi", "chainguard"),
}


def _speaks(covers: Iterable[str], ecosystem: str) -> bool:
    wanted = _FAMILIES.get(ecosystem, (ecosystem,))
    return any(one.startswith(wanted) for one in covers)


def _gaps(packages: tuple[Package, ...], indices: set[int], found: Matches) -> Iterator[Gap]:
    """Why the silence of the advisories proves nothing, each reason once."""
    by_reason: dict[str, list[int]] = defaultdict(list)
    for one in found.unjudged:
        if one.package in indices:
            by_reason[one.reason].append(one.package)
    for reason, many in sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0])):
        names = sorted({f"{packages[i].name} {packages[i].version or ''}".strip() for i in many})
        yield Gap(reason=reason, count=len(many), examples=tuple(names[:_EXAMPLES]))
