"""The boot script of an instance.

Plain text or base64, compressed or not; a text of which only parts are known is read as well, and
what is not known of it is unresolved where it ends up. A wrapper that a language puts around the
script (`base64encode`, `Fn::Base64`) can be left out by the reader of that language.
"""

from __future__ import annotations

from ourhalf.readers.node import Node


def parse(node: Node) -> Node:
    """What the script does, as far as it bears on containers: the tree of `UserData`.

    A text tagged `!script` or `!unit` is a file of its own, so that its lines are those of the file;
    a mapping tagged `!cloud-config` is a cloud-config that was read already.
    """
    from ourhalf.readers.shell.boot import Boot, boot
    from ourhalf.readers.shell.cloud_init import cloud_config, decoded
    from ourhalf.readers.shell.holes import Holes
    from ourhalf.readers.shell.placing import Placing

    holes = Holes()
    if node.tag == "!cloud-config":
        found = Boot(Placing(node.path, holes))
        cloud_config(node, found)
        found.finish()
        return found.tree(node.line)
    text = holes.text(node)
    if text is None:
        return node.unresolved("expected a text, found a mapping or list")
    if node.tag == "!unit":
        found = Boot(Placing(node.path, holes))
        found.write(node.path, text, 1)
        found.finish()
        return found.tree(node.line)
    if node.tag == "!script":
        return boot(text, 1, Placing(node.path, holes)).tree(node.line)
    plain = decoded(text)
    if plain is None:
        return node.unresolved("the user data is compressed or binary, and no text")
    return boot(plain, node.line, Placing(node.path, holes, node.line)).tree(node.line)
