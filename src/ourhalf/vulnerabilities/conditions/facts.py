"""Whether facts hold of one container: true or false with the fields that show it, else what is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any as Anything
from typing import NamedTuple

from ourhalf.controls.servers import (
    HIDDEN_WORD,
    Server,
    ServerKind,
    command_text,
    command_words,
    flag_values,
    hides,
    server,
)
from ourhalf.model.context import Context
from ourhalf.model.field import Absent, Field, Known, Text, Unresolved, doubt, effective, elements, entry, known_part
from ourhalf.model.network import Exposure, Scope
from ourhalf.model.packages import Package
from ourhalf.model.responsibility import Service
from ourhalf.model.workload import Container, Workload
from ourhalf.resources.images import ContainerImage, InstalledPackage
from ourhalf.resources.model_files import ModelFile
from ourhalf.vulnerabilities.conditions import condition as kinds

_SHORTEST = 4
UNUSED = "vulnerable_code_not_in_execute_path"
UNREACHED = "vulnerable_code_cannot_be_controlled_by_adversary"


class Told(NamedTuple):
    """Whether a fact holds, why in a few words, and the fields that decide. `missing` is what would tell."""

    holds: bool | None
    why: str
    fields: tuple[Field[Anything], ...] = ()
    missing: tuple[str, ...] = ()
    justification: str = UNUSED


class Scene(NamedTuple):
    """What a fact is judged against: a package of an image, and one container that runs it."""

    package: Package
    image: ContainerImage | None
    workload: Workload
    container: Container
    context: Context


def tell(fact: kinds.Fact, scene: Scene) -> Told:
    """Whether `fact` holds in `scene`."""
    match fact:
        case kinds.All(of=parts):
            return _joined([tell(part, scene) for part in parts], False)
        case kinds.Any(of=parts):
            return _joined([tell(part, scene) for part in parts], True)
        case kinds.Untold(says=says):
            return Told(None, "", missing=(says,))
    return _JUDGES[type(fact)](fact, scene)


def _joined(parts: list[Told], decides: bool) -> Told:
    """Parts of which one that is `decides` decides; of those that do not hold one is enough to say why."""
    deciding = [one for one in parts if one.holds is decides]
    if deciding:
        return deciding[0]
    open_ = [one for one in parts if one.holds is None]
    fields = tuple(field for one in parts for field in one.fields)
    if open_:
        missing = tuple(dict.fromkeys(text for one in open_ for text in one.missing))
        return Told(None, "", tuple(field for one in open_ for field in one.fields), missing)
    same = {one.justification for one in parts}
    why = "; ".join(dict.fromkeys(one.why for one in parts))
    return Told(not decides, why, fields, (), UNREACHED if UNREACHED in same else UNUSED)


def _flag(fact: kinds.Flag, scene: Scene) -> Told:
    started = _started(fact.server, scene)
    if isinstance(started, Told):
        return started
    container = scene.container
    words = command_words(container)
    name = fact.names[0]
    if fact.switch and any(_spells(word, fact.names) for word in words):
        return Told(True, f"{name} is given: {fact.says}", started.started_by)
    hidden = _hidden(fact, scene)
    if hidden:
        return Told(None, "", started.fields, (hidden,))
    values = [(value, started.started_by) for value in _values(container, fact.names)[-1:]]
    for variable in fact.variables if not values else ():
        match _variable_of(container, variable):
            case Known(str() as text) as field:
                values.append((text, (field,)))
            case Known() | Unresolved() as field:
                return Told(None, "", (field,), (f"the value of {variable}",))
    if values:
        return _valued(fact, *values[-1])
    files = list(flag_values(words, started.kind.settings_files))
    if files:
        return Told(None, "", started.fields, (f"whether {files[0][:100]} sets {name.lstrip('-')}",))
    if fact.absent is None:
        return Told(None, "", started.started_by, (f"what {started.kind.name} does without {name}",))
    return Told(fact.absent, f"{started.kind.name} is started without {name}", started.started_by)


def _hidden(fact: kinds.Flag, scene: Scene) -> str:
    """What would tell whether the command gives a flag, or which value; empty where that is known."""
    name = fact.names[0]
    hidden = hides(scene.container, *fact.names)
    if hidden is not None:
        return f"whether {name} is given: {hidden}"
    parts = any(word.replace("_", "-").startswith(f"{name}.") for word in command_words(scene.container))
    return f"what the parts of {name} come to" if parts else ""


def _spells(word: str, names: tuple[str, ...]) -> bool:
    """Whether a word is one of these flags, as argparse reads them: shortened too, and in vLLM with underscores."""
    flag = word.partition("=")[0]
    if not flag.startswith("--"):
        return flag in names
    plain = flag.replace("_", "-")
    return len(plain) > _SHORTEST and any(name.startswith(plain) for name in names)


def _values(container: Container, names: tuple[str, ...]) -> list[str]:
    """The values that are given to a flag, each whole: elements of a list are not split at their spaces."""
    whole = _after([*elements(container.entrypoint), *elements(container.arguments)], names)
    return whole or _after(list(command_words(container)), names)


def _after(words: list[str], names: tuple[str, ...]) -> list[str]:
    found = []
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if _spells(word, names):
            _, equals, value = word.partition("=")
            found.append(value if equals else following)
    return found


def _valued(fact: kinds.Flag, value: str, fields: tuple[Field[Anything], ...]) -> Told:
    """Whether a flag with a value holds."""
    name, shown = fact.names[0], value if len(value) <= 80 else f"{value[:80]}…"
    if HIDDEN_WORD in value:
        return Told(None, "", fields, (f"the value of {name}",))
    if fact.above is not None:
        if not value.isascii() or not value.isdigit():
            return Told(None, "", fields, (f"the number that {name} gives",))
        holds = int(value[:10]) > fact.above
    elif value.startswith("{") and not _is_json(value):
        return Told(None, "", fields, (f"the value of {name}",))
    else:
        holds = re.search(fact.matches, value) is not None and not (fact.unless and re.search(fact.unless, value))
    return Told(holds, f"{name} is {shown}" + (f": {fact.says}" if holds else ""), fields)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _variable_of(container: Container, name: str) -> Field[Text]:
    """A variable; what files or maps bring (`envFrom`) may set any that is not set by name."""
    found = entry(container.environment, name)
    files = container.environment_files
    if isinstance(found, Absent) and (isinstance(files, Unresolved) or elements(files) or doubt(files) is not None):
        return Unresolved("files of variables may set it", files.place)
    return found


def _variable(fact: kinds.Variable, scene: Scene) -> Told:
    match _variable_of(scene.container, fact.name):
        case Known(str() as value) as field:
            holds = re.fullmatch(fact.matches, value.strip()) is not None
            return Told(holds, f"{fact.name} is {value[:40]}" + (f": {fact.says}" if holds else ""), (field,))
        case Absent() as field if fact.absent is not None:
            return Told(fact.absent, f"{fact.name} is not set", (field,))
        case field:
            return Told(None, "", (field,), (f"the value of {fact.name}",))


def _runs(fact: kinds.Runs, scene: Scene) -> Told:
    started = _started(fact.server, scene)
    text = command_text(scene.container)
    if re.search(fact.matches, text):
        return Told(True, fact.says, (scene.container.entrypoint, scene.container.arguments))
    if isinstance(started, Told):
        return started
    hidden = doubt(scene.container.arguments) or doubt(scene.container.entrypoint)
    if hidden is not None:
        return Told(None, "", (hidden,), (f"what {scene.container.name or 'the container'} runs: {hidden.reason}",))
    return Told(False, f"{started.kind.name} is started in another way", started.started_by)


def _reached(fact: kinds.Reached, scene: Scene) -> Told:
    started = _started(fact.server, scene)
    if isinstance(started, Told):
        return started
    name = started.kind.name
    if started.loopback:
        fields = (*started.started_by, *started.by_address)
        return Told(False, f"{name} keeps to loopback", fields, justification=UNREACHED)
    if scene.workload.services == (Service.SAGEMAKER,):
        missing = f"which callers SageMaker lets through to {name}, and whether each of them is trusted"
        return Told(None, "", started.fields, (missing,))
    ports = fact.ports if fact.ports and not started.port_told else (started.port, *fact.ports[1:])
    exposure = Exposure(Scope.NONE, "nothing reaches it")
    for port in ports:
        one = scene.context.network.exposure(scene.workload, port)
        exposure = one if port == ports[0] else exposure.wider(one)
    fields = (*started.fields, *exposure.fields)
    if not started.port_told and not fact.ports:
        return Told(None, "", fields, (f"on which port {name} listens",))
    match exposure.scope:
        case Scope.UNKNOWN:
            return Told(None, "", fields, (f"who reaches {name} on port {ports[0]}: {exposure.why}",))
        case Scope.HOST | Scope.NONE:
            return Told(False, f"{name} on port {ports[0]}: {exposure.why}", fields, justification=UNREACHED)
    if started.loopback is None:
        return Told(None, "", fields, (f"on which address {name} listens",))
    return Told(True, f"{exposure.why}, port {ports[0]}: {fact.says}", fields)


def _loads(fact: kinds.Loads, scene: Scene) -> Told:
    """Told by the model files that were read and are known to be loaded by this container; never by silence alone."""
    others = 0
    for file in scene.context.graph.all(ModelFile):
        for loaded in scene.context.models.loaders(file):
            if (
                loaded.container is None
                or loaded.workload is None
                or not _same(loaded.workload, loaded.container, scene)
            ):
                continue
            if set(elements(file.formats)) & set(fact.formats) or file.name.lower().endswith(fact.endings):
                return Told(True, f"it loads {file.name} ({loaded.how}): {fact.says}", (loaded.field,))
            others += doubt(file.formats) is None
    named = _named_paths(scene, fact.endings)
    if named is not None:
        return Told(True, f"it names a file to load that ends in {named[0]}: {fact.says}", (named[1],))
    kinds = " or ".join(one.lstrip(".") for one in fact.endings[:2])
    if others and scene.context.models.told:
        return Told(False, f"all that it is known to load, {others} files, is of other formats than {kinds}")
    return Told(None, "", (), (f"whether it loads a model of {kinds}",))


def _same(workload: Workload, container: Container, scene: Scene) -> bool:
    return workload.name == scene.workload.name and container.name == scene.container.name


def _named_paths(scene: Scene, endings: tuple[str, ...]) -> tuple[str, Field[Anything]] | None:
    """A word of the command that names a file of such an ending, other than the weights of a program of its own."""
    for word in command_words(scene.container):
        value = word.partition("=")[2] or word
        found = next((ending for ending in endings if value.lower().endswith(ending)), None)
        if found is not None:
            return found, known_part(scene.container.arguments)
    return None


def _version(fact: kinds.Version, scene: Scene) -> Told:
    inside = in_range(scene.package.version or "", fact.range)
    if inside is None:
        return Told(None, "", (), (f"a version of {scene.package.name} that can be compared",))
    return Told(inside, f"{scene.package.name} is {scene.package.version}" + (f": {fact.says}" if inside else ""))


def in_range(version: str, stated: str) -> bool | None:
    """Whether a version lies in a range as PEP 440 writes it; None where either is not written so."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    try:
        return SpecifierSet(stated, prereleases=True).contains(Version(version.partition("+")[0]))
    except (InvalidSpecifier, InvalidVersion):
        return None


