"""How native libraries are recognised, and where each says its version: one table.

A library is known by the name of its file, or, where it was built into another file, by a text that only it has. What
each entry says was seen in builds of PyPI's wheels or of Debian, but for those of aws-ofi-nccl, libz-ng and TensorRT,
which cannot be had there; tests compare versions with what the libraries say when they are loaded. Names are those
that advisories use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Numbered = Callable[[int], str]


class Text(NamedTuple):
    """A version in a text of the file: `anchor` is searched first, then `pattern` around it; its group 1 is it."""

    anchor: bytes
    pattern: bytes


class Rule(NamedTuple):
    """One library.

    `files` are names of its files up to `.so`, without the hash of auditwheel; one that ends with `*` begins so.
    The version is what one of `says` returns (a function of no arguments, a text), `counts` (the same, a number, and
    how it is written), `holds` (variables, as before), the first of `texts`, the one text that is all of `alone`, or,
    guessed, what follows `.so.` in the name of its file where that matches `named`. `compiled` takes the version of the
    compiler, for its own libraries. `wheel` begins the name of the wheel of NVIDIA that holds it, whose version is
    the library's. `inside` are texts of which one is in each copy that was built into another file; with `sure` they
    are in nothing else, without it the version is needed too. `only_in` names the libraries that such copies are
    looked for in, where not in all. `tells` are versions of others that it was built with, as it writes them.
    """

    name: str
    files: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    counts: tuple[tuple[str, Numbered], ...] = ()
    holds: tuple[tuple[str, Numbered], ...] = ()
    texts: tuple[Text, ...] = ()
    alone: bytes = b""
    written: Callable[[str], str] | None = None
    named: bytes = b""
    compiled: bool = False
    wheel: str = ""
    inside: tuple[bytes, ...] = ()
    sure: bool = False
    only_in: tuple[str, ...] = ()
    tells: tuple[tuple[str, Text], ...] = ()


def _bytes(number: int) -> str:
    """0x010600 is 1.6.0."""
    return f"{number >> 16}.{number >> 8 & 255}.{number & 255}"


def _brotli(number: int) -> str:
    return f"{number >> 24}.{number >> 12 & 4095}.{number & 4095}"


def _hundreds(number: int) -> str:
    """10507 is 1.5.7."""
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


def _postgres(number: int) -> str:
    """170006 is 17.6, and 90605 is 9.6.5."""
    return f"{number // 10000}.{number % 10000}" if number >= 100000 else _hundreds(number)


def _cudnn(number: int) -> str:
    """91002 is 9.10.2, and 8907 is 8.9.7."""
    return _hundreds(number) if number >= 90000 else f"{number // 1000}.{number // 100 % 10}.{number % 100}"


def _python(number: int) -> str:
    """0x030B07F0 is 3.11.7, 0x030D00C1 is 3.13.0rc1 (docs.python.org, C API, "API and ABI Versioning")."""
    level = {0xA: "a", 0xB: "b", 0xC: "rc"}.get(number >> 4 & 15, "")
    return _bytes(number >> 8) + (f"{level}{number & 15}" if level else "")


def _xml(said: str) -> str:
    return _hundreds(int(said))


_DATE = rb"\d{1,2} [A-Z][a-z]{2} \d{4}"

_OPENSSL = rb"OpenSSL (\d\.\d\.\d+[a-z]{0,2}(?:-(?:alpha|beta|dev)\d*)?) {1,2}(?:FIPS )?" + _DATE
_COPYRIGHT = b" Copyright 1995-"
_ZLIB = rb"flate (1\.\d+(?:\.\d+){0,2}) Copyright 1995"
_JPEG = b"libjpeg-turbo version "
_NVIDIA = rb"\d+\.\d+\.\d+(?:\.\d+)?"

RULES = (
    Rule("openssl", ("libcrypto", "libssl"), texts=(Text(b"OpenSSL ", _OPENSSL),), named=rb"1\.\d\.\d[a-z]{1,2}",
         inside=(b'OPENSSLDIR: "',)),
    Rule("boringssl", inside=(b"third_party/boringssl", b"external/boringssl"), sure=True),
    Rule("zlib", ("libz",), texts=(Text(_COPYRIGHT, _ZLIB),), named=rb"1\.\d+(?:\.\d+){0,2}", inside=(_COPYRIGHT,)),
    Rule("zlib-ng", ("libz-ng",), says=("zlibng_version",), alone=rb"(2\.\d+\.\d+)",
         inside=(b".zlib-ng\0",), sure=True),
    Rule("libpng", ("libpng*",), texts=(Text(b"libpng version ", rb"libpng version (1\.\d+\.\d+)"),),
         inside=(b"libpng version ",)),
    Rule("libjpeg-turbo", ("libjpeg", "libturbojpeg"), texts=(Text(_JPEG, _JPEG + rb"(\d+\.\d+\.\d+)"),),
         inside=(_JPEG,)),
    Rule("libtiff", ("libtiff",), texts=(Text(b"LIBTIFF, Version ", rb"LIBTIFF, Version (\d+\.\d+(?:\.\d+)?)"),),
         inside=(b"LIBTIFF, Version ",)),
    Rule("libwebp", ("libwebp", "libwebpdecoder", "libwebpdemux", "libwebpmux", "libsharpyuv"),
         counts=tuple((f"WebPGet{one}Version", _bytes) for one in ("Decoder", "Encoder", "Demux", "Mux"))),
    Rule("openjpeg", ("libopenjp2",), says=("opj_version",), named=rb"2\.\d+\.\d+"),
    Rule("freetype", ("libfreetype",)),
    Rule("harfbuzz", ("libharfbuzz*",), says=("hb_version_string",)),
    Rule("libavif", ("libavif",), says=("avifVersion",)),
    Rule("aom", ("libaom",), texts=(Text(b"AOMedia", rb"AOMedia Project AV1 (?:En|De)coder v?(\d+\.\d+\.\d+)"),),
         inside=(b"AOMedia Project AV1 ",), only_in=("libavif", "ffmpeg")),
    Rule("lcms2", ("liblcms2",)),
    Rule("opencv", ("cv2", "libopencv_core"),
         texts=(Text(b"General configuration for OpenCV ", rb"for OpenCV (\d+\.\d+\.\d+)"),),
         tells=(
             ("libjpeg-turbo", Text(b"libjpeg-turbo (ver ", rb"build-libjpeg-turbo \(ver (\d+\.\d+\.\d+)")),
             ("libtiff", Text(b"    TIFF: ", rb"TIFF: +build \(ver \d+ - (\d+\.\d+(?:\.\d+)?)\)")),
             ("openjpeg", Text(b"    JPEG 2000: ", rb"JPEG 2000: +build \(ver (\d+\.\d+\.\d+)\)")),
         )),
    Rule("xz", ("liblzma",), says=("lzma_version_string",), named=rb"5\.\d+\.\d+"),
    Rule("zstd", ("libzstd",), says=("ZSTD_versionString",), counts=(("ZSTD_versionNumber", _hundreds),),
         named=rb"1\.\d+\.\d+"),
    Rule("lz4", ("liblz4",), says=("LZ4_versionString",), counts=(("LZ4_versionNumber", _hundreds),),
         named=rb"1\.\d+\.\d+"),
    Rule("brotli", ("libbrotli*",), counts=(("BrotliDecoderVersion", _brotli), ("BrotliEncoderVersion", _brotli)),
         named=rb"1\.\d+\.\d+"),
    Rule("bzip2", ("libbz2",), says=("BZ2_bzlibVersion",),
         texts=(Text(b", 13-Jul-2019", rb"(1\.0\.8), 13-Jul-2019"), Text(b", 6-Sept-2010", rb"(1\.0\.6), 6-Sept-2010")),
         inside=(b"1.0.8, 13-Jul-2019",)),
    Rule("expat", ("libexpat",), texts=(Text(b"expat_2.", rb"expat_(2\.\d+\.\d+)"),), inside=(b"expat_2.",)),
    Rule("libxml2", ("libxml2",), alone=rb"(2\d{4})(?:-[ -~]{1,40})?", written=_xml, named=rb"2\.\d+\.\d+",
         inside=(b"libxml2: out of memory", b"compiled against libxml %d"), sure=True),
    Rule("libxslt", ("libxslt",), alone=rb"(101\d\d)(?:-[ -~]{1,40})?", written=_xml,
         named=rb"1\.\d+\.\d+", inside=(b"fake node libxslt",)),
    Rule("sqlite", ("libsqlite3",), says=("sqlite3_libversion",), alone=rb"(3\.\d{1,2}\.\d{1,2})",
         inside=(b"malformed database schema (",), sure=True),
    Rule("curl", ("libcurl*",), texts=(Text(b"libcurl/", rb"libcurl/(\d+\.\d+\.\d+(?:-DEV)?)\0"),),
         inside=(b"libcurl/",)),
    Rule("nghttp2", ("libnghttp2",), texts=(Text(b"nghttp2/", rb"nghttp2/(\d+\.\d+\.\d+)\0"),),
         alone=rb"(1\.\d+\.\d+)"),
    Rule("c-ares", ("libcares",), alone=rb"(1\.\d+\.\d+)"),
    Rule("libssh2", ("libssh2",), texts=(Text(b"libssh2_", rb"SSH-2\.0-libssh2_(\d+\.\d+\.\d+(?:_DEV)?)"),),
         inside=(b"SSH-2.0-libssh2_",), only_in=("curl",)),
    Rule("libffi", ("libffi",)),
    Rule("pcre2", ("libpcre2*",), alone=rb"(10\.\d\d) \d{4}-\d\d-\d\d"),
    Rule("pcre", ("libpcre", "libpcrecpp", "libpcreposix"), alone=rb"(8\.\d\d) \d{4}-\d\d-\d\d"),
    Rule("icu", ("libicu*",), named=rb"\d\d(?:\.\d+)?"),
    Rule("openblas", ("libopenblas*", "libscipy_openblas*"),
         texts=(Text(b"OpenBLAS 0.", rb"OpenBLAS (0\.\d+(?:\.\d+){1,3})"),), inside=(b"OpenBLAS 0.",)),
    Rule("mkl", ("libmkl_*",), inside=(b"oneAPI Math Kernel Library Version ",), sure=True),
    Rule("hdf5", ("libhdf5*",),
         texts=(Text(b"HDF5 library version", rb"HDF5 library version:? (\d+\.\d+\.\d+(?:-\d+)?)"),),
         inside=(b"HDF5 library version",)),
    Rule("apache-arrow", ("libarrow*", "libparquet*"),
         texts=(Text(b"parquet-cpp-arrow version ", rb"parquet-cpp-arrow version (\d+\.\d+\.\d+)"),)),
    Rule("protobuf", ("libprotobuf*",)),
    Rule("abseil-cpp", ("libabsl_*",), named=rb"(20\d{6})\.\d+\.\d+",
         texts=(Text(b"absl12lts_20", rb"absl12lts_(20\d{6})"),), inside=(b"4absl12lts_20",)),
    Rule("grpc", ("libgrpc*",), named=rb"1\.\d\d\.\d+"),
    Rule("ffmpeg", ("libavcodec", "libavformat", "libavutil", "libavfilter", "libavdevice", "libswscale",
                    "libswresample", "libpostproc"), says=("av_version_info",)),
    Rule("x264", ("libx264",)),
    Rule("x265", ("libx265",)),
    Rule("dav1d", ("libdav1d",), says=("dav1d_version",)),
    Rule("libvpx", ("libvpx",), alone=rb"v(1\.\d+\.\d+)"),
    Rule("svt-av1", ("libSvtAv1Enc",), alone=rb"v(\d\.\d+\.\d+)"),
    Rule("opus", ("libopus",), texts=(Text(b"libopus ", rb"libopus (\d+\.\d+(?:\.\d+)?)"),), inside=(b"libopus ",),
         only_in=("libsndfile", "ffmpeg")),
    Rule("libvorbis", ("libvorbis*",), texts=(Text(b"libVorbis ", rb"Xiph\.Org libVorbis (\d+\.\d+\.\d+)"),),
         inside=(b"Xiph.Org libVorbis ",), only_in=("libsndfile", "ffmpeg")),
    Rule("flac", ("libFLAC",), texts=(Text(b"libFLAC ", rb"reference libFLAC (?:git-\w+ )?(\d+\.\d+\.\d+) \d{8}"),),
         inside=(b"reference libFLAC ",), only_in=("libsndfile", "ffmpeg")),
    Rule("libsndfile", ("libsndfile*",), texts=(Text(b"libsndfile-", rb"libsndfile-(\d+\.\d+\.\d+)"),)),
    Rule("gnutls", ("libgnutls",), alone=rb"(3\.\d+\.\d+)"),
    Rule("libsodium", ("libsodium",), says=("sodium_version_string",)),
    Rule("zeromq", ("libzmq",)),
    Rule("krb5", ("libkrb5", "libgssapi_krb5", "libk5crypto", "libkrb5support", "libcom_err"),
         texts=(Text(b"KRB5_BRAND: ", rb"KRB5_BRAND: krb5-(\d+\.\d+(?:\.\d+)?)"),)),
    Rule("openldap", ("libldap*", "liblber*")),
    Rule("cyrus-sasl", ("libsasl2",), alone=rb"(2\.1\.\d\d)"),
    Rule("postgresql", ("libpq",), counts=(("PQlibVersion", _postgres),)),
    Rule("openmpi", ("libmpi", "libopen-pal", "libopen-rte"), alone=rb"v([3-9]\.\d+\.\d+(?:rc\d+)?)"),
    Rule("libfabric", ("libfabric",), alone=rb"([12]\.\d+\.\d+(?:amzn\d+\.\d+)?)"),
    Rule("ucx", ("libucp", "libucs", "libuct", "libucm"), says=("ucp_get_version_string",)),
    Rule("aws-ofi-nccl", ("libnccl-net*", "libnccl-ofi*"),
         texts=(Text(b"aws-ofi-nccl", rb"aws-ofi-nccl(?: GitHub-dev| v?)?(\d+\.\d+\.\d+(?:-?aws)?)"),)),
    Rule("rdma-core", ("libefa", "libibverbs", "libmlx5", "librdmacm"), named=rb"1\.\d+\.(\d+\.\d+)"),
    Rule("nccl", ("libnccl",), texts=(Text(b"NCCL version ", rb"NCCL version (\d+\.\d+\.\d+)\+cuda"),),
         named=rb"\d+\.\d+\.\d+", wheel="nvidia_nccl_", inside=(b"NCCL version ",)),
    Rule("cudnn", ("libcudnn*",), counts=(("cudnnGetVersion", _cudnn),), named=rb"\d+\.\d+\.\d+",
         wheel="nvidia_cudnn_cu"),
    Rule("cuda-cudart", ("libcudart",), named=rb"\d+\.\d+\.\d+", wheel="nvidia_cuda_runtime"),
    Rule("libcublas", ("libcublas", "libcublasLt", "libnvblas"), named=_NVIDIA, wheel="nvidia_cublas"),
    Rule("libcufft", ("libcufft", "libcufftw"), named=_NVIDIA, wheel="nvidia_cufft"),
    Rule("libcurand", ("libcurand",), named=_NVIDIA, wheel="nvidia_curand"),
    Rule("libcusolver", ("libcusolver", "libcusolverMg"), named=_NVIDIA, wheel="nvidia_cusolver"),
    Rule("libcusparse", ("libcusparse",), named=_NVIDIA, wheel="nvidia_cusparse"),
    Rule("libcusparselt", ("libcusparseLt",), named=_NVIDIA, wheel="nvidia_cusparselt"),
    Rule("libcufile", ("libcufile", "libcufile_rdma"), named=_NVIDIA, wheel="nvidia_cufile"),
    Rule("libnvjitlink", ("libnvJitLink",), named=_NVIDIA, wheel="nvidia_nvjitlink"),
    Rule("libnvjpeg", ("libnvjpeg",), named=_NVIDIA, wheel="nvidia_nvjpeg"),
    Rule("cuda-nvrtc", ("libnvrtc", "libnvrtc-builtins"), named=_NVIDIA, wheel="nvidia_cuda_nvrtc"),
    Rule("cuda-cupti", ("libcupti",), named=rb"1\d\.\d+\.\d+", wheel="nvidia_cuda_cupti"),
    Rule("nvshmem", ("libnvshmem*",), named=_NVIDIA, wheel="nvidia_nvshmem"),
    Rule("tensorrt", ("libnvinfer", "libnvinfer_plugin"), named=_NVIDIA, wheel="tensorrt_"),
    Rule("gcc", ("libstdc++", "libgcc_s", "libgomp", "libgfortran", "libquadmath", "libatomic"), compiled=True),
    Rule("glibc", ("libc", "libm", "libpthread", "ld-linux-x86-64", "ld-linux-aarch64"),
         texts=(Text(b"release version ", rb"Library \([^)]{1,60}\) [a-z]+ release version (\d+\.\d+)"),),
         named=rb"\d+\.\d+"),
    Rule("python", ("libpython3.*", "python3.*"), holds=(("Py_Version", _python),),
         alone=rb"(3\.\d+\.\d+(?:(?:a|b|rc)\d+)?)\+?"),
    Rule("node", ("node", "libnode"), texts=(Text(b"download/release/v", rb"download/release/v(\d+\.\d+\.\d+)/"),)),
)  # fmt: skip

IN_LARGE = frozenset(
    {"openssl", "boringssl", "zlib", "sqlite", "curl", "openblas", "mkl", "hdf5", "abseil-cpp", "nccl"}
)
"""Of which copies are looked for in files so large that each search of one counts."""
