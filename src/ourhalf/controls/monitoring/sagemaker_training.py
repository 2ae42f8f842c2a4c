"""What a training job lets out besides its model."""

from __future__ import annotations

from ourhalf.controls.sagemaker import READ
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Known, Unresolved
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc
from ourhalf.model.verdict import Verdict
from ourhalf.resources.sagemaker_jobs import SageMakerTrainingJob


def _kept_tensors(job: SageMakerTrainingJob, context: Context) -> Verdict:
    asked = context.requirements
    if not asked.sensitivity.at_least(Sensitivity.REGULATED):
        return Verdict.not_applicable(f"asked of regulated data; {asked.why}", job.debugger_uri)
    outputs = (job.debugger_uri, job.profiler_uri, job.tensorboard_uri)
    hidden = next((field for field in outputs if isinstance(field, Unresolved)), None)
    written = next((field for field in outputs if isinstance(field, Known)), None)
    if hidden is not None:
        return Verdict.unknown(hidden)
    if written is None:
        return Verdict.passed("no debugger, profiler or TensorBoard output is set up", *outputs)
    return Verdict.failed(f"tensors and profiles are copied to S3, and {asked.why}", written)


TENSORS_KEPT = Control(
    id="sagemaker-training-tensors-not-kept",
    title="Training on regulated data keeps no tensors or profiles",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.MODELS_AND_DATA,
    applies_to=SageMakerTrainingJob,
    evaluate=_kept_tensors,
    rationale="Debugger tensors hold inputs, activations and gradients, from which training data can be rebuilt.",
    remedy="Leave the debugger hook, profiler output and TensorBoard output out, or accept them with a reason.",
    citations=(AwsDoc("sagemaker/latest/dg/debugger-configuration-for-debugging.html", READ),),
    rows=("sagemaker-051",),
)