def _installed(fact: kinds.Installed, scene: Scene) -> Told:
    if scene.image is None:
        return Told(None, "", (), ("what else the image holds",))
    packages = scene.image.packages
    for one in elements(packages):
        if isinstance(one, InstalledPackage) and one.package.name.lower() in fact.names:
            return Told(True, f"the image holds {one}: {fact.says}", (Known(str(one), scene.image.place),))
    if doubt(packages) is not None or not isinstance(packages, Known):
        return Told(None, "", (), (f"whether the image holds {fact.names[0]}: its packages were not all read",))
    return Told(False, f"the image holds no {fact.names[0]}", (Known(f"no {fact.names[0]}", scene.image.place),))


def _privileged(fact: kinds.Privileged, scene: Scene) -> Told:
    privileged = scene.container.privileged
    if effective(privileged):
        return Told(True, f"it is privileged: {fact.says}", (privileged,))
    volumes = scene.workload.volumes
    for volume in elements(volumes):
        if isinstance(volume.host_path, Known):
            return Told(True, f"it has {volume.host_path.value} of its host: {fact.says}", (volume.host_path,))
    hidden = next((v.host_path for v in elements(volumes) if isinstance(v.host_path, Unresolved)), None)
    unknown = hidden or doubt(volumes) or (None if effective(privileged) is False else privileged)
    if unknown is not None:
        return Told(None, "", (unknown,), ("whether the container acts on its host",))
    fields = (privileged,)
    return Told(
        False, "it is neither privileged nor has a folder of its host: nothing starts containers with it", fields
    )


