"""Official OSCAL catalogs and profiles are read as they are, and damaged ones are named."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ourhalf.compliance import catalogs
from ourhalf.compliance.catalogs import CatalogError, read
from ourhalf.compliance.loader import all_frameworks

REFERENCE = Path(os.environ.get("OURHALF_REFERENCE", Path(__file__).parents[3] / "shared" / "reference"))
OSCAL = REFERENCE / "oscal"
needs_reference = pytest.mark.skipif(not OSCAL.is_dir(), reason="the OSCAL files are not beside this clone")


def control(id_: str, *inner: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"id": id_, "title": f"Title of {id_}", "controls": list(inner), **rest}


CATALOG = {
    "catalog": {
        "uuid": "c",
        "metadata": {"title": "House", "version": "2", "oscal-version": "1.1.2"},
        "groups": [
            {
                "id": "x",
                "title": "X",
                "controls": [
                    control("x-1", control("x-1.1"), control("x-1.2")),
                    control("x-2", links=[{"href": "#x-1"}, {"href": "#x-9"}, {"href": "#r"}, {"href": "https://a"}]),
                ],
                "groups": [{"id": "y", "title": "Y", "controls": [control("y-1")]}],
            }
        ],
        "back-matter": {"resources": [{"uuid": "r"}]},
    }
}


def profile(*imports: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"profile": {"uuid": "p", "metadata": {"title": "Low", "version": "1"}, "imports": list(imports), **rest}}


def written(folder: Path, document: object, name: str = "profile.json") -> str:
    file = folder / name
    file.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return str(file)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which the catalog lies."""
    written(tmp_path, CATALOG, "catalog.json")
    return tmp_path


def test_a_catalog_lists_its_controls_in_order(folder: Path) -> None:
    found = read(str(folder / "catalog.json"))
    assert (found.title, found.version) == ("House", "2")
    assert found.ids == ("y-1", "x-1", "x-1.1", "x-1.2", "x-2")
    assert found.titles["x-1.2"] == "Title of x-1.2"
    assert found.dangling == ("x-9",)


@pytest.mark.parametrize(
    ("rest", "title"),
    [
        ({"title": "x-1"}, "Doors are shut"),
        ({"title": ""}, "Doors are shut"),
        ({"title": "Doors"}, "Doors"),
        ({"title": "x-1", "parts": []}, "x-1"),
    ],
)
def test_a_title_that_is_but_the_id_gives_way_to_the_statement(
    tmp_path: Path, rest: dict[str, Any], title: str
) -> None:
    parts = [{"name": "overview", "prose": "no"}, {"name": "statement", "prose": "Doors\nare  shut"}]
    one = {"parts": parts, "id": "x-1", **rest}
    assert read(written(tmp_path, {"catalog": {"metadata": {}, "controls": [one]}})).titles == {"x-1": title}


SOME = {"href": "catalog.json", "include-controls": [{"with-ids": ["x-2", "x-1"]}]}


@pytest.mark.parametrize(
    ("one", "ids"),
    [
        (SOME, ("x-2", "x-1")),
        ({"href": "catalog.json", "include-all": {}}, ("y-1", "x-1", "x-1.1", "x-1.2", "x-2")),
        (
            {"href": "catalog.json", "include-controls": [{"with-ids": ["x-1"], "with-child-controls": "yes"}]},
            ("x-1", "x-1.1", "x-1.2"),
        ),
        (
            {
                "href": "catalog.json",
                "include-controls": [{"matching": [{"pattern": "x-*"}]}],
                "exclude-controls": [{"with-ids": ["x-1.1"]}],
            },
            ("x-1", "x-1.2", "x-2"),
        ),
    ],
)
def test_a_profile_chooses_from_a_catalog_beside_it(folder: Path, one: dict[str, Any], ids: tuple[str, ...]) -> None:
    found = read(written(folder, profile(one)))
    assert found.ids == ids
    assert set(found.titles) == set(ids)


def test_a_profile_of_a_profile_is_followed(folder: Path) -> None:
    written(folder, profile(SOME), "inner.json")
    found = read(written(folder, profile({"href": "inner.json", "include-all": {}})))
    assert (found.ids, found.titles["x-1"]) == (("x-2", "x-1"), "Title of x-1")


def test_a_profile_whose_catalog_lies_elsewhere_has_ids_alone(folder: Path) -> None:
    beside = {"uuid": "q", "rlinks": [{"href": "catalog.json"}]}
    matter = {"resources": [beside, {"uuid": "r", "rlinks": [{"href": "https://a.example/catalog.json"}]}]}
    one = {"href": "#r", "include-controls": [{"with-ids": ["x-1"]}]}
    found = read(written(folder, profile(one, **{"back-matter": matter})))
    assert (found.ids, found.titles, found.dangling) == (("x-1",), {}, ())


def test_ids_that_the_catalog_has_not_are_told(folder: Path) -> None:
    one = {"href": "catalog.json", "include-controls": [{"with-ids": ["x-1", "z-9"]}]}
    assert read(written(folder, profile(one))).dangling == ("z-9",)


