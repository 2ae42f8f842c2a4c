"""Amazon GuardDuty: what to let it look at."""

from __future__ import annotations

from datetime import date

from ourhalf.model.profile import Severity
from ourhalf.model.references import AwsDoc, WebPage
from ourhalf.model.responsibility import Platform, Service
from ourhalf.monitor.facts import Facts, Use
from ourhalf.monitor.gather import OLD_FARGATE, SCANNED
from ourhalf.monitor.recommendation import Because, Cost, Recommendation, Sight, State
from ourhalf.monitor.states import by_controls, by_cover, names, only, reason, running, undeclared, used

_READ = date(2026, 11, 27)
_GUIDE = "guardduty/latest/ug/"
_PRICES = WebPage("aws.amazon.com/guardduty/pricing/", _READ)
_USAGE = AwsDoc(_GUIDE + "monitoring_costs.html", _READ)
_RUNTIME = AwsDoc(_GUIDE + "runtime-monitoring.html", _READ)
_SILENT = undeclared("a GuardDuty detector")

_SAGEMAKER = (
    Platform.SAGEMAKER_JOB,
    Platform.SAGEMAKER_ENDPOINT,
    Platform.SAGEMAKER_NOTEBOOK,
    Platform.SAGEMAKER_HYPERPOD,
)
_INSTANCES = (Platform.EC2, Platform.ECS_EC2)
_NODES = (Platform.EKS_NODES, Platform.EKS_AUTO)

DETECTOR = Recommendation(
    id="guardduty",
    title="GuardDuty watches the account",
    service="Amazon GuardDuty",
    weight=Severity.HIGH,
    because=lambda facts: reason("workloads with credentials of this account", facts.workloads),
    already=by_controls(_SILENT, "guardduty-on"),
    controls=("guardduty-on",),
    sees=(
        Sight(
            "Calls of the AWS API, connections and name look-ups of the account: stolen role credentials used from "
            "elsewhere, mining, traffic to known command servers. It needs no agent, so it is what there is for "
            "SageMaker jobs and endpoints.",
            AwsDoc(_GUIDE + "guardduty_data-sources.html", _READ),
        ),
    ),
    blind=(
        Sight(
            "What a process does inside a SageMaker job, endpoint or notebook: no runtime agent runs there.",
            _RUNTIME,
            lambda facts: only(facts, *_SAGEMAKER),
        ),
    ),
    costs=(
        Cost("millions of CloudTrail management events, and GB of flow and DNS logs that it analyses", _PRICES),
        Cost("what the CloudWatch metrics of the AWS/GuardDuty namespace count", _USAGE),
    ),
    needs=("detector",),
)


def _agents(facts: Facts) -> tuple[str, ...]:
    """The controls on the agents that the platforms at hand need."""
    wanted = {
        "guardduty-manages-fargate-agent": (Platform.ECS_FARGATE,),
        "guardduty-manages-instance-agent": _INSTANCES,
        "guardduty-manages-cluster-agent": _NODES,
    }
    return tuple(control for control, platforms in wanted.items() if facts.on(*platforms))


def _runtime_on(facts: Facts) -> State:
    return by_controls(_SILENT, "guardduty-watches-runtime", *_agents(facts))(facts)


def _runtime_because(facts: Facts) -> tuple[Because, ...]:
    return (
        *running(facts, "on Fargate", Platform.ECS_FARGATE),
        *running(facts, "on EC2 instances", *_INSTANCES),
        *running(facts, "on nodes of EKS", *_NODES),
    )


RUNTIME = Recommendation(
    id="guardduty-runtime",
    title="GuardDuty Runtime Monitoring watches what containers do",
    service="Amazon GuardDuty",
    weight=Severity.HIGH,
    because=_runtime_because,
    already=_runtime_on,
    controls=(
        "guardduty-watches-runtime",
        "guardduty-manages-fargate-agent",
        "guardduty-manages-instance-agent",
        "guardduty-manages-cluster-agent",
    ),
    sees=(
        Sight(
            "Processes, files and connections inside containers and on hosts: a reverse shell out of a model server, "
            "a miner on the GPUs, a container that reaches for its host.",
            _RUNTIME,
        ),
    ),
    blind=(
        Sight(
            "Pods on Fargate: Runtime Monitoring does not support EKS there.",
            _RUNTIME,
            lambda facts: only(facts, Platform.EKS_FARGATE),
        ),
        Sight(
            "Tasks on ECS Managed Instances.",
            AwsDoc(_GUIDE + "guardduty_managed-instances.html", _READ),
            lambda facts: only(facts, Platform.ECS_MANAGED_INSTANCES),
        ),
        Sight(
            "Tasks on a Fargate platform before 1.4.0, or on Windows.",
            AwsDoc(_GUIDE + "prereq-runtime-monitoring-ecs-support.html", _READ),
            lambda facts: names(facts.kind(OLD_FARGATE)),
        ),
        Sight(
            "SageMaker jobs, endpoints, notebooks and HyperPod: only EKS, ECS and EC2 have the agent.",
            _RUNTIME,
            lambda facts: only(facts, *_SAGEMAKER),
        ),
        Sight(
            "Tasks that ran already: only new ones get the agent, so deploy services anew.",
            AwsDoc("AmazonECS/latest/developerguide/ecs-guard-duty-configure-automatic-guard-duty.html", _READ),
            lambda facts: only(facts, Platform.ECS_FARGATE),
        ),
    ),
    costs=(Cost("hours of each vCPU that it monitors; GPU instances have many", _PRICES),),
    needs=("detector",),
)

