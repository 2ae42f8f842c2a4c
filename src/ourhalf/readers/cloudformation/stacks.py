"""What a template names and something else describes: nested stacks and Helm charts."""

from __future__ import annotations

import posixpath

from ourhalf.model.field import Unresolved
from ourhalf.readers.cloudformation.intrinsics import Evaluator
from ourhalf.readers.node import Node
from ourhalf.readers.reader import Files

_SOURCES = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
_CHARTS = ("Custom::AWSCDK-EKS-HelmChart", "AWSQS::Kubernetes::Helm")
_MAX_UP = 8


def unread_part(name: str, kind: str, declared: Node, template: Evaluator, files: Files) -> str | None:
    """Why what a resource brings along is not read; None where it is, or where it brings nothing.

    The template of a nested stack that lies in the target is read by itself.
    """
    if kind in _CHARTS:
        return f"Helm chart {name}: what it installs is not read"
    key = _SOURCES.get(kind)
    source = declared.dig(f"Properties.{key}") if key else None
    if source is None:
        return None
    asset = _asset(declared)
    if asset and _is_in_target(asset, declared.path, files):
        return None
    source = template.evaluate(source)
    match source.value:
        case str() as url:
            known = url
        case Unresolved() as unresolved:
            known = unresolved.suffix
        case _:
            known = ""
    if known and _is_in_target(known, declared.path, files):
        return None
    where = source.value if isinstance(source.value, str) else "at a place that is not known"
    return f"nested stack {name}: its template {where} is not read"


def _asset(declared: Node) -> str | None:
    """The file beside the template that CDK uploads as the template of a nested stack."""
    metadata = declared.get("Metadata")
    found = metadata.get("aws:asset:path") if metadata is not None else None
    return found.text() if found is not None else None


def _is_in_target(url: str, template: str, files: Files) -> bool:
    """Whether the end of `url` is the path of a file, from the template's folder or one above it."""
    path = url.partition("://")[2] or url
    pieces = [piece for piece in path.split("/") if piece not in ("", ".", "..")]
    folder = posixpath.dirname(template)
    if files.exists(posixpath.normpath(posixpath.join(folder, path))):
        return True
    for _ in range(_MAX_UP):
        for start in range(max(0, len(pieces) - 4), len(pieces)):
            if files.exists(posixpath.join(folder, *pieces[start:])):
                return True
        if not folder:
            return False
        folder = posixpath.dirname(folder)
    return False
