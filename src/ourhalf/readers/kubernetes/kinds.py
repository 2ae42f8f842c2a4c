"""Where objects of known kinds hold the pods that they run."""

from __future__ import annotations

from typing import NamedTuple


class At(NamedTuple):
    """A place of pod templates in an object.

    `path` leads to it: `*` stands for each element of a list or each value of a mapping. `form` is
    what stands there: a `template` with metadata and spec, a `spec`, a group of pods of a Ray
    cluster, or a shape of its own that `readers/kubernetes/shapes.py` knows. `role` names the pods;
    `*` in it stands for the name of the element or its key, and `replicas` is the path to their
    number from the last element that `*` stands for, or from the object.
    """

    path: str
    form: str = "template"
    role: str = ""
    replicas: str = ""


def _replica_specs(key: str) -> tuple[At, ...]:
    return (At(f"spec.{key}.*.template", role="*", replicas="replicas"),)


def _ray(at: str) -> tuple[At, ...]:
    return (
        At(f"{at}.headGroupSpec", "ray-head", "head"),
        At(f"{at}.workerGroupSpecs.*", "ray-worker", "*", "replicas"),
    )


def _argo(at: str) -> tuple[At, ...]:
    return (At(f"{at}.templates.*", "argo", "*"),)


_REPLICATED = (At("spec.template", replicas="spec.replicas"),)
_RUNTIME = (At("spec.template.spec.replicatedJobs.*.template.spec.template", role="*", replicas="replicas"),)
_SERVING_RUNTIME = (At("spec", "serving-runtime"), At("spec.workerSpec", "spec", "worker"))
_LLM_SERVICE = (
    At("spec.template", "spec", replicas="spec.replicas"),
    At("spec.worker", "spec", "worker"),
    At("spec.prefill.template", "spec", "prefill", "spec.prefill.replicas"),
    At("spec.prefill.worker", "spec", "prefill-worker"),
    At("spec.router.scheduler.template", "spec", "scheduler"),
)
_HYPERPOD_MODEL = (At("spec", "hyperpod-model", replicas="spec.replicas"),)

