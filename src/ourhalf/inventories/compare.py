"""What changed from one inventory to another, and what brought it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from ourhalf.model.inventory import ImageConfig, Inventory, Layer, ModelSummary
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.model.word import Word


class Change(Word):
    """What became of a thing."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class PackageChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One package of which the versions differ; `before` and `after` are all that are there, sorted.

    `brought` says which layer of the second image brought what is new, in the words of its history.
    """

    change: Change
    ecosystem: Ecosystem
    name: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    brought: str = ""


class LayerChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """A layer that only one of them has; sizes in bytes, as packed."""

    change: Change
    digest: str
    size: int
    history: str = ""


class SettingChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """A setting of the configuration that differs, as text; "" where it is not set."""

    name: str
    before: str = ""
    after: str = ""


class ModelChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """A model file that differs by place, size, format or judgement."""

    change: Change
    path: str
    before: str = ""
    after: str = ""


class InventoryChanges(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All differences, each list in a stable order. `size` are packed bytes before and after.

    `doubts` say why a difference may be one of reading only: an inventory that is not complete.
    """

    before: str
    after: str
    packages: tuple[PackageChange, ...] = ()
    layers: tuple[LayerChange, ...] = ()
    settings: tuple[SettingChange, ...] = ()
    models: tuple[ModelChange, ...] = ()
    shared_layers: int = 0
    size: tuple[int, int] = (0, 0)
    doubts: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.packages or self.layers or self.settings or self.models)


def changes(before: Inventory, after: Inventory) -> InventoryChanges:
    """What differs from `before` to `after`."""
    old = {layer.digest for layer in before.layers}
    return InventoryChanges(
        before=before.reference,
        after=after.reference,
        packages=tuple(_packages(before, after)),
        layers=tuple(_layers(before.layers, after.layers)),
        settings=tuple(_settings(before.config, after.config)),
        models=tuple(_models(before.models, after.models)),
        shared_layers=sum(layer.digest in old for layer in after.layers),
        size=(sum(layer.size for layer in before.layers), sum(layer.size for layer in after.layers)),
        doubts=tuple(
            f"{one.reference}: {name} is not complete: {why}"
            for one in (before, after)
            for name, why in sorted(one.incomplete.items())
        ),
    )


_Key = tuple[Ecosystem, str]


def _packages(before: Inventory, after: Inventory) -> Iterable[PackageChange]:
    old, new = _versions(before.packages), _versions(after.packages)
    brought = _bringers(after)
    for key in sorted({*old, *new}):
        was, now = old.get(key, Counter()), new.get(key, Counter())
        if was == now:
            continue
        change = Change.ADDED if not was else Change.REMOVED if not now else Change.CHANGED
        ecosystem, name = key
        lines = dict.fromkeys(brought.get((key, version), "") for version in sorted(now - was))
        by = "; ".join(line for line in lines if line)
        yield PackageChange(change, ecosystem, name, _listed(was), _listed(now), by)


def _versions(packages: tuple[Package, ...]) -> dict[_Key, Counter[str]]:
    found: dict[_Key, Counter[str]] = defaultdict(Counter)
    for package in packages:
        found[package.ecosystem, package.name][package.version or "unknown"] += 1
    return found


def _listed(versions: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(versions.elements()))


def _bringers(inventory: Inventory) -> dict[tuple[_Key, str], str]:
    """What brought each version of each package: the history of its layer."""
    by_index = {layer.index: layer for layer in inventory.layers}
    found: dict[tuple[_Key, str], str] = {}
    for package in inventory.packages:
        layer = by_index.get(package.layer) if package.layer is not None else None
        if layer is not None:
            whose = f" (of {layer.base})" if layer.base else ""
            key = ((package.ecosystem, package.name), package.version or "unknown")
            found.setdefault(key, f"layer {layer.index}{whose}: {layer.history}".rstrip(": "))
    return found


def _layers(before: tuple[Layer, ...], after: tuple[Layer, ...]) -> Iterable[LayerChange]:
    old, new = {layer.digest for layer in before}, {layer.digest for layer in after}
    for layer in before:
        if layer.digest not in new:
            yield LayerChange(Change.REMOVED, layer.digest, layer.size, layer.history)
    for layer in after:
        if layer.digest not in old:
            yield LayerChange(Change.ADDED, layer.digest, layer.size, layer.history)


_LEFT_OUT = frozenset({"created", "environment", "labels"})


def _settings(before: ImageConfig, after: ImageConfig) -> Iterable[SettingChange]:
    for name in ImageConfig.__struct_fields__:
        if name not in _LEFT_OUT:
            was, now = _text(getattr(before, name)), _text(getattr(after, name))
            if was != now:
                yield SettingChange(name, was, now)
    for group in ("environment", "labels"):
        old, new = getattr(before, group), getattr(after, group)
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield SettingChange(f"{group}.{key}", old.get(key, ""), new.get(key, ""))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return msgspec.json.encode(value).decode() if isinstance(value, msgspec.Struct) else str(value)


def _models(before: tuple[ModelSummary, ...], after: tuple[ModelSummary, ...]) -> Iterable[ModelChange]:
    old, new = ({one.path: one for one in many} for many in (before, after))
    for path in sorted({*old, *new}):
        was, now = old.get(path), new.get(path)
        if was is None and now is not None:
            yield ModelChange(Change.ADDED, path, "", _model(now))
        elif now is None and was is not None:
            yield ModelChange(Change.REMOVED, path, _model(was), "")
        elif was is not None and now is not None and _model(was) != _model(now):
            yield ModelChange(Change.CHANGED, path, _model(was), _model(now))


def _model(model: ModelSummary) -> str:
    return f"{model.judgement}, {', '.join(model.formats)}, {model.size:,} bytes"
