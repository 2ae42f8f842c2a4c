"""Native libraries: those of real wheels against what they say when loaded, compiled ones, and broken files."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from functools import cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.images.filesystem import Missing
from ourhalf.model.packages import Certainty, Package
from ourhalf.packages.native import NATIVE
from ourhalf.packages.native_search import Found, Kept, named, reduced, rule_of
from tests.images import tree
from tests.packages import roots
from tests.packages.elves import elf
from tests.packages.support import all_of, of, over

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


_SOURCE = """
#include <stdint.h>
uint32_t BrotliDecoderVersion(void) { return 0x1002003; }
const char* ZSTD_versionString(void) { return "1.5.7"; }
const char* ucp_get_version_string(void) { return __BASE_FILE__; }
"""


@pytest.mark.parametrize("flags", ["-O0", "-O2", "-Os", "-O2 -fcf-protection=none", "-O0 -fomit-frame-pointer"])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("libbrotlidec.so.1", ("brotli", "1.2.3", Certainty.DERIVED)),
        ("libzstd.so.1.5.6", ("zstd", "1.5.7", Certainty.DERIVED)),
        # A path is no version.
        ("libucp.so.0", ("ucx", None, Certainty.GUESSED)),
        ("libelse.so", None),
    ],
)
def test_what_functions_return(tmp_path: Path, flags: str, name: str, expected: tuple[object, ...] | None) -> None:
    roots.needs("gcc", "gcc")
    (tmp_path / "code.c").write_text(_SOURCE)
    roots.run("gcc", "-shared", "-fPIC", *flags.split(), f"-Wl,-soname,{name}", "code.c", "-o", name, at=tmp_path)
    kept = reduced(f"opt/x/{name}", memoryview((tmp_path / name).read_bytes()))
    if expected is None:
        assert kept is None
        return
    assert kept is not None
    said = msgspec.msgpack.decode(kept, type=Kept)
    assert said.soname == name
    assert len(said.build_id) in (0, 40)
    assert [(one.name, one.version, one.certainty) for one in said.found] == [expected]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("libcrypto.so.3", b"OpenSSL 3.0.17 1 Jul 2025\0", ("openssl", "3.0.17")),
        ("libcrypto-5409cd36.so.1.1.1k", b"OpenSSL 1.1.1k  FIPS 25 Mar 2021\0", ("openssl", "1.1.1k")),
        ("libcrypto.so.1.1", b"OpenSSL 1.1.1zb_p2 11 Feb 2025\0", ("openssl", None)),
        ("libssl-8bd944e8.so.1.1.1k", b"", ("openssl", "1.1.1k")),
        ("libz.so.1.3.1", b" deflate 1.3.1 Copyright 1995-2024 Jean-loup Gailly", ("zlib", "1.3.1")),
        ("libz.so.1.2.13", b"", ("zlib", "1.2.13")),
        ("libexpat.so.1", b"\0expat_2.6.2\0", ("expat", "2.6.2")),
        ("libxml2.so.2", b"\x0021206\0", ("libxml2", "2.12.6")),
        ("libxml2.so.2", b"\x0021206-GITv2.12.6\x0021207\0", ("libxml2", None)),
        ("libpcre2-8.so.0", b"\x0010.42 2022-12-11\0", ("pcre2", "10.42")),
        ("libicuuc.so.73.2", b"", ("icu", "73.2")),
        ("libnccl.so.2", b"NCCL version 2.27.5+cuda12.9\0", ("nccl", "2.27.5")),
        ("libnccl-net.so", b"NET/OFI Initializing aws-ofi-nccl 1.13.2-aws\0", ("aws-ofi-nccl", "1.13.2-aws")),
        ("libnccl-net-ofi.so", b"Initializing aws-ofi-nccl GitHub-dev\0", ("aws-ofi-nccl", None)),
        ("libfabric.so.1", b"libfabric: 1.22.0amzn4.0\0", ("libfabric", "1.22.0amzn4.0")),
        ("libefa.so.1.3.56.0", b"", ("rdma-core", "56.0")),
        ("libmpi.so.40", b"Open MPI v4.1.7, package: Open MPI root@x\0", ("openmpi", "4.1.7")),
        ("libmkl_core.so.2", b"", ("mkl", None)),
        ("libcudart-d0da41ae.so.11.8.89", b"", ("cuda-cudart", "11.8.89")),
        ("libcudnn_ops.so.9", b"", ("cudnn", None)),
        ("libc.so.6", b"GNU C Library (GNU libc) stable release version 2.36.\n", ("glibc", "2.36")),
        (
            "libc-1a2b3c4d.so.6",
            b"GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\n",
            ("glibc", "2.36"),
        ),
        ("libabsl_base.so.20220623.0.0", b"", ("abseil-cpp", "20220623")),
        ("libpython3.8.so.1.0", b"\x003.8.18\0\x003.9.1\0", ("python", "3.8.18")),
        ("python3.11", b"\x003.11.7\0 \0", ("python", "3.11.7")),
        ("node", b"https://nodejs.org/download/release/v20.11.0/x", ("node", "20.11.0")),
        ("libopenblasp-r0-59ffcd50.3.15.so", b" OpenBLAS 0.3.15 DYNAMIC_ARCH", ("openblas", "0.3.15")),
    ],
)
def test_each_rule_on_its_text(path: str, text: bytes, expected: tuple[str, str | None]) -> None:
    (found,) = kept_of(path, {".rodata": text})
    assert (found.name, found.version) == expected
    assert not found.inside


def kept_of(path: str, sections: dict[str, bytes]) -> list[Found]:
    kept = reduced(path, memoryview(elf(sections)))
    return msgspec.msgpack.decode(kept, type=Kept).found if kept else []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'OPENSSLDIR: "/etc"\0OpenSSL 3.5.8 25 Aug 2026\0', [("openssl", "3.5.8")]),
        # Built with it, but without it inside.
        (b"OpenSSL 3.5.8 25 Aug 2026\0", []),
        (b"third_party/boringssl-with-bazel/crypto/a.cc\0", [("boringssl", None)]),
        (b"SQLite format 3\x003.45.1\0", []),
        (b"malformed database schema (%s)\x003.45.1\0", [("sqlite", "3.45.1")]),
        (b"malformed database schema (%s)\x003.45.1\x003.46.0\0", [("sqlite", None)]),
        (b" inflate 1.2.13 Copyright 1995-2022 Mark Adler ", [("zlib", "1.2.13")]),
        (b"_ZN4absl12lts_2024011611string_viewE", [("abseil-cpp", "20240116")]),
        (b"libcurl/ is said here\0", []),
    ],
)
def test_copies_inside_other_files(text: bytes, expected: list[tuple[str, str | None]]) -> None:
    found = kept_of("site-packages/x/_x.cpython-311-x86_64-linux-gnu.so", {".rodata": text})
    assert [(one.name, one.version) for one in found] == expected
    assert all(one.inside for one in found)


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


def test_the_compiler_of_its_own_libraries() -> None:
    (found,) = kept_of("opt/lib/libgomp-a34b3233.so.1.0.0", {".comment": b"GCC: (GNU) 13.2.0\0"})
    assert (found.name, found.version) == ("gcc", "13.2.0")


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("a/libpng16-1d1ba958.so.16.58.0", "libpng16"),
        ("libscipy_openblas64_-32a4b2a6.so", "libscipy_openblas64_"),
        ("libgfortran-040039e1-0352e75f.so.5.0.0", "libgfortran"),
        ("libnvrtc-builtins.so.12.9", "libnvrtc-builtins"),
        ("cv2.abi3.so", "cv2"),
        ("_rust.cpython-311-x86_64-linux-gnu.so", "_rust"),
    ],
)
def test_names_without_what_installers_add(name: str, stem: str) -> None:
    said = named(name)
    assert said is not None
    assert said.stem == stem


def test_names_in_full_come_before_beginnings() -> None:
    rules = {stem: rule_of(stem) for stem in ("libpcre", "libpcre2-8", "libssl", "libsslx", "libcublasLt")}
    assert {stem: rule and rule.name for stem, rule in rules.items()} == {
        "libpcre": "pcre",
        "libpcre2-8": "pcre2",
        "libssl": "openssl",
        "libsslx": None,
        "libcublasLt": "libcublas",
    }


SITE = "usr/local/lib/python3.11/site-packages"
EMPTY = elf({".rodata": b"x"})


def test_libraries_of_nvidia_have_the_version_of_their_wheel() -> None:
    found, unread = of(
        NATIVE,
        {
            f"{SITE}/nvidia/cudnn/lib/libcudnn.so.9": EMPTY,
            f"{SITE}/nvidia/cudnn/lib/libcudnn_ops.so.9": EMPTY,
            f"{SITE}/nvidia/cu13/lib/libcudart.so.13": EMPTY,
            f"{SITE}/nvidia/curand/lib/libcurand.so.10": EMPTY,
            f"{SITE}/nvidia_cudnn_cu12-9.10.2.21.dist-info/METADATA": "",
            f"{SITE}/nvidia_cudnn_frontend-1.15.0.dist-info/METADATA": "",
            f"{SITE}/nvidia_cuda_runtime-13.0.96.dist-info/METADATA": "",
        },
    )
    said = {one.package.name: (one.package.version, one.package.certainty) for one in found}
    assert said == {
        "cudnn": ("9.10.2.21", Certainty.DERIVED),
        "cuda-cudart": ("13.0.96", Certainty.DERIVED),
        "libcurand": (None, Certainty.GUESSED),
    }
    assert {one.package.facts.get("files") for one in found if one.package.name == "cudnn"} == {"2"}
    assert not unread


def test_a_file_without_version_belongs_to_one_that_tells_it() -> None:
    openssl = elf({".rodata": b"OpenSSL 3.0.17 1 Jul 2025\0"})
    found, _ = of(NATIVE, {"opt/a/libssl.so.3": EMPTY, "opt/a/libcrypto.so.3": openssl, "opt/b/libssl.so.3": EMPTY})
    assert [(one.package.version, one.package.path) for one in found] == [
        ("3.0.17", "opt/a/libcrypto.so.3"),
        (None, "opt/b/libssl.so.3"),
    ]


def test_a_program_and_its_library_belong_together() -> None:
    library = elf({".rodata": b"\x003.11.7\0"})
    found, _ = of(
        NATIVE, {"usr/local/bin/python3.11": EMPTY, "usr/local/lib/libpython3.11.so.1.0": library}, mode=0o755
    )
    assert [(one.package.version, one.package.path) for one in found] == [
        ("3.11.7", "usr/local/lib/libpython3.11.so.1.0")
    ]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("usr/lib/x86_64-linux-gnu/libssl.so.3", False),
        ("lib/libssl.so.3", False),
        ("usr/bin/node", False),
        ("usr/lib/python3/dist-packages/x/libssl.so.3", True),
        ("usr/lib64/python3.9/site-packages/x.libs/libssl.so.3", True),
        ("usr/local/lib/libssl.so.3", True),
        ("opt/x/libssl.so.3", True),
        ("root/libssl.so.3", True),
    ],
)
def test_folders_of_the_system_are_left_to_its_package_manager(path: str, asked: bool) -> None:
    found, _ = of(NATIVE, {path: EMPTY})
    assert bool(found) is asked


def test_a_library_that_is_too_large_is_known_by_where_its_constants_lie() -> None:
    """Real libraries as two linkers lay them out: one keeps constants apart, the other has them behind the code."""
    roots.needs("gcc", "gcc")
    (large,) = (one for one in NATIVE.wanted if one.window is not None)
    large = msgspec.structs.replace(large, least=1, head=4096)
    code = 'const char* said(void) { return "Intel(R) oneAPI Math Kernel Library Version "; }'
    for flags in ("-Wl,-z,separate-code", "-Wl,-z,noseparate-code"):

        def build(root: Path, flags: str = flags) -> None:
            (root / "code.c").write_text(f'{code}\n__asm__(".text\\n.skip 60000");')
            roots.run("gcc", "-shared", "-fPIC", flags, "code.c", "-o", "libtorch_cpu.so", at=root)

        data = (roots.made(f"large{flags.rpartition(',')[2]}-1", build) / "libtorch_cpu.so").read_bytes()
        files = tree.of({"opt/libtorch_cpu.so": data}, (large,))
        ((_, kept),) = files.kept(large.key)
        assert isinstance(kept, bytes)
        said = msgspec.msgpack.decode(kept, type=Kept)
        assert [(one.name, one.version, one.inside) for one in said.found] == [("mkl", None, True)]


def test_what_was_not_looked_at_is_told() -> None:
    class Partly(tree.Tree):
        def kept(self, key: str):  # type: ignore[no-untyped-def]
            return ((node, Missing("only parts of its layer were fetched")) for node, _ in super().kept(key))

    files = {f"opt/{name}/libssl.so.3": EMPTY for name in "abc"}
    nodes = {node.path: node for node in tree.of(files, NATIVE.wanted).nodes()}
    found, unread = all_of(NATIVE, Partly(NATIVE.wanted, nodes, files))
    assert not found
    assert [one.reason for one in unread] == ["only parts of its layer were fetched (2 more files so)"]


_REAL = elf(
    {".rodata": b"OpenSSL 3.0.17 1 Jul 2025\0", ".dynamic": bytes(64), ".dynstr": b"\0x\0", ".dynsym": bytes(48)}
)


@given(st.data())
def test_no_file_breaks_it(data: st.DataObject) -> None:
    broken = bytearray(_REAL)
    for _ in range(data.draw(st.integers(0, 12))):
        at = data.draw(st.integers(0, len(broken) - 1))
        broken[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(broken)))
    kept = reduced(data.draw(st.sampled_from(["libcrypto.so.3", "libzstd.so.1", "x"])), memoryview(broken)[:cut])
    assert kept is None or msgspec.msgpack.decode(kept, type=Kept).found
