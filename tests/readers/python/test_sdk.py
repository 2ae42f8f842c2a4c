"""What the classes of the SageMaker Python SDK ask SageMaker for."""

from __future__ import annotations

import pytest

from ourhalf.model.field import Known, Reference, Unresolved
from tests.readers.python.source import kinds, one, place, resources, source, value

ROLE = "arn:aws:iam::111122223333:role/train"
BUCKET = "<the SDK's default bucket of the account and region that run this>"


def test_an_estimator_is_a_training_job_with_what_the_sdk_sends() -> None:
    text = f"""
        from sagemaker.estimator import Estimator
        estimator = Estimator(
            "image:1", "{ROLE}", 2, "ml.p4d.24xlarge",
            volume_kms_key="disk", output_path="s3://out", output_kms_key="out",
            subnets=["subnet-1"], security_group_ids=["sg-1"],
            encrypt_inter_container_traffic=True, enable_network_isolation=True,
            use_spot_instances=True, max_wait=9, checkpoint_s3_uri="s3://check",
            environment={{"A": "b"}}, hyperparameters={{"epochs": 3}}, tags=[{{"Key": "team", "Value": "x"}}])
        estimator.set_hyperparameters(lr=0.1)
        estimator.fit({{"train": "s3://data"}}, job_name="job")
    """
    job = one(text)
    assert (job.kind, job.name) == ("SageMakerTrainingJob", "job")
    assert {
        name: value(getattr(job, name)) for name in job.__struct_fields__ if isinstance(getattr(job, name), Known)
    } == {
        "job_name": "job",
        "role": ROLE,
        "image": "image:1",
        "environment": {"A": "b"},
        "hyper_parameters": {"epochs": "3", "lr": "0.1"},
        "channels": [{"channel_name": "train", "uri": "s3://data"}],
        "vpc": {"subnets": ["subnet-1"], "security_groups": ["sg-1"]},
        "network_isolation": True,
        "traffic_encryption": True,
        "instance_type": "ml.p4d.24xlarge",
        "instance_count": 2,
        "volume_key": "disk",
        "output_uri": "s3://out",
        "output_key": "out",
        "max_runtime": 86400,
        "spot": True,
        "checkpoint_uri": "s3://check",
        "debugger_uri": "s3://out",
        "profiler_off": False,
        "profiler_uri": "s3://out",
        "tags": {"team": "x"},
    }


def test_the_same_job_by_request_and_by_sdk_is_the_same() -> None:
    sdk = one("""
        from sagemaker.estimator import Estimator
        Estimator(image_uri="i:1", role="r", instance_count=1, instance_type="ml.m5.large", volume_kms_key="k",
            output_path="s3://o", subnets=["s"], security_group_ids=["g"], debugger_hook_config=False,
            disable_profiler=True).fit("s3://in", job_name="j")
    """)
    request = one("""
        import boto3
        boto3.client("sagemaker").create_training_job(
            TrainingJobName="j", RoleArn="r",
            AlgorithmSpecification={"TrainingImage": "i:1", "TrainingInputMode": "File"},
            ResourceConfig={"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeKmsKeyId": "k"},
            OutputDataConfig={"S3OutputPath": "s3://o"}, VpcConfig={"Subnets": ["s"], "SecurityGroupIds": ["g"]},
            StoppingCondition={"MaxRuntimeInSeconds": 86400}, EnableNetworkIsolation=False,
            InputDataConfig=[{"ChannelName": "training", "DataSource": {"S3DataSource": {"S3Uri": "s3://in"}}}],
            ProfilerConfig={"DisableProfiler": True})
    """)
    for name in sdk.__struct_fields__:
        if name != "origin":
            assert value(getattr(sdk, name)) == value(getattr(request, name)), name


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (
            "PyTorch(entry_point='t.py', role=R, framework_version='2.1', py_version='py310')",
            "PyTorch framework version 2.1",
        ),
        (
            "HuggingFace(entry_point='t.py', role=R, transformers_version='4.28')",
            "HuggingFace transformers version 4.28",
        ),
        ("KMeans(role=R, instance_count=1)", "KMeans"),
    ],
)
def test_an_image_that_the_sdk_chooses_is_not_known(call: str, reason: str) -> None:
    name = call.partition("(")[0]
    job = one(f"from sagemaker.x import {name}\nR = 'r'\n{call}")
    assert value(job.image) == f"<chosen by the SDK for {reason}>"


