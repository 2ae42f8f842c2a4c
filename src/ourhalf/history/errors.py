"""Why a history cannot be used."""


class HistoryError(Exception):
    """A history that cannot be read or written: the file and the reason in words."""


class DamagedError(HistoryError):
    """What is in the file is no history, or no longer one: it is left as it is."""
