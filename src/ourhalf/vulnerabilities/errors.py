"""What ends a search for vulnerabilities before there is an answer."""


class VulnerabilityError(Exception):
    """An input that was named and cannot be used; `str` of it names it, says why, and what to do."""