def test_images_by_name_of_framework() -> None:
    text = """
        import sagemaker
        from sagemaker import image_uris
        image = image_uris.retrieve(framework="xgboost", region="eu-west-1", version="1.7-1")
        sagemaker.estimator.Estimator(image, sagemaker.get_execution_role(), 1, "ml.m5.large")
    """
    job = one(text)
    assert value(job.image) == "<chosen by the SDK for framework xgboost version 1.7-1>"
    assert value(job.role) == "<the role of the notebook or session that runs this>"
    assert value(job.output_uri) == BUCKET


def test_pipeline_parameters_are_not_known() -> None:
    text = """
        from sagemaker.workflow.parameters import ParameterString
        from sagemaker.workflow.steps import TrainingStep
        from sagemaker.estimator import Estimator
        kind = ParameterString(name="Kind", default_value="ml.m5.large")
        train = TrainingStep(name="t", estimator=Estimator("i:1", "r", 1, kind), inputs={"train": "s3://x"})
    """
    job = one(text)
    assert value(job.instance_type) == "<pipeline parameter Kind, by default ml.m5.large>"
    assert value(job.channels) == [{"channel_name": "train", "uri": "s3://x"}]


def test_a_model_that_is_deployed_is_a_model_a_configuration_and_an_endpoint() -> None:
    text = """
        from sagemaker.model import Model
        from sagemaker.model_monitor import DataCaptureConfig
        capture = DataCaptureConfig(enable_capture=True, destination_s3_uri="s3://c", kms_key_id="ck")
        model = Model(image_uri="i:1", role="r", model_data="s3://m", env={"A": "b"}, enable_network_isolation=True,
                      vpc_config={"Subnets": ["s"], "SecurityGroupIds": ["g"]})
        model.deploy(1, "ml.g5.xlarge", endpoint_name="e", kms_key="k", data_capture_config=capture)
    """
    model, config, endpoint = source(text).resources
    assert value(model.primary_container) == {"image": "i:1", "model_data": "s3://m", "environment": {"A": "b"}}  # type: ignore[attr-defined]
    assert value(model.vpc) == {"subnets": ["s"], "security_groups": ["g"]}  # type: ignore[attr-defined]
    (variant,) = config.variants.value  # type: ignore[attr-defined]
    assert value(variant.instance_type) == "ml.g5.xlarge"
    assert variant.model.value == Reference(model.origin.address, "ModelName")
    assert [value(getattr(config, n)) for n in ("kms_key", "capture", "capture_uri", "capture_key")] == [
        "k",
        True,
        "s3://c",
        "ck",
    ]
    assert endpoint.name == "e"
    assert place(config.kms_key)[0] == 7  # type: ignore[attr-defined]


def test_a_deployed_estimator_serves_its_artifact_with_its_network() -> None:
    text = """
        from sagemaker.pytorch import PyTorch
        estimator = PyTorch("t.py", role="r", framework_version="2.1", subnets=["s"], security_group_ids=["g"],
                            instance_type="ml.m5.large", enable_network_isolation=True)
        predictor = estimator.deploy(initial_instance_count=1, instance_type="ml.m5.large")
    """
    job, model, config, endpoint = source(text).resources
    assert [r.name for r in (job, model, config, endpoint)] == ["estimator"] * 4
    assert value(model.role) == "r"  # type: ignore[attr-defined]
    assert value(model.network_isolation) is True  # type: ignore[attr-defined]
    assert value(model.vpc) == {"subnets": ["s"], "security_groups": ["g"]}  # type: ignore[attr-defined]
    assert value(model.primary_container)["model_data"] == "<the artifact of the training job>"  # type: ignore[attr-defined]


