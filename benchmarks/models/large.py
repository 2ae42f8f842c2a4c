"""How long large model files take: PyTorch's, raw pickles, and as they stream by; small files on both cores.

    python -m benchmarks.models.large [--folder DIR]

Times of one process are those that its core worked, so that others on the machine count little. A loop of additions
in one process and in two stands beside the figures of two cores, for those are worth no more than the cores are.
"""

from __future__ import annotations

import argparse
import json
import pickle
import resource
import struct
import tempfile
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from ourhalf.artifacts.format import Content
from ourhalf.artifacts.judging import judge, judge_file, together
from ourhalf.artifacts.pickles.machine import run
from ourhalf.artifacts.streaming import Streamed

GB = 1 << 30
_DATA = {
    "bytes": [n & 255 for n in range(400_000)],
    "whole numbers": [n * 7919 % (1 << 31) for n in range(200_000)],
    "floats": [n / 7 for n in range(200_000)],
    "texts": [f"token{n}" for n in range(100_000)],
    "a vocabulary": {f"token{n}": n for n in range(100_000)},
    "records": [{"id": n, "name": f"n{n}", "score": n / 3, "tags": ["a", "b"]} for n in range(30_000)],
}


def main() -> None:
    """Print a figure a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="where the files are made, 5 GB at most")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as made:
        folder = Path(made)
        _files(folder)
        _streamed()
        _small_values()
        _two_cores(folder)


def _timed(what: Callable[[], object], clock: Callable[[], float] = time.process_time) -> tuple[float, object]:
    started = clock()
    found = what()
    return clock() - started, found


def _judge(path: str) -> str:
    return together(judge_file(path, path))[0].value


def _files(folder: Path) -> None:
    for name, make in (("a torch archive of 5 GB", _torch), ("a raw pickle of 1 GB", _pickle)):
        path = make(folder / "file")
        took, found = _timed(partial(_judge, str(path)))
        rate = path.stat().st_size / took / 1e6
        print(f"{name}: {found}, {took * 1000:.1f} ms, {rate:,.0f} MB/s")
        path.unlink()


def _torch(path: Path) -> Path:
    """One storage of 5 GB of zeros."""
    storage = pickle.dumps({"epoch": 3}, 2)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("m/data.pkl", storage)
        info = zipfile.ZipInfo("m/data/0")
        with archive.open(info, "w", force_zip64=True) as member:
            for _ in range(5 * 16):
                member.write(bytes(GB // 16))
        archive.writestr("m/version", b"3\n")
    return path


def _pickle(path: Path) -> Path:
    """64 tensors as bytes of 16 MB each, and what describes them."""
    with path.open("wb") as file:
        pickle.dump({f"layer{n}.weight": bytes(16 << 20) for n in range(64)}, file, 4)
    return path


def _streamed() -> None:
    size, piece = 100 * GB, memoryview(bytes(64 << 20))
    header = json.dumps({"w": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    one = Streamed(8 + len(header) + size)

    def feed() -> str:
        one.feed(memoryview(struct.pack("<Q", len(header)) + header))
        for _ in range(size // len(piece)):
            one.feed(piece)
        return together(judge(Content("m.safetensors", one.done())))[0].value

    took, found = _timed(feed)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"safetensors of 100 GB that stream by: {found}, {took:.2f} s, {one.held:,} bytes held, peak {peak} MB")


def _small_values() -> None:
    for name, value in _DATA.items():
        data = pickle.dumps(value, 4)
        took = min(_timed(partial(run, data))[0] for _ in range(3))
        print(f"a pickle of {name}: {len(data) / took / 1e6:.1f} MB/s")


def _two_cores(folder: Path) -> None:
    paths = []
    for number in range(16):
        path = folder / f"{number}.pkl"
        path.write_bytes(pickle.dumps(_DATA["a vocabulary"], 4))
        paths.append(str(path))
    works: tuple[tuple[str, Callable[[str], object]], ...] = (("16 pickles", _judge), ("16 loops of additions", _loop))
    for name, work in works:
        took = []
        for cores in (1, 2):
            with ProcessPoolExecutor(cores) as pool:
                list(pool.map(abs, range(cores)))
                took.append(_timed(lambda: list(pool.map(work, paths)), time.perf_counter)[0])  # noqa: B023 - at once
        print(f"{name}: {took[0]:.2f} s on one core, {took[1]:.2f} s on two: {took[0] / took[1]:.2f} times")


def _loop(_: str) -> int:
    total = 0
    for number in range(2_000_000):
        total += number
    return total


if __name__ == "__main__":
    main()
