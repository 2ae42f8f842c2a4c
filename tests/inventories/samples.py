"""Inventories for tests: one that has something of everything, and any that can be."""

from __future__ import annotations

from hypothesis import strategies as st

from ourhalf.model.evidence import Unread
from ourhalf.model.inventory import ImageConfig, Inventory, Layer, ModelSummary
from ourhalf.model.packages import Certainty, Ecosystem, Package, SourcePackage
from ourhalf.packages.purl import purl

TORCH = Package(
    name="torch",
    version="2.6.0+cu126",
    ecosystem=Ecosystem.PYPI,
    purl=purl("pypi", "torch", "2.6.0+cu126"),
    path="usr/lib/python3/dist-packages/torch-2.6.0+cu126.dist-info/METADATA",
    layer=1,
    licenses=("BSD-3-Clause",),
    how="dist-info",
    requires=("NumPy", "absent"),
    facts={"cuda": "12.6"},
)
NUMPY = Package(
    name="numpy",
    version="2.1.0",
    ecosystem=Ecosystem.PYPI,
    purl=purl("pypi", "numpy", "2.1.0"),
    layer=1,
    licenses=("Some licence & <b>more</b>",),
)
OPENBLAS = Package(
    name="openblas",
    version="0.3.27",
    ecosystem=Ecosystem.GENERIC,
    purl=purl("generic", "openblas", "0.3.27"),
    path="usr/lib/python3/dist-packages/numpy.libs/libopenblas.so",
    layer=1,
    how="its own string",
    certainty=Certainty.DERIVED,
    owner=NUMPY.purl,
)
SSL = Package(
    name="libssl3",
    version="3.0.17-1~deb12u2",
    ecosystem=Ecosystem.DEB,
    purl=purl(
        "deb", "libssl3", "3.0.17-1~deb12u2", namespace="debian", qualifiers={"arch": "amd64", "distro": "debian-12"}
    ),
    layer=0,
    source=SourcePackage("openssl", "3.0.17-1~deb12u2"),
    architecture="amd64",
    distribution="debian:12",
    requires=("libc6",),
)
WHOLE = Inventory(
    reference="registry.example/team/train:1",
    digest="sha256:" + "a" * 64,
    platform="linux/amd64",
    distribution="debian:12",
    config=ImageConfig(
        architecture="amd64", os="linux", created="2026-11-01T10:00:00.123Z", user="1000", environment={"A": "b"},
        command=("serve",), ports=("8080/tcp",),
    ),
    layers=(
        Layer(index=0, digest="sha256:" + "b" * 64, size=1000, files=10, history="debian"),
        Layer(index=1, digest="sha256:" + "d" * 64, size=2000, files=20, history="RUN pip"),
    ),
    packages=(TORCH, NUMPY, OPENBLAS, SSL),
    models=(ModelSummary("opt/model.pt", 100, 1, ("torch",), "unsafe", "it runs os.system"),),
    base="debian:bookworm",
    files=30,
    unowned=2,
)  # fmt: skip
PARTIAL = Inventory(
    reference="oci:x",
    incomplete={"rpm": "the database is of a version that is not known"},
    unread=(Unread("var/lib/rpm/Packages", 1, "rpm", "no such version"),),
)

_TEXT = st.text(max_size=30)
_PACKAGES = st.builds(
    Package,
    name=st.text(min_size=1, max_size=20),
    version=st.none() | st.text(min_size=1, max_size=20),
    ecosystem=st.sampled_from(Ecosystem),
    purl=st.builds(purl, st.sampled_from(["pypi", "deb", "npm"]), st.text(min_size=1, max_size=20), st.none() | _TEXT),
    path=_TEXT,
    layer=st.none() | st.integers(0, 5),
    licenses=st.lists(_TEXT | st.sampled_from(["MIT", "Apache-2.0", "GPL-2.0-only OR MIT"]), max_size=3).map(tuple),
    how=_TEXT,
    certainty=st.sampled_from(Certainty),
    owner=_TEXT,
    requires=st.lists(_TEXT, max_size=3).map(tuple),
    facts=st.dictionaries(_TEXT, _TEXT, max_size=3),
)
ANY = st.builds(
    Inventory,
    reference=st.text(min_size=1, max_size=30),
    digest=st.just("sha256:" + "0" * 64),
    platform=_TEXT,
    distribution=_TEXT,
    packages=st.lists(_PACKAGES, max_size=6).map(tuple),
    incomplete=st.dictionaries(st.sampled_from([one.value for one in Ecosystem]), _TEXT, max_size=2),
)
