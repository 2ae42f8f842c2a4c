"""What a user asks of vulnerabilities: where the advisories lie, and what others say of them."""

import msgspec


class AdvisoryOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How the vulnerabilities of a run are found and told.

    `store` is the file of the advisory store, None for the one in the cache folder. `vex` are documents that say what
    affects a product, `allowlists` files or folders of a publisher's. `newer` are images or inventories that could be
    moved to. Sources older than `max_age` days prove nothing by their silence.
    """

    store: str | None = None
    vex: tuple[str, ...] = ()
    allowlists: tuple[str, ...] = ()
    newer: tuple[str, ...] = ()
    max_age: int = 7
