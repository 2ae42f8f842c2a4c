"""What goes wrong with bundles, in words for the person who asked."""


class EvidenceError(ValueError):
    """A bundle that cannot be made, or checked at all: what, where, and what to do about it."""


class NoBundleError(EvidenceError):
    """What was given to verify is no evidence bundle of this program."""


class MissingExtraError(EvidenceError):
    """Something that comes with an extra is asked for, and the extra is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs the extra `{extra}`: pip install 'ourhalf[{extra}]'")