def test_jumpstart_leaves_to_its_catalogue_what_is_not_given() -> None:
    model, config, _ = source("""
        from sagemaker.jumpstart.model import JumpStartModel
        JumpStartModel(model_id="llama", env={"A": "b"}).deploy(accept_eula=True)
    """).resources
    assert value(model.network_isolation) == "<chosen by JumpStart for model llama>"  # type: ignore[attr-defined]
    container = model.primary_container.value  # type: ignore[attr-defined]
    assert container.environment.value.rest is not None
    (variant,) = config.variants.value  # type: ignore[attr-defined]
    assert isinstance(variant.instance_type, Unresolved)


def test_processors_and_their_network() -> None:
    job = one("""
        from sagemaker.processing import ScriptProcessor, ProcessingInput, ProcessingOutput
        from sagemaker.network import NetworkConfig
        network = NetworkConfig(enable_network_isolation=True, subnets=["s"], security_group_ids=["g"],
                                encrypt_inter_container_traffic=True)
        processor = ScriptProcessor(role="r", image_uri="i:1", command=["python3"], instance_count=1,
            instance_type="ml.m5.large", volume_kms_key="k", output_kms_key="o", network_config=network)
        processor.run(code="x.py", inputs=[ProcessingInput(source="s3://in", destination="/opt")], job_name="p")
    """)
    assert job.name == "p"
    assert value(job.vpc) == {"subnets": ["s"], "security_groups": ["g"]}
    assert [value(f) for f in (job.network_isolation, job.traffic_encryption, job.volume_key, job.image)] == [
        True,
        True,
        "k",
        "i:1",
    ]


def test_a_network_that_is_not_known_leaves_nothing_absent() -> None:
    text = """
        from sagemaker.processing import Processor
        def make(network):
            return Processor("r", "i:1", 1, "ml.m5.large", network_config=network)
    """
    job = one(text)
    assert value(job.network_isolation) == value(job.vpc) == "<parameter `network` of make>"


def test_a_tuner_holds_the_job_that_it_varies() -> None:
    text = """
        from sagemaker.estimator import Estimator
        from sagemaker.tuner import HyperparameterTuner
        estimator = Estimator("i:1", "r", 1, "ml.m5.large", hyperparameters={"a": 1, "b": [2]}, volume_kms_key="k")
        tuner = HyperparameterTuner(estimator, "loss", {}, max_jobs=3)
        tuner.fit({"train": "s3://x"}, job_name="t")
    """
    tuning = one(text)
    assert (tuning.kind, tuning.name) == ("SageMakerTuningJob", "t")
    assert [value(f) for f in (tuning.role, tuning.image, tuning.volume_key)] == ["r", "i:1", "k"]
    assert value(tuning.hyper_parameters) == {"a": "1", "b": "<a value that the SDK writes as JSON>"}


def test_transformers_name_the_model_that_they_run() -> None:
    model, job = source("""
        from sagemaker.model import Model
        model = Model("i:1", role="r", model_data="s3://m")
        model.transformer(1, "ml.m5.large", output_path="s3://o", output_kms_key="ok", volume_kms_key="vk").transform("s3://in")
    """).resources
    assert job.kind == "SageMakerTransformJob"
    assert job.model.value == Reference(model.origin.address, "ModelName")  # type: ignore[attr-defined]


def test_version_3_of_the_sdk() -> None:
    text = """
        from sagemaker.train import ModelTrainer
        from sagemaker.train.configs import Compute, Networking, InputData
        from sagemaker.serve.model_builder import ModelBuilder
        trainer = ModelTrainer(
            training_image="i:1", role="r",
            compute=Compute(instance_type="ml.p4d.24xlarge", instance_count=2, volume_kms_key_id="k"),
            networking=Networking(subnets=["s"], security_group_ids=["g"], enable_network_isolation=True))
        trainer.train(input_data_config=[InputData(channel_name="train", data_source="s3://x")])
        builder = ModelBuilder(model="m", role_arn="r", image_uri="i:2", env_vars={"A": "b"})
        builder.build(model_name="built")
        builder.deploy(endpoint_name="e", instance_type="ml.g5.xlarge")
    """
    job, model, config, endpoint = source(text).resources
    assert value(job.vpc) == {"subnets": ["s"], "security_groups": ["g"]}  # type: ignore[attr-defined]
    names = ("network_isolation", "instance_type", "instance_count", "volume_key", "max_runtime")
    assert [value(getattr(job, name)) for name in names] == [True, "ml.p4d.24xlarge", 2, "k", 3600]
    assert value(job.channels) == [{"channel_name": "train", "uri": "s3://x"}]  # type: ignore[attr-defined]
    assert (model.name, config.name, endpoint.name) == ("built", "e", "e")
    assert value(model.role) == "r"  # type: ignore[attr-defined]