KINDS: dict[str, tuple[At, ...]] = {
    "v1/Pod": (At(""),),
    "v1/PodTemplate": (At("template"),),
    "v1/ReplicationController": _REPLICATED,
    "apps/Deployment": _REPLICATED,
    "apps/StatefulSet": _REPLICATED,
    "apps/ReplicaSet": _REPLICATED,
    "apps/DaemonSet": (At("spec.template"),),
    "extensions/Deployment": _REPLICATED,
    "extensions/DaemonSet": (At("spec.template"),),
    "batch/Job": (At("spec.template", replicas="spec.parallelism"),),
    "batch/CronJob": (At("spec.jobTemplate.spec.template", replicas="spec.jobTemplate.spec.parallelism"),),
    "kubeflow.org/PyTorchJob": _replica_specs("pytorchReplicaSpecs"),
    "kubeflow.org/TFJob": _replica_specs("tfReplicaSpecs"),
    "kubeflow.org/MPIJob": _replica_specs("mpiReplicaSpecs"),
    "kubeflow.org/XGBoostJob": _replica_specs("xgbReplicaSpecs"),
    "kubeflow.org/PaddleJob": _replica_specs("paddleReplicaSpecs"),
    "kubeflow.org/JAXJob": _replica_specs("jaxReplicaSpecs"),
    "kubeflow.org/MXJob": _replica_specs("mxReplicaSpecs"),
    "kubeflow.org/Notebook": (At("spec.template"),),
    "elastic.pytorch.org/ElasticJob": _replica_specs("replicaSpecs"),
    "trainer.kubeflow.org/TrainJob": (At("spec", "train-job", "trainer", "spec.trainer.numNodes"),),
    "trainer.kubeflow.org/TrainingRuntime": _RUNTIME,
    "trainer.kubeflow.org/ClusterTrainingRuntime": _RUNTIME,
    "sagemaker.amazonaws.com/HyperPodPyTorchJob": (At("spec.replicaSpecs.*.template", role="*", replicas="replicas"),),
    "inference.sagemaker.aws.amazon.com/InferenceEndpointConfig": _HYPERPOD_MODEL,
    "inference.sagemaker.aws.amazon.com/JumpStartModel": _HYPERPOD_MODEL,
    "inference.sagemaker.aws.amazon.com/ModelDeployment": _HYPERPOD_MODEL,
    "ray.io/RayCluster": _ray("spec"),
    "ray.io/RayJob": (*_ray("spec.rayClusterSpec"), At("spec.submitterPodTemplate", role="submitter")),
    "ray.io/RayCronJob": (
        *_ray("spec.jobTemplate.rayClusterSpec"),
        At("spec.jobTemplate.submitterPodTemplate", role="submitter"),
    ),
    "ray.io/RayService": (*_ray("spec.rayClusterConfig"), *_ray("spec.rayClusterSpec")),
    "serving.kserve.io/InferenceService": (
        At("spec.predictor", "predictor", "predictor", "spec.predictor.minReplicas"),
        At("spec.predictor.workerSpec", "spec", "predictor-worker"),
        At("spec.transformer", "predictor", "transformer", "spec.transformer.minReplicas"),
        At("spec.explainer", "predictor", "explainer", "spec.explainer.minReplicas"),
    ),
    "serving.kserve.io/ServingRuntime": _SERVING_RUNTIME,
    "serving.kserve.io/ClusterServingRuntime": _SERVING_RUNTIME,
    "serving.kserve.io/LLMInferenceService": _LLM_SERVICE,
    "serving.kserve.io/LLMInferenceServiceConfig": _LLM_SERVICE,
    "leaderworkerset.x-k8s.io/LeaderWorkerSet": (
        At("spec.leaderWorkerTemplate.leaderTemplate", role="leader", replicas="spec.replicas"),
        At("spec.leaderWorkerTemplate.workerTemplate", role="worker"),
    ),
    "jobset.x-k8s.io/JobSet": (At("spec.replicatedJobs.*.template.spec.template", role="*", replicas="replicas"),),
    "argoproj.io/Workflow": _argo("spec"),
    "argoproj.io/WorkflowTemplate": _argo("spec"),
    "argoproj.io/ClusterWorkflowTemplate": _argo("spec"),
    "argoproj.io/CronWorkflow": _argo("spec.workflowSpec"),
    "argoproj.io/Rollout": _REPLICATED,
    "batch.volcano.sh/Job": (At("spec.tasks.*.template", role="*", replicas="replicas"),),
    "serving.knative.dev/Service": (At("spec.template"),),
    "sparkoperator.k8s.io/SparkApplication": (
        At("spec.driver", "spark", "driver"),
        At("spec.executor", "spark", "executor", "spec.executor.instances"),
    ),
    "sparkoperator.k8s.io/ScheduledSparkApplication": (
        At("spec.template.driver", "spark", "driver"),
        At("spec.template.executor", "spark", "executor", "spec.template.executor.instances"),
    ),
    "production-stack.vllm.ai/VLLMRuntime": (
        At("spec", "vllm-stack", "", "spec.replicas|spec.deploymentConfig.replicas"),
    ),
    "production-stack.vllm.ai/VLLMRouter": (At("spec", "vllm-stack", "", "spec.replicas"),),
    "production-stack.vllm.ai/CacheServer": (At("spec", "vllm-stack", "", "spec.replicas"),),
    "nvidia.com/DynamoGraphDeployment": (At("spec.services.*", "dynamo", "*", "replicas"),),
}

RAY_KINDS = frozenset({"ray.io/RayCluster", "ray.io/RayJob", "ray.io/RayCronJob", "ray.io/RayService"})
# The label that tells the pods of one Ray object from those of others. Where the operator makes up a name for the
# cluster, which no file holds, the name of the object that the cluster comes from stands for it.
RAY_OWNER = {
    "RayCluster": "ray.io/cluster",
    **dict.fromkeys(("RayJob", "RayCronJob", "RayService"), "ray.io/originated-from-cr-name"),
}

# Labels that an operator adds to the pods of a kind, by which Services and policies select them.
# `{name}` and `{role}` are those of the object and of the pod.
LABELS: dict[str, dict[str, str]] = {
    **{f"ray.io/{kind}": {label: "{name}"} for kind, label in RAY_OWNER.items()},
    "serving.kserve.io/InferenceService": {
        "serving.kserve.io/inferenceservice": "{name}",
        "component": "{role}",
    },
    "kubeflow.org/PyTorchJob": {
        "training.kubeflow.org/job-name": "{name}",
        "training.kubeflow.org/replica-type": "{role}",
    },
    "kubeflow.org/TFJob": {
        "training.kubeflow.org/job-name": "{name}",
        "training.kubeflow.org/replica-type": "{role}",
    },
    "kubeflow.org/MPIJob": {
        "training.kubeflow.org/job-name": "{name}",
        "training.kubeflow.org/replica-type": "{role}",
    },
    "jobset.x-k8s.io/JobSet": {"jobset.sigs.k8s.io/jobset-name": "{name}"},
    "leaderworkerset.x-k8s.io/LeaderWorkerSet": {"leaderworkerset.sigs.k8s.io/name": "{name}"},
    "serving.knative.dev/Service": {"serving.knative.dev/service": "{name}"},
}
