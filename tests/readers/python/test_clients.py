"""Which calls are requests, and of which service."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.model.field import Redacted, Reference
from ourhalf.readers.python.clients import operations, snake
from tests.readers.python.source import kinds, one, resources, source, value

REQUEST = "ModelName='m', ExecutionRoleArn='r'"


@pytest.mark.parametrize(
    "text",
    [
        f"import boto3\nboto3.client('sagemaker').create_model({REQUEST})",
        f"import boto3\nboto3.Session(region_name='x').client(service_name='sagemaker').create_model({REQUEST})",
        f"from boto3 import client\nsm = client('sagemaker', region_name='x')\nsm.create_model({REQUEST})",
        f"import sagemaker\nsagemaker.Session().sagemaker_client.create_model({REQUEST})",
        f"import sagemaker\nsagemaker.Session().boto_session.client('sagemaker').create_model({REQUEST})",
        f"import boto3, os\nboto3.client(os.environ['S']).create_model({REQUEST})",
        f"def make(client):\n    client.create_model({REQUEST})",
        f"class A:\n    def go(self):\n        self.sm.create_model({REQUEST})",
        f"import boto3\nrequest = dict({REQUEST})\nboto3.client('sagemaker').create_model(**request)",
        f"import aioboto3\nasync def go():\n    async with aioboto3.client('sagemaker') as sm:\n"
        f"        await sm.create_model({REQUEST})",
        f"from x import *\nmake_client().create_model({REQUEST})",
    ],
)
def test_a_request_is_found_however_the_client_is_made(text: str) -> None:
    model = one(text)
    assert (model.kind, value(model.model_name), value(model.role)) == ("SageMakerModel", "m", "r")


@pytest.mark.parametrize(
    "text",
    [
        "import boto3\nboto3.client('forecast').create_model(ModelName='m')",
        "import boto3\nboto3.client('sagemaker').list_models(NameContains='m')",
        "net.create_model('resnet50', pretrained=True)",
        "def f(self, **kwargs):\n    self.create_model(**kwargs)",
        "import boto3\nsm = boto3.client('sagemaker')\nsm.create_model",
        "# client.create_model(ModelName='m')",
        "create_model(ModelName='m')",
        "backend.register_task_definition(family='f', container_definitions=[])",
    ],
)
def test_what_only_looks_alike_is_no_request(text: str) -> None:
    assert kinds(text) == []


def test_an_operation_that_two_services_have_needs_its_service() -> None:
    assert len(operations()["create_cluster"]) > 1
    assert kinds("def f(c):\n    c.create_cluster(clusterName='x')") == []
    assert kinds("import boto3\nboto3.client('ecs').create_cluster(clusterName='x')") == ["EcsCluster"]


def test_requests_of_other_services() -> None:
    text = """
        import boto3, json
        environment = [{"name": "A_TOKEN", "value": "abcdefgh1234"}]
        containers = [{"name": "c", "image": "i", "privileged": True, "environment": environment}]
        boto3.client("ecs").register_task_definition(family="f", containerDefinitions=containers)
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(policy))
    """
    task, role = source(text).resources
    assert (task.kind, role.kind) == ("EcsTaskDefinition", "IamRole")
    (container,) = task.containers.value  # type: ignore[attr-defined]
    assert container.privileged.value is True
    assert isinstance(container.environment.value.items["A_TOKEN"].value, Redacted)
    assert "json.dumps" not in str(role.trust)  # type: ignore[attr-defined]


def test_names_do_not_depend_on_the_line() -> None:
    text = """
        def make(sm):
            sm.create_model(ModelName=x.y, ExecutionRoleArn="r")
            sm.create_model(ModelName=x.z, ExecutionRoleArn="r")
    """
    names = [("Model", "CreateModel in make"), ("Model", "CreateModel in make (2)")]
    assert resources(source(text)) == names
    assert resources(source("\n\n" + text)) == names


@pytest.mark.parametrize(
    ("operation", "method"),
    [
        ("CreateTrainingJob", "create_training_job"),
        ("CreateHyperParameterTuningJob", "create_hyper_parameter_tuning_job"),
        ("CreateAutoMLJobV2", "create_auto_ml_job_v2"),
        ("CreateNFSFileShare", "create_nfs_file_share"),
    ],
)
def test_methods_are_named_as_boto3_names_them(operation: str, method: str) -> None:
    import botocore

    assert snake(operation) == method == botocore.xform_name(operation)


def test_every_operation_that_is_mapped_has_boto3s_method() -> None:
    import botocore

    wrong = [
        o
        for many in operations().values()
        for o in many
        if snake(o.split(":")[1]) != botocore.xform_name(o.split(":")[1])
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("call", "names"),
    [
        ("self.sm_client.create_training_job(**request)", ["TrainingJob"]),
        ("sagemaker.create_training_job(**request)", ["TrainingJob"]),
        ("self.service.create_training_job(**request)", []),
        ("self.sm_client.create_training_job()", []),
    ],
)
def test_fields_that_are_spread_into_a_call_are_taken_where_the_name_speaks_of_a_client(
    call: str, names: list[str]
) -> None:
    found = source(f"import boto3\ndef f(self, request, sagemaker):\n    {call}\n").resources
    assert [r.kind.removeprefix("SageMaker") for r in found] == names


@pytest.mark.parametrize(
    ("update", "alarms"),
    [
        ("sm.update_endpoint(EndpointName=name, DeploymentConfig=rolled)", [{"alarm_name": "errors"}]),
        ("maker().update_endpoint(EndpointName=name, DeploymentConfig=rolled)", [{"alarm_name": "errors"}]),
        ("sm.update_endpoint(EndpointName=name, EndpointConfigName='two')", None),
        ("sm.update_endpoint(EndpointName='other', DeploymentConfig=rolled)", None),
        ("sm.update_endpoint(EndpointName=other, DeploymentConfig=rolled)", None),
        (
            "if wanted:\n    sm.update_endpoint(EndpointName=name, DeploymentConfig=rolled)",
            "<set only where `wanted`>",
        ),
    ],
)
@pytest.mark.parametrize("name", ["'e'", "f'e-{time.time()}'"])
def test_what_an_update_sets_of_an_endpoint(update: str, alarms: object, name: str) -> None:
    text = f"""
