"""From what packages need to the packages that provide it, as rpm and apk state both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_MOST_PROVIDERS = 8


def requirements(
    packages: Sequence[tuple[str, Iterable[str], Iterable[str], Iterable[str]]],
) -> list[tuple[str, ...]]:
    """The names of the packages that each depends on.

    Of each package its name, what it provides, its files (absolute without the first slash) and what it requires:
    names, capabilities such as `libc.so.6(GLIBC_2.34)`, or files with their first slash.
    """
    needed = {need for *_, requires in packages for need in requires}
    needed_files = {need[1:] for need in needed if need.startswith("/")}
    providers: dict[str, list[str]] = {}
    for name, provides, files, _ in packages:
        paths = (f"/{path}" for path in needed_files.intersection(files))
        for what in needed.intersection((name, *provides, *paths)):
            providers.setdefault(what, []).append(name)
    return [
        tuple(
            dict.fromkeys(
                provider
                for need in requires
                for provider in providers.get(need, ())[:_MOST_PROVIDERS]
                if provider != name
            )
        )
        for name, _, _, requires in packages
    ]