def test_resource_classes_of_version_3_are_requests() -> None:
    job = one("""
        from sagemaker.core.resources import TrainingJob
        from sagemaker.core.shapes import AlgorithmSpecification, ResourceConfig, VpcConfig
        TrainingJob.create(
            training_job_name="j", role_arn="r",
            algorithm_specification=AlgorithmSpecification(training_image="i:1", training_input_mode="File"),
            resource_config=ResourceConfig(instance_type="ml.m5.large", instance_count=1, volume_kms_key_id="k"),
            vpc_config=VpcConfig(subnets=["s"], security_group_ids=["g"]), environment={"lower_case": "kept"})
    """)
    assert [value(f) for f in (job.job_name, job.image, job.volume_key)] == ["j", "i:1", "k"]
    assert value(job.vpc) == {"subnets": ["s"], "security_groups": ["g"]}
    assert value(job.environment) == {"lower_case": "kept"}


@pytest.mark.parametrize(
    "decorator", ["@remote", "@remote(instance_type='ml.m5.large', subnets=['s'])", "@step(role='r')"]
)
def test_functions_that_run_as_jobs(decorator: str) -> None:
    text = f"""
        from sagemaker.remote_function import remote
        from sagemaker.workflow.function_step import step
        {decorator}
        def train(x):
            return x
    """
    assert resources(source(text)) == [("TrainingJob", "train")]


@pytest.mark.parametrize(
    "text",
    [
        "from sagemaker.estimator import Estimator\nEstimator('i', 'r', 1, 'local').fit('file://x')",
        "from sagemaker.estimator import Estimator\nEstimator('i', 'r', 1, 'local_gpu').deploy(1, 'local')",
        "from sagemaker.model import Model\nModel('i', role='r').deploy(1, instance_type='local')",
        "from sagemaker.processing import Processor\nProcessor('r', 'i', 1, 'local').run()",
        "from keras import Model\nModel(inputs=1, outputs=2)\nimport sagemaker",
        "class Model:\n    pass\nimport sagemaker\nModel()",
        "from sagemaker.estimator import Estimator",
    ],
)
def test_what_asks_nothing_of_sagemaker_is_left_out(text: str) -> None:
    assert kinds(text) == []


def test_a_class_that_derives_from_the_sdk_may_set_more() -> None:
    job = one("""
        from sagemaker.estimator import Framework
        class Ours(Framework):
            def __init__(self, **kwargs):
                super().__init__(**kwargs)
        Ours(image_uri="i:1", role="r", instance_type="ml.m5.large", instance_count=1)
    """)
    assert value(job.image) == "i:1"
    assert value(job.network_isolation) == "<class Ours may set it>"


def test_models_in_a_row_and_packages() -> None:
    text = """
        from sagemaker.model import Model
        from sagemaker.pipeline import PipelineModel
        one, two = Model("i:1", role="r"), Model("i:2", role="r", env={"A": "b"})
        both = PipelineModel(models=[one, two], role="r", name="both")
        both.register(model_package_group_name="g", approval_status="Approved")
    """
    package, model = source(text).resources
    assert (package.kind, model.name) == ("SageMakerModelPackage", "both")
    assert value(model.containers) == [{"image": "i:1"}, {"image": "i:2", "environment": {"A": "b"}}]  # type: ignore[attr-defined]


