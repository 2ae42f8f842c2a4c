"""Who can open a connection to a port."""

from typing import Any

import msgspec

from ourhalf.model.field import Field
from ourhalf.model.word import Word


class Scope(Word):
    """The widest circle from which a connection gets through, widest first."""

    INTERNET = "internet"
    VPC = "vpc"
    CLUSTER = "cluster"
    HOST = "host"
    NONE = "none"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """0 for the internet, growing as the circle narrows; unknown ranks widest of all."""
        return -1 if self is Scope.UNKNOWN else list(Scope).index(self)


class Exposure(msgspec.Struct, frozen=True):
    """From where a port can be reached, in words why, and the fields that decide it.

    `vpc` is the VPC and what is routed to it, peers and VPNs included. `cluster` is the pods of the
    same cluster. `scope` is unknown where what was read leaves open whether the internet is among
    the sources; what is certain is said in `why` all the same.
    """

    scope: Scope
    why: str
    fields: tuple[Field[Any], ...] = ()

    def wider(self, other: "Exposure") -> "Exposure":
        """The wider of the two: the internet over unknown, unknown over any other."""
        order = (Scope.INTERNET, Scope.UNKNOWN, Scope.VPC, Scope.CLUSTER, Scope.HOST, Scope.NONE)
        return self if order.index(self.scope) <= order.index(other.scope) else other
