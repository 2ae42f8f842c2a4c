"""Load balancers: encryption in transit, logs and what they pass on."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.judgements import from_sensitivity
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Entries, Field, Known, Unresolved, effective, entry, holds
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.resources.elb import LoadBalancer, LoadBalancerListener, WebAclAssociation

_READ = date(2026, 10, 2)
_HUB = AwsDoc("securityhub/latest/userguide/elb-controls.html", _READ)


def _encrypts(listener: LoadBalancerListener, _: Context) -> Verdict:
    match listener.protocol:
        case Known("HTTPS" | "TLS" | "QUIC" | "TCP_QUIC") as field:
            return Verdict.passed("clients speak TLS", field)
        case Known("HTTP") as field:
            return _redirects(listener, field)
        case Known("TCP" | "TCP_UDP" | "UDP" | "GENEVE") as field:
            return Verdict.not_applicable("the load balancer passes bytes on: what is behind it decides", field)
        case field:
            return Verdict.unknown(field)


def _redirects(listener: LoadBalancerListener, protocol: Field[str]) -> Verdict:
    match listener.actions:
        case Known(actions) if actions:
            for action in actions:
                if isinstance(action, Unresolved):
                    return Verdict.unknown(action)
                if isinstance(action.redirect, Unresolved):
                    return Verdict.unknown(action.redirect)
                if not isinstance(action.redirect, Known):
                    return Verdict.failed("clients speak HTTP in the clear", protocol, action.action)
                target = action.redirect.value.protocol
                if isinstance(target, Unresolved):
                    return Verdict.unknown(target)
                if effective(target) != "HTTPS":
                    return Verdict.failed("clients are sent on to HTTP", protocol, target)
            return Verdict.passed("clients are sent on to HTTPS", listener.actions)
        case Unresolved() as unresolved:
            return Verdict.unknown(unresolved)
    return Verdict.failed("clients speak HTTP in the clear", protocol)


LISTENER_ENCRYPTED = Control(
    id="elb-listener-encrypted",
    title="Load balancer listeners speak TLS, or send clients on to it",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.ENCRYPTION_IN_TRANSIT,
    applies_to=LoadBalancerListener,
    evaluate=_encrypts,
    rationale="Prompts, images and tokens of clients cross the internet in the clear otherwise.",
    remedy="Listen on HTTPS with a certificate, and let the HTTP listener redirect.",
    citations=(_HUB, AwsDoc("elasticloadbalancing/latest/application/create-https-listener.html", _READ)),
    same_as=(
        SecurityHub("ELB.1"),
        SecurityHub("ELB.18"),
        Checkov("CKV_AWS_2"),
        Checkov("CKV2_AWS_20"),
        Trivy("AWS-0054"),
        Prowler("elbv2_ssl_listeners"),
        ConfigRule("alb-http-to-https-redirection-check"),
    ),
    rows=("elb-002",),
)

_OLD = ("2015-05", "2016-08", "TLS-1-0", "TLS-1-1", "2011-08", "TLS13-1-0", "TLS13-1-1", "FS-2018-06", "FS-1-1")


def _modern(listener: LoadBalancerListener, _: Context) -> Verdict:
    if isinstance(listener.protocol, Unresolved):
        return Verdict.unknown(listener.protocol)
    if effective(listener.protocol) not in ("HTTPS", "TLS"):
        return Verdict.not_applicable("the listener does not speak TLS", listener.protocol)
    match listener.ssl_policy:
        case Known(policy) as field if any(old in policy for old in _OLD):
            return Verdict.failed(f"{policy} takes versions of TLS before 1.2", field)
        case Known(policy) as field if policy.startswith("ELBSecurityPolicy-"):
            return Verdict.passed(f"{policy} takes TLS 1.2 and later", field)
        case Absent() as field:
            return Verdict.failed("the default policy takes TLS 1.0", field)
        case field:
            return Verdict.unknown(field if isinstance(field, Unresolved) else "the policy is not one of AWS's", field)


LISTENER_MODERN = Control(
    id="elb-listener-modern-tls",
    title="Load balancer listeners take TLS 1.2 and later",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_IN_TRANSIT,
    applies_to=LoadBalancerListener,
    evaluate=_modern,
    rationale="Older versions of TLS can be broken, and a listener without a policy takes them.",
    remedy="Name ELBSecurityPolicy-TLS13-1-2-2021-06 or a later policy.",
    settings={"ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
    citations=(AwsDoc("elasticloadbalancing/latest/application/describe-ssl-policies.html", _READ),),
    same_as=(
        SecurityHub("ELB.17"),
        Checkov("CKV_AWS_103"),
        Checkov("CKV2_AWS_74"),
        Trivy("AWS-0047"),
        Prowler("elbv2_insecure_ssl_ciphers"),
    ),
    rows=("elb-003",),
)


def _attribute(balancer: LoadBalancer, own: Field[bool], name: str) -> Field[bool]:
    """A setting that Terraform names and CloudFormation writes among the attributes."""
    match balancer.attributes:
        case Unresolved() as unresolved:
            return unresolved
        case Known(Entries()) as attributes:
            match entry(attributes, name):
                case Known(value, place):
                    return Known(value.lower() == "true", place)
                case Unresolved() as unresolved:
                    return unresolved
    return own


def _drops(balancer: LoadBalancer, _: Context) -> Verdict:
    if isinstance(balancer.balancer_type, Unresolved):
        return Verdict.unknown(balancer.balancer_type)
    if effective(balancer.balancer_type) != "application":
        return Verdict.not_applicable("only application load balancers read headers", balancer.balancer_type)
    name = "routing.http.drop_invalid_header_fields.enabled"
    field = _attribute(balancer, balancer.drop_invalid_headers, name)
    match holds(field, bool):
        case True:
            return Verdict.passed("invalid headers are dropped", field)
        case False:
            return Verdict.failed("invalid headers are passed on", field)
    return Verdict.unknown(field)


DROPS_HEADERS = Control(
    id="elb-drops-invalid-headers",
    title="Application load balancers drop invalid headers",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.NETWORK,
    applies_to=LoadBalancer,
    evaluate=_drops,
    rationale="Two servers that read one header differently let a request hide inside another.",
    remedy="Turn dropping of invalid header fields on.",
    settings={
        "drop_invalid_headers": True,
        "attributes": {"routing.http.drop_invalid_header_fields.enabled": "true"},
    },
    citations=(_HUB,),
    same_as=(
        SecurityHub("ELB.4"),
        Checkov("CKV_AWS_131"),
        Trivy("AWS-0052"),
        Prowler("elbv2_alb_drop_invalid_header_fields_enabled"),
        ConfigRule("alb-http-drop-invalid-header-enabled"),
    ),
    rows=("elb-004",),
)


def _logged(balancer: LoadBalancer, _: Context) -> Verdict:
    field = _attribute(balancer, balancer.access_logs, "access_logs.s3.enabled")
    match holds(field, bool):
        case True:
            return Verdict.passed("requests are logged", field)
        case False:
            return Verdict.failed("requests are not logged", field)
    return Verdict.unknown(field)


BALANCER_LOGGED = Control(
    id="elb-access-logged",
    title="Load balancers log requests",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.NETWORK,
    applies_to=LoadBalancer,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _logged),
    rationale="Who asked an endpoint what, and from where, stands in these logs alone.",
    remedy="Name a bucket for access logs and turn them on.",
    settings={
        "access_logs": True,
        "log_bucket": "LOG_BUCKET",
        "attributes": {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": "LOG_BUCKET"},
    },
    citations=(_HUB,),
    same_as=(
        SecurityHub("ELB.5"),
        Checkov("CKV_AWS_91"),
        Prowler("elbv2_logging_enabled"),
        ConfigRule("elb-logging-enabled"),
    ),
    rows=("elb-005",),
)


def _kept(balancer: LoadBalancer, _: Context) -> Verdict:
    field = _attribute(balancer, balancer.deletion_protection, "deletion_protection.enabled")
    match holds(field, bool):
        case True:
            return Verdict.passed("it cannot be deleted", field)
        case False:
            return Verdict.failed("one call deletes it", field)
    return Verdict.unknown(field)


BALANCER_KEPT = Control(
    id="elb-deletion-protected",
    title="Load balancers are protected from deletion",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.AVAILABILITY,
    applies_to=LoadBalancer,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _kept),
    rationale="With the load balancer goes its name, and every client with it.",
    remedy="Turn deletion protection on.",
    settings={"deletion_protection": True, "attributes": {"deletion_protection.enabled": "true"}},
    citations=(_HUB,),
    same_as=(
        SecurityHub("ELB.6"),
        Checkov("CKV_AWS_150"),
        Prowler("elbv2_deletion_protection"),
        ConfigRule("elb-deletion-protection-enabled"),
    ),
    rows=("elb-006",),
)


def _internal(balancer: LoadBalancer) -> Field[bool]:
    """What Terraform says by a switch and the API by a scheme."""
    match balancer.scheme:
        case Known(scheme, place):
            return Known(scheme.lower() == "internal", place)
        case Unresolved() as field:
            return field
    return balancer.internal


def _inside(balancer: LoadBalancer, context: Context) -> Verdict:
    inside = _internal(balancer)
    match holds(inside, bool):
        case True:
            return Verdict.passed("the load balancer is internal", inside)
        case None:
            return Verdict.unknown(inside)
    meant = context.requirements.parameters.public_ports
    ports = [listener.port for listener in context.graph.referrers(balancer, LoadBalancerListener)]
    if meant and ports and all(isinstance(port, Known) and port.value in meant for port in ports):
        return Verdict.passed("the profile lists each of its ports as public", inside, *ports)
    return Verdict.failed("it faces the internet, and the profile lists no public port for it", inside, *ports)


INTERNAL = Control(
    id="elb-internal-unless-meant",
    title="Load balancers are internal unless their ports are meant to be public",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=LoadBalancer,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _inside),
    rationale="Most model servers serve other programs of the company; the default faces the whole internet.",
    remedy="Make it internal, or list its ports under `public_ports` in the profile.",
    settings={"internal": True, "scheme": "internal"},
    citations=(AwsDoc("elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html", _READ),),
    same_as=(Trivy("AWS-0053"), Prowler("elbv2_internet_facing")),
    rows=("elb-001",),
)


def _guarded(balancer: LoadBalancer, context: Context) -> Verdict:
    if effective(balancer.balancer_type) != "application":
        return Verdict.not_applicable("web ACLs stand before application load balancers only", balancer.balancer_type)
    inside = _internal(balancer)
    match holds(inside, bool):
        case True:
            return Verdict.not_applicable("the load balancer is internal", inside)
        case None:
            return Verdict.unknown(inside)
    for acl in context.graph.referrers(balancer, WebAclAssociation):
        return Verdict.passed("a web ACL stands before it", acl.resource)
    if any(isinstance(a.resource, Unresolved) for a in context.graph.all(WebAclAssociation, balancer)):
        return Verdict.unknown("a web ACL is associated with something that is not known", inside)
    return Verdict.failed("it faces the internet without a web ACL", inside)


GUARDED = Control(
    id="elb-web-acl",
    title="Application load balancers that face the internet have a web ACL",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.NETWORK,
    applies_to=LoadBalancer,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _guarded),
    rationale="Rules at the door spare model servers that were not built to meet strangers.",
    remedy="Associate a web ACL with managed rules and a rate limit.",
    citations=(_HUB, AwsDoc("waf/latest/developerguide/web-acl-associating-aws-resource.html", _READ)),
    same_as=(
        SecurityHub("ELB.16"),
        Checkov("CKV2_AWS_28"),
        Prowler("elbv2_waf_acl_attached"),
        ConfigRule("alb-waf-enabled"),
    ),
    rows=("elb-007",),
)
