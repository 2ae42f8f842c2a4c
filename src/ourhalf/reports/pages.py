"""What self-contained pages share: how their templates are read, and how a policy names what stands in them."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from ourhalf.reports.summary import harmless

if TYPE_CHECKING:
    from jinja2 import Template


def template(text: str) -> Template:
    """A template that escapes all it is given, and refuses what it is not given."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_plain,
    )
    return environment.from_string(text)


def _plain(value: object) -> object:
    """Texts of the assessment without characters that turn the direction of writing."""
    return harmless(value) if type(value) is str else value


def source_hash(text: str) -> str:
    """What a content security policy calls an inline text by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
