"""Data sources: those that only compute are evaluated, the others are read at plan time."""

from __future__ import annotations

from collections.abc import Callable

from ourhalf.model.field import Reference, Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.terraform import bodies, policy_documents
from ourhalf.readers.terraform.functions import encodings, files
from ourhalf.readers.terraform.instances import Declared
from ourhalf.readers.terraform.syntax import Call, Expr
from ourhalf.readers.terraform.values import YAML, Fault, NotKnown, Piece, doubtful, node, pieces, text, why

_BOUNDARY = "MIMEBOUNDARY"


def attribute(declared: Declared, name: str, at: Expr) -> Node:
    """An attribute of a data source: computed, as it is written, or unresolved."""
    compute = _COMPUTED.get((declared.type, name))
    if compute is not None:
        try:
            found = compute(declared, at)
        except NotKnown as error:
            found = doubtful(at, error.why)
        except Fault as fault:
            found = node(Unresolved(fault.reason, at.place), at)
        return Node(found.value, at.path, at.line, at.column, found.tag, found.rest)
    written = bodies.written(declared.block.body, name, declared.scope)
    if written is not None and written.value is not None and name not in {"id", "filter"}:
        return written
    reason = f"data source `{declared.address}` is read at plan time"
    return node(Unresolved(reason, at.place, (Reference(declared.address, name),)), at)


def _policy(declared: Declared, at: Expr) -> Node:
    return policy_documents.policy(bodies.tree(declared.block, declared.scope))


def _template(declared: Declared, at: Expr) -> Node:
    fields = bodies.tree(declared.block, declared.scope)
    template, names = fields.get("template"), fields.get("vars")
    if template is None:
        raise Fault("a template_file without a template")
    unknown = why(template)
    if unknown is not None:
        raise NotKnown(unknown)
    call = Call(at.path, template.line, at.column, "templatefile", (), False)
    given = names if names is not None and names.value is not None else node({}, at)
    return files.rendered(str(template.value).encode(), template.path, given, call, declared.scope, template.line)


def _cloud_init(declared: Declared, at: Expr) -> Node:
    """The parts of a cloud-init configuration as one MIME text, in the clear."""
    fields = bodies.tree(declared.block, declared.scope)
    parts = fields.get("part")
    if parts is None or why(parts) or parts.rest:
        raise NotKnown((parts and (why(parts) or parts.rest)) or Unresolved("a cloud-init without parts"))
    found: list[Piece] = [f'Content-Type: multipart/mixed; boundary="{_BOUNDARY}"\nMIME-Version: 1.0\n\n']
    reason = ""
    for part in parts.list():
        kind, content = part.get("content_type"), part.get("content")
        declared_type = kind.value if kind is not None and isinstance(kind.value, str) else "text/plain"
        found.append(f"--{_BOUNDARY}\nContent-Type: {declared_type}\nMIME-Version: 1.0\n\n")
        if content is not None and content.value is not None:
            unknown = why(content)
            reason = reason or (unknown.reason if unknown else "")
            found.extend(pieces(content))
        found.append("\n")
    found.append(f"--{_BOUNDARY}--\n")
    return text(found, at, reason)


def _local_file(declared: Declared, at: Expr) -> Node:
    path = bodies.written(declared.block.body, "filename", declared.scope)
    if path is None or not isinstance(path.value, str):
        raise NotKnown((why(path) if path is not None else None) or Unresolved("a file without a name"))
    return node(files.contents(path.value, declared.scope).decode("utf-8", "replace"), at)


def _documents(declared: Declared, at: Expr) -> list[Node]:
    content = bodies.written(declared.block.body, "content", declared.scope)
    if content is None:
        raise Fault("kubectl_file_documents without content")
    found = encodings.manifests_of(content)
    return [Node(d.value, d.path, d.line, d.column, YAML, d.rest) for d in found]


def _manifests(declared: Declared, at: Expr) -> Node:
    """The objects of a file by their kind and name, as `for_each` goes through them."""
    found: dict[str, Node] = {}
    for i, document in enumerate(_documents(declared, at)):
        named = [document.get("kind"), document.dig("metadata.namespace"), document.dig("metadata.name")]
        texts = [n.value for n in named if n is not None and isinstance(n.value, str)]
        key = "/".join(texts) or str(i)
        found[key if key not in found else f"{key}#{i}"] = document
    return node(found, at)


_COMPUTED: dict[tuple[str, str], Callable[[Declared, Expr], Node]] = {
    ("aws_iam_policy_document", "json"): _policy,
    ("aws_iam_policy_document", "minified_json"): _policy,
    ("cloudinit_config", "rendered"): _cloud_init,
    ("kubectl_file_documents", "documents"): lambda declared, at: node(_documents(declared, at), at),
    ("kubectl_file_documents", "manifests"): _manifests,
    ("local_file", "content"): _local_file,
    ("template_cloudinit_config", "rendered"): _cloud_init,
    ("template_file", "rendered"): _template,
}