def test_a_pipeline_runs_as_the_role_that_it_is_saved_with() -> None:
    pipeline = one("""
        from sagemaker.workflow.pipeline import Pipeline
        pipeline = Pipeline(name="p", steps=[])
        pipeline.upsert(role_arn="r")
    """)
    assert (pipeline.kind, pipeline.name, value(pipeline.role)) == ("SageMakerPipeline", "p", "r")


def test_what_a_function_makes_is_used_by_its_callers() -> None:
    text = """
        from sagemaker.pytorch import PyTorch
        def make(kind, role="r"):
            estimator = PyTorch(entry_point="t.py", role=role, instance_type=kind, instance_count=1)
            return estimator
        class Trainer:
            def build(self):
                return PyTorch(entry_point="u.py", role="r", instance_type="ml.g5.xlarge", instance_count=1)
            def go(self):
                self.build().deploy(initial_instance_count=2, instance_type="ml.m5.large")
        def main():
            found = make("ml.p3.2xlarge")
            found.fit({"train": "s3://b/train"})
            found.deploy(initial_instance_count=3, instance_type="ml.m5.large")
        main()
    """
    found = resources(source(text))
    assert [kind for kind, _ in found].count("TrainingJob") == 2
    assert [kind for kind, _ in found].count("EndpointConfig") == 2
    jobs = [r for r in source(text).resources if r.kind == "SageMakerTrainingJob"]
    assert next(value(job.channels) for job in jobs) == [{"channel_name": "train", "uri": "s3://b/train"}]  # type: ignore[attr-defined]
    configs = [r for r in source(text).resources if r.kind == "SageMakerEndpointConfig"]
    assert sorted(value(c.variants)[0]["instance_count"] for c in configs) == [2, 3]  # type: ignore[attr-defined]


def test_the_container_of_a_model_that_is_sent_without_the_sdk() -> None:
    text = """
        import boto3
        from sagemaker.huggingface import HuggingFaceModel
        held = HuggingFaceModel(env={"HF_TASK": "x"}, role="r", image_uri="i:1")
        container = held.prepare_container_def(instance_type="ml.m5.large")
        boto3.client("sagemaker").create_model(ModelName="m", ExecutionRoleArn="r", PrimaryContainer=container)
    """
    model = one(text)
    assert (model.kind, model.name) == ("SageMakerModel", "m")
    assert value(model.primary_container) == {"image": "i:1", "environment": {"HF_TASK": "x"}}


def test_a_model_that_is_prepared_and_deployed_too_is_read_of_both() -> None:
    text = """
        from sagemaker.model import Model
        held = Model("i:1", role="r", name="m")
        held.prepare_container_def()
        held.deploy(1, "ml.m5.large")
    """
    assert kinds(text) == ["Model", "EndpointConfig", "Endpoint"]


def test_a_model_builder_deploys_what_it_optimized_or_configured_last() -> None:
    text = """
        from sagemaker.serve.builder.model_builder import ModelBuilder
        builder = ModelBuilder(model="m", role_arn="r")
        builder.set_deployment_config(config_name="c", instance_type="ml.p4d.24xlarge")
        builder.build().deploy(accept_eula=True)
        optimized = builder.optimize(instance_type="ml.inf2.48xlarge", accept_eula=True)
        optimized.deploy(accept_eula=True)
        optimized.deploy(2, "ml.g5.xlarge")
        builder.deploy(inference_config=settings)
    """
    configs = [value(r.variants)[0] for r in source(text).resources if r.kind == "SageMakerEndpointConfig"]  # type: ignore[attr-defined]
    assert [(c["instance_type"], c.get("instance_count")) for c in configs] == [
        ("ml.p4d.24xlarge", 1),
        ("ml.inf2.48xlarge", 1),
        ("ml.g5.xlarge", 2),
        ("ml.inf2.48xlarge", None),
    ]


def test_a_tuner_of_the_third_version_tunes() -> None:
    job = one("""
        from sagemaker.core.training.model_trainer import ModelTrainer
        from sagemaker.train.tuner import HyperparameterTuner
        trainer = ModelTrainer(training_image="i:1", role="r")
        HyperparameterTuner(model_trainer=trainer, objective_metric_name="m").tune(
            inputs={"train": "s3://b/train"}, job_name="t")
    """)
    assert (job.kind, job.name) == ("SageMakerTuningJob", "t")