import boto3, time
sm = boto3.client("sagemaker")
name, other = {name}, f"e-{{time.time()}}"
rolled = {{"AutoRollbackConfiguration": {{"Alarms": [{{"AlarmName": "errors"}}]}}}}
sm.create_endpoint(EndpointName=name, EndpointConfigName="one")
{update}
"""
    endpoint = one(text)
    assert value(endpoint.rollback_alarms) == alarms
    assert value(endpoint.config) == "one"


def test_what_an_answer_is_asked_for_is_told() -> None:
    model = one("""
        import boto3
        account = boto3.client("sts").get_caller_identity().get("Account")
        boto3.client("sagemaker").create_model(ModelName="m", PrimaryContainer={"Image": account})
    """)
    assert value(model.primary_container)["image"] == "<answer of get_caller_identity(): `Account`>"


@pytest.mark.parametrize(
    ("made", "taken"),
    [
        ("made = iam.create_role(RoleName='r')", "made['Role']['Arn']"),
        ("made = iam.create_role(RoleName='r')['Role']", "made['Arn']"),
        ("made = iam.create_role(RoleName='r')", "made.get('Role')['Arn']"),
        ("made = [iam.create_role(RoleName='r')]", "made[0]['Role']['Arn']"),
    ],
)
def test_what_an_answer_holds_names_the_resource(made: str, taken: str) -> None:
    text = f"""
import boto3
iam = boto3.client("iam")
{made}
boto3.client("sagemaker").create_model(ModelName="m", ExecutionRoleArn={taken})
"""
    assert value(one(text, "Model").role) == Reference("iam:CreateRole/r", "Arn")


def test_what_the_answer_is_itself_is_no_value() -> None:
    text = """
        import boto3
        made = boto3.client("iam").create_role(RoleName="r")
        boto3.client("sagemaker").create_model(ModelName="m", ExecutionRoleArn=made["Role"])
    """
    assert value(one(text, "Model").role) == "<the answer of a request is known only at run time>"


@pytest.mark.parametrize("name", ["model.get_name()", "model.model_name", "model.model_arn"])
def test_a_resource_of_the_sdk_gives_its_name(name: str) -> None:
    text = f"""
