"""Native libraries of real wheels against what they say when loaded, and of Debian against what dpkg says."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from functools import cache
from pathlib import Path

import msgspec

from ourhalf.model.packages import Certainty, Package
from ourhalf.packages.native import NATIVE
from ourhalf.packages.native_search import Kept, reduced
from tests.packages import roots
from tests.packages.support import over

_WHEELS = ("pillow", "lxml", "cryptography", "psycopg2-binary", "h5py", "soundfile", "numpy", "apsw", "av", "pycurl")
_ASK = """
import json, re
import PIL.features as features
import apsw, av, h5py, numpy, psycopg2.extensions, pycurl, soundfile
from cryptography.hazmat.backends.openssl import backend
from lxml import etree
dotted = lambda numbers: ".".join(map(str, numbers))
curl = dict(one.split("/") for one in pycurl.version.replace("(", "").replace(")", "").split() if one.count("/") == 1)
blas = numpy.show_config(mode="dicts")["Build Dependencies"]["blas"]["openblas configuration"]
postgres = psycopg2.extensions.libpq_version()
print(json.dumps({
    "pillow.libs": {
        "libjpeg-turbo": features.version_feature("libjpeg_turbo"),
        "openjpeg": features.version_codec("jpg_2000"),
        "libtiff": features.version_codec("libtiff"),
        "libwebp": features.version_module("webp"),
        "libavif": features.version_module("avif"),
        "harfbuzz": features.version_feature("harfbuzz"),
    },
    "PIL": {"zlib-ng": features.version_feature("zlib_ng")},
    "lxml": {"libxml2": dotted(etree.LIBXML_VERSION), "libxslt": dotted(etree.LIBXSLT_VERSION)},
    "cryptography": {"openssl": backend.openssl_version_text().split()[1]},
    "psycopg2_binary.libs": {"postgresql": f"{postgres // 10000}.{postgres % 10000}"},
    "h5py.libs": {"hdf5": h5py.version.hdf5_version},
    "_soundfile_data": {"libsndfile": soundfile.__libsndfile_version__},
    "numpy.libs": {"openblas": blas.split()[1]},
    "apsw": {"sqlite": apsw.sqlite_lib_version()},
    "av.libs": {"ffmpeg": av.ffmpeg_version_info.removeprefix("n")},
    "pycurl.libs": {
        "curl": curl["libcurl"],
        "openssl": curl["OpenSSL"],
        "brotli": curl["brotli"],
        "libssh2": curl["libssh2"],
        "nghttp2": curl["nghttp2"],
    },
}))
"""


@cache
def wheels() -> Path:
    """A virtual environment with wheels that carry libraries."""

    def build(root: Path) -> None:
        roots.run(sys.executable, "-m", "venv", root / "env")
        pip = (root / "env/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        roots.run(*pip, "--only-binary", ":all:", *_WHEELS)

    return roots.made("native-1", build) / "env"


@cache
def of_wheels() -> tuple[Package, ...]:
    found, unread = over(NATIVE, wheels())
    assert not unread
    return tuple(one.package for one in found)


def in_folder(folder: str) -> dict[str, Package]:
    return {one.name: one for one in of_wheels() if f"site-packages/{folder}/" in one.path}


def test_wheels_hold_what_they_say_when_loaded() -> None:
    said: dict[str, dict[str, str]] = json.loads(roots.run(wheels() / "bin/python", "-c", _ASK))
    ours = {
        folder: {name: one.version for name, one in in_folder(folder).items() if name in names}
        for folder, names in said.items()
    }
    assert ours == said
    assert sum(map(len, said.values())) == 21


def test_a_wheel_for_arm_holds_the_same_as_that_for_this_machine() -> None:
    (metadata,) = (wheels() / "lib").rglob("pillow-*.dist-info")
    version = metadata.name.removeprefix("pillow-").removesuffix(".dist-info")

    def build(root: Path) -> None:
        platform = ("--platform", "manylinux_2_28_aarch64", "--only-binary", ":all:", "--no-deps")
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--dest", root)
        roots.run(*pip, *platform, f"pillow=={version}")
        with zipfile.ZipFile(next(root.glob("*.whl"))) as wheel:
            wheel.extractall(root / "site-packages")

    found, unread = over(NATIVE, roots.made(f"pillow-arm-{version}", build))
    arm = {(one.package.name, one.package.version, one.package.how) for one in found}
    here = {
        (one.name, one.version, one.how) for one in (*in_folder("pillow.libs").values(), *in_folder("PIL").values())
    }
    assert {one for one in here if one[1]} == {one for one in arm if one[1]}
    assert not unread


def test_how_each_is_known() -> None:
    pillow, cryptography = in_folder("pillow.libs"), in_folder("cryptography")
    assert pillow["libwebp"].certainty is Certainty.DERIVED
    assert pillow["libwebp"].how == "what its function WebPGetDecoderVersion returns"
    assert pillow["libjpeg-turbo"].how == "a text in it"
    assert pillow["libjpeg-turbo"].purl == f"pkg:generic/libjpeg-turbo@{pillow['libjpeg-turbo'].version}"
    assert pillow["libjpeg-turbo"].facts["soname"].startswith("libjpeg-")
    assert cryptography["openssl"].facts["linked"].startswith("statically")
    unknown = pillow["libXau"]
    assert (unknown.version, unknown.certainty) == (None, Certainty.GUESSED)


def test_build_ids_are_those_that_binutils_reads() -> None:
    roots.needs("readelf", "binutils")
    package = in_folder("pyzmq.libs") or in_folder("psycopg2_binary.libs")
    one = next(one for one in package.values() if one.facts.get("build-id"))
    assert f"Build ID: {one.facts['build-id']}" in roots.run("readelf", "-n", wheels() / one.path)


def test_the_python_that_runs_this() -> None:
    """Its version is a variable since 3.11, in the library or, where there is none, in the program."""
    prefix = Path(sys.base_prefix)
    minor = ".".join(map(str, sys.version_info[:2]))
    library, program = prefix / f"lib/libpython{minor}.so.1.0", prefix / f"bin/python{minor}"
    path = library if library.exists() else program
    kept = reduced(f"usr/local/lib/{path.name}", memoryview(path.read_bytes()))
    assert kept is not None
    found = msgspec.msgpack.decode(kept, type=Kept).found[0]
    expected = sys.version.split()[0].rstrip("+")
    assert (found.name, found.version) == ("python", expected)


def test_what_debian_says_of_its_own_libraries() -> None:
    """Those of the system are not asked for; here they are, for a package manager tells their versions."""
    root = roots.debian()
    checked = 0
    for path in sorted((root / "usr/lib/x86_64-linux-gnu").glob("lib*.so.*")):
        kept = None if path.is_symlink() else reduced(f"opt/lib/{path.name}", memoryview(path.read_bytes()))
        if kept is None:
            continue
        found = msgspec.msgpack.decode(kept, type=Kept).found[0]
        owner = roots.run("chroot", root, "sh", "-c", f"dpkg -S '*/{path.name}' | head -1").partition(":")[0]
        said = roots.run("chroot", root, "dpkg-query", "-W", "-f", "${source:Upstream-Version}", owner)
        if found.version is not None and not found.inside:
            # Debian adds what it took away and where it went back to.
            assert re.split(r"[+~]|\.dfsg", said)[0] == found.version, path.name
            checked += 1
    assert checked >= 10