def test_a_name_that_several_resources_share_means_the_one_that_its_field_names() -> None:
    text = """
        import boto3, time
        sm = boto3.client("sagemaker")
        name = f"demo-{time.time()}"
        sm.create_model(ModelName=name, ExecutionRoleArn="r")
        sm.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[{"VariantName": "v"}])
        sm.create_endpoint(EndpointName=name, EndpointConfigName=name)
        sm.create_inference_component(
            InferenceComponentName="c", EndpointName=name, Specification={"ModelName": name})
    """
    component = next(r for r in source(text).resources if r.kind == "SageMakerInferenceComponent")
    assert str(value(component.model)) == "${sagemaker:CreateModel/CreateModel in the file.ModelName}"  # type: ignore[attr-defined]
    assert str(value(component.endpoint)) == "${sagemaker:CreateEndpoint/CreateEndpoint in the file.EndpointName}"  # type: ignore[attr-defined]


def test_a_monitor_has_a_job_for_the_baseline_and_one_on_a_schedule() -> None:
    text = """
        from sagemaker.model_monitor import DefaultModelMonitor, EndpointInput
        from sagemaker.network import NetworkConfig
        monitor = DefaultModelMonitor(
            role="r", instance_count=2, instance_type="ml.m5.large", volume_kms_key="disk", output_kms_key="out",
            max_runtime_in_seconds=9, env={"A": "b"}, network_config=NetworkConfig(enable_network_isolation=True))
        monitor.suggest_baseline(baseline_dataset="s3://b/x", dataset_format=None, job_name="first")
        monitor.create_monitoring_schedule(
            monitor_schedule_name="hourly", endpoint_input=EndpointInput(endpoint_name="e", destination="/x"),
            schedule_cron_expression="cron(0 * ? * * *)")
    """
    baseline, definition, schedule = source(text).resources
    assert (baseline.kind, baseline.name) == ("SageMakerProcessingJob", "first")
    assert value(baseline.network_isolation) is True  # type: ignore[attr-defined]
    assert (definition.kind, definition.name) == ("SageMakerDataQualityDefinition", "monitor")
    assert {
        name: value(getattr(definition, name))
        for name in definition.__struct_fields__
        if isinstance(getattr(definition, name), Known)
    } == {
        "role": "r",
        "environment": {"A": "b"},
        "endpoint": "e",
        "network_isolation": True,
        "instance_type": "ml.m5.large",
        "instance_count": 2,
        "volume_key": "disk",
        "output_key": "out",
        "max_runtime": 9,
    }
    assert value(definition.image) == "<chosen by the SDK for DefaultModelMonitor>"  # type: ignore[attr-defined]
    assert (schedule.kind, schedule.name) == ("SageMakerMonitoringSchedule", "hourly")
    assert value(schedule.definition).target == definition.origin.address  # type: ignore[attr-defined]


def test_a_monitor_that_is_asked_for_nothing_runs_nothing() -> None:
    assert kinds("from sagemaker.model_monitor import ModelBiasMonitor\nModelBiasMonitor(role='r')\n") == []


@pytest.mark.parametrize("cls", ["ModelQualityMonitor", "ModelBiasMonitor", "ModelExplainabilityMonitor"])
def test_every_monitor_takes_what_it_is_given(cls: str) -> None:
    text = f"""
        from sagemaker.model_monitor import {cls}
        {cls}("r", output_kms_key="k").create_monitoring_schedule("e", monitor_schedule_name="s")
    """
    definition = source(text).resources[0]
    assert [value(getattr(definition, name)) for name in ("role", "output_key", "endpoint", "instance_type")] == [
        "r",
        "k",
        "e",
        "ml.m5.xlarge",
    ]


