"""Whether what network policies say is enforced."""

from __future__ import annotations

import re
from datetime import date

from ourhalf.controls.judgements import from_sensitivity
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Known, Unresolved
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Prowler
from ourhalf.model.verdict import Verdict
from ourhalf.resources.eks import EksAddon

_READ = date(2026, 10, 2)
_SWITCH = re.compile(r"enableNetworkPolicy['\"]?\s*[:=]\s*['\"]?(true|false)\b", re.IGNORECASE)


def _enforced(addon: EksAddon, _: Context) -> Verdict | None:
    match addon.addon:
        case Unresolved():
            return Verdict.unknown(addon.addon)
        case Known("vpc-cni"):
            pass
        case _:
            return None
    match addon.configuration:
        case Unresolved() as field:
            return Verdict.unknown(field)
        case Known(value) as field:
            found = _SWITCH.search(str(value)[:100_000])
            if found is None and "enableNetworkPolicy" in str(value):
                return Verdict.unknown("whether the add-on enforces network policies is not known", field)
            if found is not None and found[1].lower() == "true":
                return Verdict.passed("the add-on enforces network policies", field)
    return Verdict.failed("the add-on enforces no network policies", addon.addon, addon.configuration)


ENFORCED = Control(
    id="eks-network-policies-enforced",
    title="The VPC CNI add-on enforces network policies",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.ORCHESTRATOR_ADD_ONS,
    applies_to=EksAddon,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _enforced),
    rationale="Without an agent that enforces them, network policies are applied, shown and without effect.",
    remedy='Set `"enableNetworkPolicy": "true"` in the configuration of the vpc-cni add-on, or run another engine '
    "and accept this as an exception.",
    citations=(AwsDoc("eks/latest/userguide/cni-network-policy.html", _READ),),
    same_as=(Prowler("eks_cluster_network_policy_enabled"),),
    rows=("eks-010",),
)
