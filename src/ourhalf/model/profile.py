"""What a company asks of its workloads: sensitivity of data, regulations, requirements."""

from datetime import date
from typing import Any

import msgspec

from ourhalf.model.word import Word


class Severity(Word):
    """How much a failed control matters, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for critical, growing as severity falls."""
        return _SEVERITIES.index(self)


class Sensitivity(Word):
    """How sensitive the data of a workload is, least first."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    REGULATED = "regulated"

    @property
    def rank(self) -> int:
        """0 for public, growing with sensitivity."""
        return _SENSITIVITIES.index(self)

    def at_least(self, other: "Sensitivity") -> bool:
        """Whether this is `other` or more sensitive."""
        return self.rank >= other.rank


_SEVERITIES = tuple(Severity)
_SENSITIVITIES = tuple(Sensitivity)


class Parameters(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Company requirements that controls ask for; empty or None asks for nothing."""

    approved_registries: tuple[str, ...] = ()
    allowed_regions: tuple[str, ...] = ()
    required_tags: tuple[str, ...] = ()
    public_ports: tuple[int, ...] = ()
    trusted_cidrs: tuple[str, ...] = ()
    trusted_accounts: tuple[str, ...] = ()
    log_retention_days: int | None = None
    require_customer_keys: bool | None = None
    require_proved_models: bool | None = None
    data_formats_from: Sensitivity | None = None
    trusted_models: tuple[str, ...] = ()
    trusted_model_keys: tuple[str, ...] = ()
    accepted_model_licenses: tuple[str, ...] = ()
    platforms: dict[str, str] = {}
    remediation_days: dict[Severity, int] = {}
    advisories_max_age_days: int | None = None


class Requirements(msgspec.Struct, frozen=True):
    """What is asked of one subject once all scopes that match it are merged.

    `why` says which part of the profile decided the sensitivity, for reasons shown to people.
    """

    sensitivity: Sensitivity = Sensitivity.INTERNAL
    regulations: tuple[str, ...] = ()
    parameters: Parameters = Parameters()
    severities: dict[str, Severity] = {}
    disabled: dict[str, str] = {}
    why: str = "no profile: data is taken as internal"


class ExceptionEntry(msgspec.Struct, frozen=True):
    """A failure that somebody accepted: who, why, until when and where."""

    control: str
    owner: str
    reason: str
    expires: date
    id: str = ""
    scope: dict[str, Any] = {}