def test_a_job_that_a_queue_is_given_has_its_inputs() -> None:
    job = one("""
        from sagemaker.aws_batch.training_queue import TrainingQueue
        from sagemaker.modules.configs import InputData
        from sagemaker.modules.train import ModelTrainer
        trainer = ModelTrainer(training_image="i:1", role="r")
        TrainingQueue("q").submit(trainer, [InputData(channel_name="c", data_source="s3://b/c")], "job")
    """)
    assert (job.name, value(job.channels)) == ("job", [{"channel_name": "c", "uri": "s3://b/c"}])


def test_an_estimator_that_a_queue_is_given_has_its_inputs() -> None:
    job = one("""
        from sagemaker.aws_batch.training_queue import TrainingQueue
        from sagemaker.estimator import Estimator
        estimator = Estimator("i:1", "r", 1, "ml.m5.large")
        TrainingQueue("q").submit(estimator, {"c": "s3://b/c"}, job_name="job")
    """)
    assert (job.name, value(job.channels)) == ("job", [{"channel_name": "c", "uri": "s3://b/c"}])


def test_the_ways_in_which_a_model_builder_deploys() -> None:
    text = """
        from sagemaker.async_inference import AsyncInferenceConfig
        from sagemaker.batch_inference.batch_transform_inference_config import BatchTransformInferenceConfig
        from sagemaker.serve import ModelBuilder
        from sagemaker.serverless import ServerlessInferenceConfig
        builder = ModelBuilder(model="m", role_arn="r", instance_type="ml.c6i.xlarge")
        builder.build()
        builder.deploy(endpoint_name="one")
        builder.deploy(endpoint_name="one", initial_instance_count=3, update_endpoint=True)
        builder.deploy(endpoint_name="two", inference_config=ServerlessInferenceConfig(memory_size_in_mb=1024))
        builder.deploy(endpoint_name="three", inference_config=AsyncInferenceConfig(output_path="s3://o"))
        builder.deploy(inference_config=BatchTransformInferenceConfig(
            instance_count=2, instance_type="ml.m5.large", output_path="s3://o"))
    """
    found = source(text).resources
    assert [r.name for r in found if r.kind == "SageMakerEndpoint"] == ["one", "two", "three"]
    configs = [r for r in found if r.kind == "SageMakerEndpointConfig"]
    assert [c.name for c in configs] == ["one", "builder (2)", "two", "three"]
    assert [value(c.variants)[0].get("instance_count") for c in configs] == [1, 3, None, 1]  # type: ignore[attr-defined]
    assert value(configs[2].variants)[0]["serverless_memory"] == 1024  # type: ignore[attr-defined]
    assert value(configs[3].async_output_uri) == "s3://o"  # type: ignore[attr-defined]
    job = next(r for r in found if r.kind == "SageMakerTransformJob")
    assert (value(job.instance_count), value(job.instance_type), value(job.output_uri)) == (2, "ml.m5.large", "s3://o")  # type: ignore[attr-defined]
    assert value(job.model).attribute == "ModelName"  # type: ignore[attr-defined]


def test_the_transform_job_of_an_estimator_runs_the_model_that_is_made_for_it() -> None:
    text = """
        from sagemaker.estimator import Estimator
        estimator = Estimator("i:1", "r", 1, "ml.m5.large")
        estimator.fit("s3://b/train")
        estimator.transformer(instance_count=1, instance_type="ml.m5.large").transform("s3://b/in")
    """
    model, job = (r for r in source(text).resources if r.kind in ("SageMakerModel", "SageMakerTransformJob"))
    assert (model.name, value(model.model_name)) == ("estimator", None)  # type: ignore[attr-defined]
    assert value(job.model) == Reference(model.origin.address, "ModelName")  # type: ignore[attr-defined]


def test_the_transform_job_of_an_estimator_whose_model_is_named() -> None:
    text = """
        from sagemaker.estimator import Estimator
        Estimator("i:1", "r", 1, "ml.m5.large").transformer(1, "ml.m5.large", model_name="m")
    """
    model, job = (r for r in source(text).resources if r.kind in ("SageMakerModel", "SageMakerTransformJob"))
    assert (model.name, value(job.model)) == ("m", "m")  # type: ignore[attr-defined]
