"""Native libraries: each rule, compiled libraries, and broken files."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.images.filesystem import Missing
from ourhalf.model.packages import Certainty
from ourhalf.packages.native import NATIVE
from ourhalf.packages.native_search import Found, Kept, named, reduced, rule_of
from tests.images import tree
from tests.packages import roots
from tests.packages.elves import elf
from tests.packages.support import all_of, of

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
        # The name of its interface, which 1.0.2 has too.
        ("libcrypto.so.1.0.0", b"", ("openssl", None)),
        ("libcupti.so.2025.1.1", b"", ("cuda-cupti", None)),
        ("libx264.so.165", b"", ("x264", None)),
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
        ("libfabric.so.1", b"\x001.22.0amzn4.0\0", ("libfabric", "1.22.0amzn4.0")),
        ("libefa.so.1.3.56.0", b"", ("rdma-core", "56.0")),
        ("libopen-pal.so.40.30.2", b"\x004.1.4\0v4.1.4\0", ("openmpi", "4.1.4")),
        ("libgrpc++.so.1.51.1", b"", ("grpc", "1.51.1")),
        ("libprotobuf.so.32.0.12", b"", ("protobuf", None)),
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
        # As torch asks for it.
        (b"which needs NCCL version 2.27.0 or later\0", []),
    ],
)
def test_copies_inside_other_files(text: bytes, expected: list[tuple[str, str | None]]) -> None:
    found = kept_of("site-packages/x/_x.cpython-311-x86_64-linux-gnu.so", {".rodata": text})
    assert [(one.name, one.version) for one in found] == expected
    assert all(one.inside for one in found)


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
