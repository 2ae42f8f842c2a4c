"""What looking for native libraries adds to reading an image, and what it finds there.

    python benchmarks/images/native.py oci:DIR:TAG

Reads the image four times without its cache, with the cataloguer of native libraries and without it in the order A B
B A, after a first reading that is not counted; prints the times of each pair together, the processor time of the
function that looks into files, with bytes and rate, and a table of what was found.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from unittest.mock import patch

import msgspec

from ourhalf.images import cataloguer, finding, whole
from ourhalf.images.reading import ImageRead, read_image
from ourhalf.images.wanted import Wanted
from ourhalf.model.packages import Ecosystem
from ourhalf.packages.native import NATIVE

Reduce = Callable[[str, memoryview], bytes | None]


class Watch:
    """Adds up what calls cost. Each thread's own processor time is taken."""

    def __init__(self) -> None:
        self.seconds, self.bytes, self.calls = 0.0, 0, 0
        self._lock = threading.Lock()

    def around(self, reduce: Reduce) -> Reduce:
        """The same function, watched."""

        def watched(path: str, data: memoryview) -> bytes | None:
            start = time.thread_time()
            made = reduce(path, data)
            spent = time.thread_time() - start
            with self._lock:
                self.seconds += spent
                self.bytes += len(data)
                self.calls += 1
            return made

        return watched


def _read(reference: str, chosen: tuple[cataloguer.Cataloguer, ...]) -> tuple[ImageRead, float, float]:
    processor, wall = time.process_time(), time.perf_counter()
    with (
        patch.object(finding, "all_cataloguers", lambda: chosen),
        patch.object(whole, "all_cataloguers", lambda: chosen),
    ):
        (read,) = read_image(reference, keep=False)
    return read, time.process_time() - processor, time.perf_counter() - wall


def main(reference: str) -> None:
    """Measure, and print."""
    every = cataloguer.all_cataloguers()
    others = tuple(one for one in every if one.name != NATIVE.name)
    watch = Watch()

    def watched(one: Wanted) -> Wanted:
        return msgspec.structs.replace(one, reduce=watch.around(one.reduce)) if one.reduce else one

    native = msgspec.structs.replace(NATIVE, wanted=tuple(map(watched, NATIVE.wanted)))
    chosen = (*others, native)
    _read(reference, others)
    read, *first = _read(reference, chosen)
    _, *second = _read(reference, others)
    _, *third = _read(reference, others)
    _, *fourth = _read(reference, chosen)
    processor, wall = (one + other for one, other in zip(first, fourth, strict=True))
    before, wall_before = (one + other for one, other in zip(second, third, strict=True))
    print(f"with native libraries, twice: {processor:6.1f} s of processor, {wall:6.1f} s")
    print(f"without, twice:               {before:6.1f} s of processor, {wall_before:6.1f} s")
    share, rate = watch.seconds / processor, watch.bytes / max(watch.seconds, 1e-9) / 1e6
    print(
        f"in the function itself, twice: {watch.seconds:6.1f} s ({share:.0%}), {watch.calls:,} files, "
        f"{watch.bytes / 1e6:,.0f} MB, {rate:,.0f} MB/s"
    )
    for one in read.inventory.packages:
        if one.ecosystem is Ecosystem.GENERIC:
            print(f"{one.name:24} {one.version or '-':20} {one.certainty:8} {one.owner:40} {one.path}  ({one.how})")


if __name__ == "__main__":
    main(sys.argv[1])