def _shared(fact: kinds.Shared, scene: Scene) -> Told:
    work = scene.workload
    for field, what in ((work.host_ipc, "IPC"), (work.host_pid, "processes"), (work.host_network, "network")):
        if effective(field):
            return Told(True, f"it shares the {what} of its host: {fact.says}", (field,))
    others = elements(work.containers)
    if doubt(work.containers) is not None or len(others) != 1:
        return Told(None, "", (), (f"whether the other containers of {work.name} are trusted",))
    unknown = next((f for f in (work.host_ipc, work.host_pid, work.host_network) if isinstance(f, Unresolved)), None)
    if unknown is not None:
        return Told(None, "", (unknown,), (unknown.reason,))
    why = "it runs alone, and shares neither IPC, processes nor network with its host"
    return Told(False, why, (scene.container.image,), justification=UNREACHED)


def _started(name: str, scene: Scene) -> Server | Told:
    """The server that the container starts, else what is missing: code of its own may use the package all the same."""
    kind = _kinds()[name]
    found = server(scene.container, kind)
    if isinstance(found, Server):
        return found
    shown = command_text(scene.container)[:80]
    if found is not None:
        return Told(None, "", (found.because,), (f"whether it starts {kind.name}: {found.because.reason}",))
    what = f"`{shown}`" if shown else "the image's own command"
    return Told(None, "", (), (f"how {what} uses {scene.package.name}",))


@cache
def _kinds() -> dict[str, ServerKind]:
    from ourhalf.controls.infrastructure import interfaces, model_servers, open_servers

    return {
        "vllm": model_servers.VLLM,
        "sglang": model_servers.SGLANG,
        "triton": model_servers.TRITON,
        "ray": open_servers.RAY,
        "torchserve": open_servers.TORCHSERVE,
        "mlflow": open_servers.MLFLOW,
        "gradio": interfaces.GRADIO,
    }


_JUDGES: dict[type, Callable[[Anything, Scene], Told]] = {
    kinds.Flag: _flag,
    kinds.Variable: _variable,
    kinds.Runs: _runs,
    kinds.Reached: _reached,
    kinds.Loads: _loads,
    kinds.Version: _version,
    kinds.Installed: _installed,
    kinds.Privileged: _privileged,
    kinds.Shared: _shared,
}