def deep(levels: int) -> dict[str, Any]:
    inner = control("last")
    for level in range(levels):
        inner = control(f"c-{level}", inner)
    return {"catalog": {"metadata": {}, "controls": [inner]}}


WRONG = {
    "no JSON": ("catalog:", "is no OSCAL in JSON; give a catalog or a profile"),
    "another document": ({"component-definition": {}}, "is an OSCAL component-definition"),
    "empty": ("", "is no OSCAL in JSON"),
    "cut off": ('{"catalog": {"metadata"', "is a damaged catalog of OSCAL"),
    "no metadata": ({"catalog": {}}, "missing required field `metadata`"),
    "two of an id": (
        {"catalog": {"metadata": {}, "controls": [control("a"), control("b", control("a"))]}},
        "two controls have the id a",
    ),
    "too deep": (deep(20), "nested more than 16 deep"),
    "far too deep": ('{"catalog": {"metadata": {}, "x": ' + "[" * 100_000, "nested too deep"),
    "not UTF-8": ('{"catalog": {"metadata": {"title": "\udcff"}}}', "is a damaged catalog of OSCAL"),
    "import of itself": (profile({"href": "profile.json", "include-all": {}}), "imports itself"),
    "dangling reference": (profile({"href": "#gone", "include-all": {}}), "imports #gone, which its back matter"),
    "missing file": (profile({"href": "gone.json", "include-all": {}}), "which is not in its folder"),
    "file elsewhere": (profile({"href": "../../../../etc/passwd", "include-all": {}}), "which is not in its folder"),
    "pattern of what is elsewhere": (
        profile({"href": "https://a.example/c.json", "include-all": {}}),
        "chooses by pattern from https://a.example/c.json",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_one_clear_error(tmp_path: Path, name: str) -> None:
    document, reason = WRONG[name]
    file = tmp_path / "profile.json"
    text = document if isinstance(document, str) else json.dumps(document)
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(CatalogError) as caught:
        read(str(file))
    assert str(caught.value).startswith(str(file))
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_long_chain_of_imports_is_cut(folder: Path) -> None:
    for number in range(12):
        written(folder, profile({"href": f"p{number + 1}.json", "include-all": {}}), f"p{number}.json")
    with pytest.raises(CatalogError, match="imported through more than 8 files"):
        read(str(folder / "p0.json"))


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    written(tmp_path, CATALOG, "catalog.json")
    (inside / "catalog.json").symlink_to(tmp_path / "catalog.json")
    with pytest.raises(CatalogError, match="not in its folder"):
        read(written(inside, profile(SOME)))


def test_a_file_over_the_bound_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogs, "MAX_BYTES", 1024 * 1024)
    padded = {"padding": "x" * 1024 * 1024, **CATALOG}
    with pytest.raises(CatalogError, match="is larger than 1 MB"):
        read(written(folder, padded, "large.json"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"none\.json cannot be read: No such file"):
        read(str(tmp_path / "none.json"))


NIST = "NIST_SP-800-53_rev5_{}-baseline"


@needs_reference
@pytest.mark.parametrize(("baseline", "size"), [("LOW", 149), ("MODERATE", 287), ("HIGH", 370), ("PRIVACY", 96)])
def test_baselines_are_those_of_nist(baseline: str, size: int) -> None:
    found = read(str(OSCAL / "nist" / f"{NIST.format(baseline)}_profile-min.json"))
    ours = all_frameworks()["nist-800-53-r5"].requirements
    assert len(found.ids) == size
    assert {r.id for r in ours if baseline in r.baselines} == set(found.ids)


@needs_reference
def test_no_word_of_a_requirement_is_the_official_title() -> None:
    found = read(str(OSCAL / "nist" / f"{NIST.format('HIGH')}-resolved-profile_catalog-min.json"))
    assert (len(found.ids), len(found.titles)) == (370, 370)
    about = {r.id: r.about.lower() for r in all_frameworks()["nist-800-53-r5"].requirements}
    assert not [id_ for id_, title in found.titles.items() if about[id_] == title.lower()]


@needs_reference
def test_the_catalog_of_security_hub_is_read() -> None:
    found = read(str(OSCAL / "aws" / "aws_security-hub.oscal.json"))
    assert {"SageMaker.1", "ECS.4", "EKS.1"} <= set(found.ids)
    assert found.titles["ECS.4"].startswith("ECS containers")
    assert found.dangling == ()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 900), st.integers(0, 20), st.sampled_from(["", "{", "]", '"', "null", "1e999", "\\u0000", "[[[["])
)
def test_damage_of_any_kind_is_one_clear_error_or_none(tmp_path: Path, start: int, length: int, word: str) -> None:
    whole = json.dumps(CATALOG)
    file = written(tmp_path, whole[:start] + word + whole[start + length :])
    try:
        found = read(file)
    except CatalogError as error:
        assert str(error).startswith(file)  # noqa: PT017 - some damage is none
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert set(found.ids) == set(found.titles)