from sagemaker_core.main.resources import Model, EndpointConfig
from sagemaker_core.main.shapes import ProductionVariant
model = Model.create(model_name=make(), execution_role_arn="r")
EndpointConfig.create(
    endpoint_config_name="c",
    production_variants=[ProductionVariant(variant_name="v", model_name={name}, initial_instance_count=1)])
"""
    config = one(text, "EndpointConfig")
    assert value(config.variants)[0]["model"].target == "sagemaker:CreateModel/CreateModel in the file"


ROLE_MAKERS = {
    "a function": (
        "def make(name):\n    made = iam.create_role(RoleName=name)\n    return made['Role']['Arn']",
        "make('r')",
    ),
    "its answer": ("def make():\n    return iam.create_role(RoleName=find())", "make()['Role']['Arn']"),
    "several at once": (
        "def make(name):\n    made = iam.create_role(RoleName=name)\n    return name, made['Role']['Arn']",
        "make('r')[1]",
    ),
    "one way only": (
        "def make(n):\n    if not n:\n        return None\n    return iam.create_role(RoleName=n)['Role']['Arn']",
        "make('r')",
    ),
    "through another": (
        "def make(name):\n    return iam.create_role(RoleName=name)['Role']['Arn']\ndef outer(n):\n    return make(n)",
        "outer('r')",
    ),
    "a method": (
        "class Maker:\n    def make(self, name):\n        return iam.create_role(RoleName=name)['Role']['Arn']\n"
        "maker = Maker()",
        "maker.make('r')",
    ),
}
USE = "boto3.client('sagemaker').create_model(ModelName='m', ExecutionRoleArn={taken})"


@pytest.mark.parametrize("case", ROLE_MAKERS)
@pytest.mark.parametrize("where", ["the file", "a function before", "a function after"])
def test_what_a_function_makes_and_returns_is_linked_by_its_callers(case: str, where: str) -> None:
    maker, taken = ROLE_MAKERS[case]
    use = USE.format(taken=taken)
    caller = use if where == "the file" else f"def main():\n    {use}"
    parts = [caller, maker] if where == "a function before" else [maker, caller]
    text = "\n".join(["import boto3", "iam = boto3.client('iam')", *parts])
    role = one(text, "Role")
    assert value(one(text, "Model").role) == Reference(role.origin.address, "Arn")


@pytest.mark.parametrize(
    "maker",
    [
        "def make(n):\n    if n:\n        return 'x'\n    return iam.create_role(RoleName=n)['Role']['Arn']",
        "def make(n):\n    try:\n        return iam.create_role(RoleName=n)\n    except E:\n        return n",
        "def make(n):\n    iam.create_role(RoleName=n)\n    return n",
        "def make(n):\n    yield iam.create_role(RoleName=n)['Role']['Arn']",
        "async def make(n):\n    return iam.create_role(RoleName=n)['Role']['Arn']",
        "def make(n):\n    iam.create_role(RoleName=n)\n    return make(n)",
        "def make(n):\n    def inner():\n        return iam.create_role(RoleName=n)['Role']['Arn']\n    return inner",
    ],
)
def test_a_function_that_may_return_something_else_is_not_followed(maker: str) -> None:
    text = "\n".join(["import boto3", "iam = boto3.client('iam')", maker, USE.format(taken="make('r')")])
    assert value(one(text, "Model").role) == "<what make() returns>"
    assert len([kind for kind in kinds(text) if kind == "IamRole"]) == 1


def test_a_function_that_is_called_often_makes_one_resource() -> None:
    text = """
        import boto3
        iam = boto3.client("iam")
        def make(name):
            return iam.create_role(RoleName=name)["Role"]["Arn"]
        roles = []
        for name in ["a", "b"]:
            roles.append(make(name))
        while more():
            make("c")
        boto3.client("sagemaker").create_model(ModelName="m", ExecutionRoleArn=make("d"))
    """
    assert kinds(text).count("IamRole") == 1
    assert value(one(text, "Model").role) == Reference(one(text, "Role").origin.address, "Arn")


@pytest.mark.parametrize(
    "text",
    [
        "made = [iam.create_role(RoleName=name) for name in names()]",
        "made = {name: iam.create_role(RoleName=name) for name in names() if name}",
        "made = dict((n, iam.create_role(RoleName=n)) for many in names() for n in many)",
        "def fixture():\n    yield iam.create_role(RoleName=find())",
        "def fixture():\n    made = yield from iam.create_role(RoleName=find())",
    ],
)
def test_requests_in_comprehensions_and_generators_are_seen(text: str) -> None:
    role = one(f"import boto3\niam = boto3.client('iam')\nname = 'other'\n{text}\nlast = name")
    assert role.kind == "IamRole"
    assert role.origin.address == f"iam:CreateRole/CreateRole in {'fixture' if 'fixture' in text else 'the file'}"


RESOURCES = """
import boto3
ec2 = boto3.resource("ec2", region_name="r")
group = ec2.create_security_group(GroupName="g", Description="d", VpcId="v")
group.authorize_ingress(
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
instances = ec2.create_instances(ImageId="ami-1", InstanceType="g5.xlarge", SecurityGroupIds=[group.id])
instances[0].id
iam = boto3.Session().resource("iam")
role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=find())
role.attach_policy(PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
"""


def test_objects_of_boto3s_resources_make_what_their_clients_make() -> None:
    made: dict[str, Any] = {resource.kind: resource for resource in source(RESOURCES).resources}
    group, rules, instance, role, attached = made.values()
    assert list(made) == ["SecurityGroup", "IngressRequest", "Ec2Instance", "IamRole", "ManagedPolicyAttachment"]
    assert value(rules.group) == Reference(group.origin.address, "GroupId")
    assert [found.target for found in value(instance.security_groups)] == [group.origin.address]
    assert value(attached.role) == Reference(role.origin.address, "RoleName")
    assert value(attached.policy).endswith("/AdministratorAccess")


@pytest.mark.parametrize(
    "call",
    ["role.authorize_ingress(GroupId='g')", "role.detach_policy(PolicyArn='p')", "other.attach_policy(PolicyArn='p')"],
)
def test_a_method_of_another_object_asks_for_nothing(call: str) -> None:
    text = f"""
import boto3
role = boto3.resource("iam").create_role(RoleName="r")
{call}
"""
    assert kinds(text) == ["IamRole"]


@pytest.mark.parametrize("field", ["SecurityGroups", "SecurityGroupIds"])
def test_groups_of_an_instance_are_given_by_name_or_by_id(field: str) -> None:
    instance = one(f"import boto3\nboto3.client('ec2').run_instances(ImageId='a', {field}=['ssh'])")
    template = one(
        "import boto3\nboto3.client('ec2').create_launch_template("
        f"LaunchTemplateName='t', LaunchTemplateData={{'{field}': ['ssh']}})"
    )
    assert value(instance.security_groups) == value(template.security_groups) == ["ssh"]


@pytest.mark.parametrize("made", ["SecurityGroup(made['GroupId'])", "SecurityGroup(id=made['GroupId'])"])
def test_an_object_of_what_a_client_made_stands_for_that(made: str) -> None:
    text = f"""
import boto3
made = boto3.client("ec2").create_security_group(GroupName=find(), Description="d")
group = boto3.resource("ec2").{made}
group.authorize_ingress(IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")
boto3.resource("ec2").SecurityGroup("sg-1").authorize_ingress(IpProtocol="-1", CidrIp="0.0.0.0/0")
"""
    group, rules = source(text).resources
    assert value(rules.group) == Reference(group.origin.address, "GroupId")  # type: ignore[attr-defined]
