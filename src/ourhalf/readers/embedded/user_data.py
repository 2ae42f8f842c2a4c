"""The boot script of an instance.

Plain text or base64, compressed or not; a text of which only parts are known is read as well, and
what is not known of it is unresolved where it ends up. A wrapper that a language puts around the
script (`base64encode`, `Fn::Base64`) can be left out by the reader of that language.
"""

from __future__ import annotations

from ourhalf.readers.node import Node


def parse(node: Node) -> Node:
    """What the script does, as far as it bears on containers: the tree of `UserData`."""
    from ourhalf.readers.shell.boot import boot
    from ourhalf.readers.shell.cloud_init import decoded
    from ourhalf.readers.shell.holes import Holes
    from ourhalf.readers.shell.placing import Placing

    holes = Holes()
    text = holes.text(node)
    if text is None:
        return node
    plain = decoded(text)
    if plain is None:
        return node.unresolved("the user data is compressed or binary, and no text")
    return boot(plain, node.line, Placing(node.path, holes, node.line)).tree(node.line)
