"""From packages to findings: whose they are by their layer, once for each package, and never clean where not asked."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ourhalf.assess import assess
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Known, Place
from ourhalf.model.finding import Finding
from ourhalf.model.inventory import ImageConfig, Inventory, Layer
from ourhalf.model.packages import Ecosystem, Package, SourcePackage
from ourhalf.model.profile import Parameters, Severity
from ourhalf.model.resource import Origin
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status
from ourhalf.profile.document import Exception_, Match, Profile
from ourhalf.resources.images import InstalledPackage
from ourhalf.resources.vulnerabilities import JudgedPackages, Vulnerability
from ourhalf.vulnerabilities.found import Asked, of_inventory, with_vulnerabilities
from ourhalf.vulnerabilities.newer import NewerImages
from ourhalf.vulnerabilities.options import AdvisoryOptions
from tests.advisories.made import before, osv, package, store_of
from tests.controls.images import image, known
from tests.support import api

DLC = "763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-training:2.21.0-cpu-py312-sagemaker"
DAY = date(2026, 2, 1)
RATED: dict[str, Any] = {"severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}]}
THING = osv("PYSEC-2026-1", "thing", *before("2.0"), aliases=["CVE-2026-1000"], **RATED)


def store(tmp_path: Path, *more: Any, taken: str = "2026-02-01") -> AdvisoryOptions:
    """The options of a run over a store with one advisory on `thing`."""
    return AdvisoryOptions(store=str(store_of(tmp_path, THING, *more, source="pypa", taken=taken)))


def pulled(*packages: Package, **fields: Any) -> Any:
    """An image that AWS publishes, of which three layers are its base."""
    stated = {
        "name": DLC,
        "reference": DLC,
        "origin": Origin(Place(DLC), scope=DLC, address=DLC),
        "base": known(DLC),
        "base_layers": 3,
        "packages": known(tuple(InstalledPackage(package=one) for one in packages)),
    }
    return image(**(stated | fields))


def found(evidence: Evidence, options: AdvisoryOptions, day: date = DAY, **fields: Any) -> tuple[Vulnerability, ...]:
    """The vulnerabilities in an evidence."""
    made = with_vulnerabilities(evidence, (), Asked(as_of=day, options=options, **fields), NewerImages())
    return tuple(one for one in made.resources if isinstance(one, Vulnerability))


def thing(layer: int, path: str = "a/METADATA") -> Package:
    """The vulnerable package, in a layer."""
    return package("thing", "1.0", layer=layer, path=path)


def test_the_layer_that_brought_a_package_says_whose_it_is(tmp_path: Path) -> None:
    options = store(tmp_path)
    (theirs,) = found(Evidence((pulled(thing(0)),)), options)
    assert (theirs.in_base, theirs.clock.party, theirs.clock.until) == (True, Party.PUBLISHER, date(2026, 1, 30))
    (ours,) = found(Evidence((pulled(thing(3)),)), options)
    assert (ours.in_base, ours.clock.party, ours.clock.until) == (False, Party.CUSTOMER, date(2026, 2, 1))
    (own,) = found(Evidence((image(packages=known((InstalledPackage(package=thing(0)),))),)), options)
    assert (own.in_base, own.clock.party) == (None, Party.CUSTOMER)
    (late,) = found(Evidence((pulled(thing(0)),)), options, date(2040, 1, 1))
    assert (late.clock.party, late.clock.why[:10]) == (Party.CUSTOMER, "patching o")


def test_a_package_that_is_there_twice_is_one_finding_with_both_places(tmp_path: Path) -> None:
    (one,) = found(Evidence((pulled(thing(0), thing(0, "b/METADATA")),)), store(tmp_path))
    assert one.paths == ("a/METADATA", "b/METADATA")
    assert [record.place.path for record in one.records] == [f"{one.place.path}!/{path}" for path in one.paths]


def test_a_newer_image_without_it_makes_it_ours_but_not_one_that_cannot_be_judged(tmp_path: Path) -> None:
    options = store(tmp_path)
    fixed = package("thing", "2.0")

    def with_newer(**fields: Any) -> Vulnerability:
        stated: dict[str, Any] = {"reference": "img:2", "packages": (fixed,)}
        made = with_vulnerabilities(
            Evidence((pulled(thing(0)),)),
            (),
            Asked(as_of=DAY, options=options),
            NewerImages([Inventory(**(stated | fields))]),
        )
        return next(one for one in made.resources if isinstance(one, Vulnerability))

    moved = with_newer(config=ImageConfig(created="2026-01-20T10:00:00Z"))
    assert (moved.fixed_in, moved.clock.party) == ("img:2", Party.CUSTOMER)
    assert (moved.clock.since, moved.clock.until) == (date(2026, 1, 20), date(2026, 2, 19))
    for fields in (
        {"packages": (thing(0),)},
        {"incomplete": {"pypi": "a layer could not be read"}},
        {"packages": (package("thing", None),)},
        {"config": ImageConfig(created="2026-02-02T10:00:00Z")},
    ):
        assert with_newer(**fields).fixed_in == "", fields


def test_a_package_that_a_newer_image_renamed_is_known_by_its_source(tmp_path: Path) -> None:
    record = osv("DSA-1", "openssl", *before("3.0.20-1"), ecosystem="Debian:12", aliases=["CVE-2026-2000"])
    options = AdvisoryOptions(store=str(store_of(tmp_path, record, source="debian-osv", taken="2026-02-01")))

    def ssl(name: str, version: str) -> Package:
        source = SourcePackage("openssl", version)
        return package(name, version, Ecosystem.DEB, source=source, distribution="debian:12", layer=0)

    def moved(*packages: Package) -> str:
        newer = NewerImages([Inventory(reference="img:2", packages=packages)])
        made = with_vulnerabilities(
            Evidence((pulled(ssl("libssl3", "3.0.11-1")),)), (), Asked(as_of=DAY, options=options), newer
        )
        return next(one.fixed_in for one in made.resources if isinstance(one, Vulnerability))

    assert moved(ssl("libssl3t64", "3.0.20-1")) == "img:2"
    assert moved(ssl("libssl3t64", "3.0.11-1")) == ""


def test_the_strictest_profile_of_all_that_run_it_sets_the_days(tmp_path: Path) -> None:
    task = api("sagemaker:CreateModel", ModelName="m", PrimaryContainer={"Image": DLC})
    profile = Profile(parameters=Parameters(remediation_days={Severity.HIGH: 3}))
    (one,) = found(Evidence((pulled(thing(3)), task)), store(tmp_path), profile=profile)
    assert (one.clock.days, one.clock.until) == (3, date(2026, 1, 5))
    (use,) = one.uses
    assert (use.workload, use.place.path, use.place.field) == ("m", "request.json", "Image")
    assert one.details is not None
    assert one.details["chosen"] == [{"workload": "m", "path": "request.json", "line": use.place.line}]


def test_what_no_source_speaks_of_is_unknown_by_its_ecosystem(tmp_path: Path) -> None:
    lodash = package("lodash", "4.17.15", Ecosystem.NPM)
    inventory = Inventory(reference="sbom", packages=(thing(0), lodash), incomplete={"deb": "a layer was not read"})
    listed = (of_inventory(inventory, "sbom.json"),)
    made = with_vulnerabilities(Evidence(), listed, Asked(as_of=DAY, options=store(tmp_path)), NewerImages())
    result = {one.ecosystem: one for one in made.resources if isinstance(one, JudgedPackages)}
    assert {name: [gap.reason for gap in one.gaps] for name, one in result.items()} == {
        "deb": ["a layer was not read"],
        "npm": ["no source of npm is in the store"],
        "pypi": [],
    }
    assert (result["pypi"].found, result["pypi"].oldest) == (1, date(2026, 2, 1))
    asked = Asked(as_of=date(2026, 3, 1), options=store(_under(tmp_path, "old")))
    old = with_vulnerabilities(Evidence(), listed, asked, NewerImages())
    stale = next(one for one in old.resources if isinstance(one, JudgedPackages) and one.ecosystem == "pypi")
    assert "more than 7 days before" in stale.gaps[0].reason


def test_without_a_store_it_is_said_once_and_nothing_is_judged(tmp_path: Path) -> None:
    options = AdvisoryOptions(store=str(tmp_path / "none.db"))
    made = with_vulnerabilities(
        Evidence((pulled(thing(0)), pulled(thing(0)))), (), Asked(as_of=DAY, options=options), NewerImages()
    )
    (unread,) = made.unread
    assert "no vulnerability was looked for" in unread.reason
    assert len(made.resources) == 2
    nothing = with_vulnerabilities(Evidence(), (), Asked(as_of=DAY, options=options), NewerImages())
    assert nothing == Evidence()


def judged(tmp_path: Path, profile: Profile | None = None, *packages: Package) -> tuple[Finding, ...]:
    """The findings about an image."""
    evidence = Evidence((pulled(*(packages or (thing(3),))),))
    asked = Asked(as_of=date(2026, 3, 1), options=store(tmp_path))
    made = with_vulnerabilities(evidence, (), asked, NewerImages())
    done = assess(made, (DLC,), asked.as_of, profile, about=(Vulnerability, JudgedPackages))
    assert {one.control for one in done.findings} == {
        "vulnerability-fixed-in-time",
        "vulnerability-exploited-fixed",
        "image-packages-judged",
    }
    return tuple(one for one in done.findings if one.control == "vulnerability-fixed-in-time")


def test_a_finding_says_whose_it_is_and_what_to_do(tmp_path: Path) -> None:
    (one,) = judged(tmp_path)
    assert (one.status, one.party, one.severity) == (Status.FAIL, Party.CUSTOMER, Severity.HIGH)
    assert one.remedy == "Move to 2.0."
    assert one.details is not None
    assert one.details["clock"]["until"] == "2026-02-01"
    assert one.details["fixed"] == ["2.0"]


def test_ids_tell_packages_apart_and_not_where_they_lie(tmp_path: Path) -> None:
    both = judged(tmp_path, None, thing(3), package("thing", "1.5", layer=3))
    assert len({one.id for one in both}) == 2
    (moved,) = judged(_under(tmp_path, "again"), None, thing(2, "elsewhere/METADATA"))
    assert moved.id in {one.id for one in both}


def _under(tmp_path: Path, name: str) -> Path:
    (tmp_path / name).mkdir()
    return tmp_path / name


@pytest.mark.parametrize(
    ("scope", "accepted"),
    [
        (Match(advisory="CVE-2026-1000"), True),
        (Match(advisory="PYSEC-2026-*", package="thing"), True),
        (Match(advisory="CVE-2026-1"), False),
        (Match(package="other"), False),
        (Match(path="*tensorflow*", package="th*"), True),
    ],
)
def test_one_vulnerability_can_be_accepted_with_a_dated_reason(tmp_path: Path, scope: Match, accepted: bool) -> None:
    exception = Exception_("vulnerability-fixed-in-time", "sec", "not reachable", date(2026, 12, 31), scope)
    (one,) = judged(tmp_path, Profile(exceptions=(exception,)))
    assert (one.exception is not None) == accepted
    assert one.status is Status.FAIL


def test_a_place_in_an_image_and_a_line_of_a_list(tmp_path: Path) -> None:
    listed = package("thing", "1.0", facts={"line": "12"})
    inventory = of_inventory(Inventory(reference="requirements.txt", packages=(listed,)), "requirements.txt")
    made = with_vulnerabilities(Evidence(), (inventory,), Asked(as_of=DAY, options=store(tmp_path)), NewerImages())
    one = next(one for one in made.resources if isinstance(one, Vulnerability))
    assert one.place == Place("requirements.txt", 12, field="thing")
    assert one.records == (Known("1.0", one.place),)
    assert one.clock.party is Party.CUSTOMER


def test_an_inventory_of_an_image_tells_whose_layers_they_are(tmp_path: Path) -> None:
    base, own = Layer(index=0, digest="sha256:0", base=DLC), Layer(index=1, digest="sha256:1")
    taken = Inventory(
        reference="oci:x:y", base=DLC, layers=(base, own), packages=(thing(0), package("thing", "1.5", layer=1))
    )
    bill = Inventory(reference=DLC, packages=(package("thing", "1.1"),))
    listed = (of_inventory(taken, "train.json"), of_inventory(bill, "bom.json"))
    made = with_vulnerabilities(Evidence(), listed, Asked(as_of=DAY, options=store(tmp_path)), NewerImages())
    parties = {one.package.version: one.clock.party for one in made.resources if isinstance(one, Vulnerability)}
    assert parties == {"1.0": Party.PUBLISHER, "1.5": Party.CUSTOMER, "1.1": Party.PUBLISHER}


def test_what_cisa_lists_as_exploited_fails_while_its_clock_runs(tmp_path: Path) -> None:
    listed = {
        "catalogVersion": "2026.01.10",
        "dateReleased": "2026-01-10T00:00:00Z",
        "count": 1,
        "vulnerabilities": [
            {
                "cveID": "CVE-2026-1000",
                "vendorProject": "x",
                "product": "thing",
                "vulnerabilityName": "x",
                "dateAdded": "2026-01-05",
                "shortDescription": "x",
                "requiredAction": "x",
                "dueDate": "2026-01-26",
                "knownRansomwareCampaignUse": "Known",
            }
        ],
    }
    options = AdvisoryOptions(store=str(store_of(tmp_path, THING, listed, taken="2026-01-10")))
    for day, status in ((date(2026, 1, 4), Status.PASS), (date(2026, 1, 12), Status.FAIL)):
        made = with_vulnerabilities(Evidence((pulled(thing(3)),)), (), Asked(as_of=day, options=options), NewerImages())
        done = assess(made, (DLC,), day, about=(Vulnerability, JudgedPackages))
        found = {one.control: one for one in done.findings}
        assert found["vulnerability-fixed-in-time"].status is Status.PASS
        assert found["vulnerability-exploited-fixed"].status is status
    reason = found["vulnerability-exploited-fixed"].reason
    assert "exploited, as CISA lists since 2026-01-05, by ransomware too; 2.0 has the fix" in reason
