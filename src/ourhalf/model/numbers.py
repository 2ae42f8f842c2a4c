"""Numbers that stand in texts."""

_MOST_DIGITS = 18


def whole(text: str) -> int | None:
    """The number that a text of digits is, such as "8080"; None for any other text.

    `str.isdigit` alone is no test for this: it also takes digits such as "²", which `int` refuses.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
