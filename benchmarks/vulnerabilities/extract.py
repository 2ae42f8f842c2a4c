"""Makes `examples/advisories`: a small dated extract of real records, for the demo, the docs and their tests.

python -m benchmarks.vulnerabilities.extract
"""

from __future__ import annotations

import json
import lzma
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.vulnerabilities.make import CORPUS

TARGET = Path(__file__).parents[2] / "examples" / "advisories"
_SINCE = "2025"
_PYTHON = frozenset(
    {
        "aiohttp",
        "cryptography",
        "fastapi",
        "gguf",
        "idna",
        "jinja2",
        "jupyterlab",
        "keras",
        "nltk",
        "numpy",
        "onnx",
        "pillow",
        "pip",
        "protobuf",
        "pyarrow",
        "python-multipart",
        "ray",
        "requests",
        "scikit-learn",
        "setuptools",
        "starlette",
        "tokenizers",
        "torch",
        "tornado",
        "tqdm",
        "transformers",
        "urllib3",
        "vllm",
        "werkzeug",
        "xgrammar",
    }
)
_DEBIAN = frozenset(
    {
        "curl",
        "expat",
        "glibc",
        "gnutls28",
        "libpng1.6",
        "libtiff",
        "libxml2",
        "ncurses",
        "openssl",
        "python3.11",
        "sqlite3",
        "zlib",
    }
)
_NVIDIA = re.compile(r"CUDA Toolkit|Triton Inference Server|TensorRT|NeMo Framework|Megatron|Container Toolkit")


def rows(name: str) -> list[dict[str, Any]]:
    """The real records of one corpus."""
    with lzma.open(CORPUS / name, "rt") as file:
        return [json.loads(line) for line in file]


def write(name: str, records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write records as JSON lines."""
    kept = list(records)
    lines = (json.dumps(one, separators=(",", ":"), ensure_ascii=False) + "\n" for one in kept)
    (TARGET / name).write_text("".join(lines), encoding="utf-8")
    return kept


def python(record: dict[str, Any]) -> bool:
    """Whether it is of late, and about a package that images of deep learning have."""
    names = {one["package"]["name"].lower().replace("_", "-") for one in record["affected"]}
    return record["published"] >= _SINCE and bool(names & _PYTHON)


def shorter(record: dict[str, Any]) -> dict[str, Any]:
    """Without ranges of commits, versions listed besides a range, and most of its text and references."""
    affected = []
    for one in record["affected"]:
        ranges = [part for part in one.get("ranges", []) if part["type"] != "GIT"]
        kept = {"package": one["package"], "ranges": ranges}
        affected.append(kept if ranges else {**kept, "versions": one.get("versions", [])})
    details = record["details"]
    text = details if len(details) <= 160 else details[:159] + "…"
    made = {**record, "affected": affected, "references": record.get("references", [])[:1], "details": text}
    return {key: value for key, value in made.items() if key not in {"credits", "schema_version"}}


def nvidia(row: dict[str, Any]) -> bool:
    """Whether it is of late, and names a product that such images have."""
    products = row["record"]["containers"]["cna"]["affected"]
    return row["bulletin_published"] >= "2025-09" and any(_NVIDIA.search(one["product"]) for one in products)


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Only what the importer reads."""
    cna = row["record"]["containers"]["cna"]
    vectors = [
        {name: {"vectorString": value["vectorString"]} for name, value in one.items() if "cvss" in name}
        for one in cna["metrics"]
    ]
    kept = {
        "affected": [{"product": one["product"], "versions": one["versions"]} for one in cna["affected"]],
        "descriptions": [{"lang": one["lang"], "value": one["value"]} for one in cna["descriptions"]],
        "metrics": vectors,
        "references": cna["references"][-1:],
    }
    metadata = {key: row["record"]["cveMetadata"][key] for key in ("cveId", "state")}
    record = {"dataType": "CVE_RECORD", "cveMetadata": metadata, "containers": {"cna": kept}}
    return {**{key: value for key, value in row.items() if key.startswith("bulletin")}, "record": record}


def main() -> None:
    """Write the files, and the licences beside them."""
    TARGET.mkdir(parents=True, exist_ok=True)
    made = write("pypi.jsonl", map(shorter, filter(python, rows("pypi-osv.jsonl.xz"))))
    fixes = write(
        "debian-12-fixes.jsonl",
        (
            one
            for one in rows("debian12-changelog-fixes.jsonl.xz")
            if one["package"] in _DEBIAN and one["date"] >= _SINCE
        ),
    )
    bulletins = write("nvidia.jsonl", map(plain, filter(nvidia, rows("nvidia-cve.jsonl.xz"))))
    cves = {alias for one in made for alias in one.get("aliases", [])} | {cve for one in fixes for cve in one["cves"]}
    cves |= {one["record"]["cveMetadata"]["cveId"] for one in bulletins}
    catalogue = json.loads(lzma.decompress((CORPUS / "cisa-kev.json.xz").read_bytes()))
    catalogue["vulnerabilities"] = [one for one in catalogue["vulnerabilities"] if one["cveID"] in cves]
    (TARGET / "kev.json").write_text(json.dumps(catalogue, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.copyfile(CORPUS / "licences" / "CC-BY-4.0.txt", TARGET / "licences" / "CC-BY-4.0.txt")
    print(f"{len(made)} of PyPI, {len(fixes)} of Debian, {len(bulletins)} of NVIDIA")


if __name__ == "__main__":
    main()