AUDIT = Recommendation(
    id="guardduty-eks",
    title="GuardDuty reads the audit logs of EKS clusters",
    service="Amazon GuardDuty",
    weight=Severity.HIGH,
    because=lambda facts: (
        *reason("clusters", facts.kind("EksCluster")),
        *reason("workloads on EKS, as far as configuration tells", facts.of(Service.EKS)),
    ),
    already=by_controls(_SILENT, "guardduty-watches-cluster-audit"),
    controls=("guardduty-watches-cluster-audit",),
    sees=(
        Sight(
            "Calls of the Kubernetes API: anonymous access, new privileged pods, secrets listed by who never did. It "
            "reads the audit log by itself; control plane logs need not be on.",
            AwsDoc(_GUIDE + "kubernetes-protection.html", _READ),
        ),
    ),
    blind=(
        Sight(
            "What happens inside a pod: that is what Runtime Monitoring is for.",
            AwsDoc(_GUIDE + "kubernetes-protection.html", _READ),
        ),
    ),
    costs=(Cost("millions of audit events; operators that poll, such as KubeRay's, make most of them", _PRICES),),
    needs=("detector",),
)


def _objects(facts: Facts) -> tuple[Because, ...]:
    used = [b.thing for b in facts.buckets if b.used_for(Use.DATA) or b.used_for(Use.MODEL)]
    others = [b.thing for b in facts.buckets if b.thing not in used]
    return (
        *reason("buckets of training data or models that workloads read", used),
        *reason("other buckets of the deployment", others),
    )


OBJECTS = Recommendation(
    id="guardduty-s3",
    title="GuardDuty watches who reads objects in S3",
    service="Amazon GuardDuty",
    weight=Severity.MEDIUM,
    because=_objects,
    already=by_controls(_SILENT, "guardduty-watches-objects"),
    controls=("guardduty-watches-objects",),
    sees=(
        Sight(
            "Reads, writes and deletions of objects that do not fit: training data copied by a role that never did, "
            "from an address that nobody used. It needs no trail for that.",
            AwsDoc(_GUIDE + "s3-protection.html", _READ),
        ),
    ),
    blind=(
        Sight(
            "Which objects were read, afterwards: it keeps findings, not events. Data events in a trail do.",
            AwsDoc(_GUIDE + "s3-protection.html", _READ),
        ),
    ),
    costs=(Cost("millions of S3 data events; training that reads many small files makes many", _PRICES),),
    needs=("detector",),
)

VOLUMES = Recommendation(
    id="guardduty-malware-volumes",
    title="GuardDuty scans volumes of suspicious instances for malware",
    service="Amazon GuardDuty",
    weight=Severity.MEDIUM,
    because=lambda facts: running(facts, "on EC2 instances or nodes of ours", *_INSTANCES, *_NODES),
    already=by_controls(_SILENT, "guardduty-scans-volumes"),
    controls=("guardduty-scans-volumes",),
    sees=(
        Sight(
            "Malware on the EBS volumes of instances and containers that another finding made suspicious.",
            AwsDoc(_GUIDE + "malware-protection.html", _READ),
        ),
    ),
    blind=(
        Sight(
            "Instance stores (NVMe scratch of GPU instances), EFS and FSx, and a model file that is no malware yet "
            "runs code when it is loaded: `ourhalf models scan` judges those.",
            AwsDoc(_GUIDE + "malware-protection.html", _READ),
        ),
    ),
    costs=(Cost("GB of the volumes that are scanned, and their snapshots while they last", _PRICES),),
    needs=("detector",),
)


def _uploads(facts: Facts) -> tuple[Because, ...]:
    return used(facts, Use.MODEL, "buckets that models come from")


BUCKETS = Recommendation(
    id="guardduty-malware-buckets",
    title="GuardDuty scans what is uploaded to buckets of models",
    service="Amazon GuardDuty",
    weight=Severity.MEDIUM,
    because=_uploads,
    already=by_cover(
        undeclared("a malware protection plan"),
        SCANNED,
        lambda facts: [bucket.thing for bucket in facts.used_for(Use.MODEL)],
    ),
    sees=(
        Sight(
            "Known malware in each object as it is uploaded, with the result as a tag that a policy can ask for.",
            AwsDoc(_GUIDE + "gdu-malware-protection-s3.html", _READ),
        ),
    ),
    blind=(
        Sight(
            "Objects that lay there before, unless a scan of them is asked for; and code in pickles that no "
            "signature knows.",
            AwsDoc(_GUIDE + "malware-protection-s3-on-demand.html", _READ),
        ),
    ),
    costs=(
        Cost(
            "GB and number of the objects scanned; checkpoints are large",
            AwsDoc(_GUIDE + "pricing-malware-protection-for-s3-guardduty.html", _READ),
        ),
    ),
)
