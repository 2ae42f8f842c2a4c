"""YAML beside models, by its events: nothing is constructed, no alias followed, no tag obeyed."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

MAX_YAML = 1 << 22
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlError(ValueError):
    """What cannot be read as YAML, with the reason in words."""


def pairs(data: memoryview) -> Iterator[tuple[str, str]]:
    """Each scalar with the one before it, so that each key comes with its value; `*` stands for an alias.

    A tag that has an object made comes as a pair of `!` and the tag. Raises YamlError.
    """
    if len(data) > MAX_YAML:
        raise YamlError(f"a file of YAML of more than {MAX_YAML >> 20} MB")
    before = ""
    try:
        for event in yaml.parse(bytes(data), Loader=_LOADER):
            tag = getattr(event, "tag", None)
            if tag and ("python" in tag or not tag.startswith("tag:yaml.org,2002:")):
                yield "!", tag
            value = "*" if isinstance(event, yaml.AliasEvent) else getattr(event, "value", None)
            if isinstance(value, str):
                yield before, value
                before = value
            elif not isinstance(event, yaml.DocumentStartEvent | yaml.StreamStartEvent):
                before = ""
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise YamlError(f"no sound YAML: {str(error)[:80]}") from None
