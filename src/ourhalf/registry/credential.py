"""What opens a registry."""

from __future__ import annotations

import base64

import msgspec


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """A user with a password, or `refresh`, a token that other tokens are had for, or `bearer`, a token itself.

    `origin` says where it was found, for messages. Its other parts are in none.
    """

    origin: str
    user: str = ""
    password: str = ""
    refresh: str = ""
    bearer: str = ""

    def __repr__(self) -> str:
        return f"<Credential from {self.origin}>"

    @property
    def basic(self) -> str:
        """The header Authorization of RFC 7617."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
