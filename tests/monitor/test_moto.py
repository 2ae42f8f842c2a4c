"""The plan applied to moto's server: as a stack, and by calls of the API for what stacks of it do not know."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import yaml
from botocore.validate import ParamValidator
from moto.server import ThreadedMotoServer

from ourhalf.monitor.formats.format import all_formats
from tests.monitor.deployments import everything

# The server runs in a thread of this process, and what it is warned of is not ours.
pytestmark = pytest.mark.filterwarnings("ignore")

REGION = "us-east-1"
ACCOUNT = "123456789012"

# What the server cannot make at all: the requests are held to the API's own model instead.
WITHOUT_SERVER = {
    "AWS::AccessAnalyzer::Analyzer": ("accessanalyzer", "CreateAnalyzer"),
    "AWS::Backup::Framework": ("backup", "CreateFramework"),
    "AWS::Detective::Graph": ("detective", "CreateGraph"),
    "AWS::EKS::Addon": ("eks", "CreateAddon"),
    "AWS::GuardDuty::MalwareProtectionPlan": ("guardduty", "CreateMalwareProtectionPlan"),
    "AWS::SecurityHub::Standard": ("securityhub", "BatchEnableStandards"),
}


class Loader(yaml.SafeLoader):
    """Reads templates with functions as `{"!Sub": ...}`."""


def _function(loader: Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    assert isinstance(node, yaml.ScalarNode)
    return {f"!{suffix}": loader.construct_scalar(node)}


Loader.add_multi_constructor("!", _function)


class Server:
    """Clients of one server."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.endpoint,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield Server(f"http://{host}:{port}")
    running.stop()


@pytest.fixture(scope="module")
def template() -> str:
    return all_formats()["cloudformation"].render(everything())


class Stack:
    """The stack on the server, and its template with functions resolved."""

    def __init__(self, server: Server, template: str) -> None:
        vpc = server.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.parameters = {"VpcMain": vpc, "S3BucketUnnamed": "acme-training-data-1"}
        formation = server.client("cloudformation")
        formation.create_stack(
            StackName="monitoring",
            TemplateBody=_served(template),
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in self.parameters.items()],
        )
        self.status = formation.describe_stacks(StackName="monitoring")["Stacks"][0]["StackStatus"]
        listed = formation.describe_stack_resources(StackName="monitoring")["StackResources"]
        # What the server does not know in stacks it lists without a name.
        self.ids = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in listed if "LogicalResourceId" in one}
        self.document = yaml.load(io.StringIO(template), Loader)
        self.defaults = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT}
        self.defaults |= {k: v["Default"] for k, v in self.document["Parameters"].items() if "Default" in v}

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The properties of all resources of a type, resolved."""
        return [
            self._resolved(one.get("Properties", {}))
            for one in self.document["Resources"].values()
            if one["Type"] == kind
        ]

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith("!"):
            function, text = next(iter(value.items()))
            if function == "!Sub":
                return re.sub(r"\$\{([^}]+)\}", lambda m: self._value(m[1]), text)
            return self._value(text)
        if isinstance(value, dict):
            return {key: self._resolved(one) for key, one in value.items()}
        return [self._resolved(one) for one in value] if isinstance(value, list) else value

    def _value(self, name: str) -> str:
        logical, _, attribute = name.partition(".")
        found = self.defaults.get(name) or self.parameters.get(name) or self.ids.get(logical, f"made-{logical}")
        if not attribute or found.startswith("arn:"):
            return found
        kinds = {"Key": f"kms:{REGION}:{ACCOUNT}:key/", "Role": f"iam::{ACCOUNT}:role/", "Bucket": "s3:::"}
        kinds["LogGroup"] = f"logs:{REGION}:{ACCOUNT}:log-group:"
        kind = self.document["Resources"][logical]["Type"].rsplit(":", 1)[-1]
        return f"arn:aws:{kinds[kind]}{found}" + (":*" if kind == "LogGroup" else "")


def _served(template: str) -> str:
    """The template without the tags of the key, which the server reads in the spelling of the API."""
    before, alias, after = template.partition("  OurhalfKeyAlias:")
    return before[: before.rindex("      Tags:")] + alias + after


@pytest.fixture(scope="module")
def stack(server: Server, template: str) -> Stack:
    return Stack(server, template)


def request(shape: Any, value: Any) -> Any:
    """Properties of CloudFormation as a request of the API, whose names differ in their case alone."""
    match shape.type_name:
        case "structure":
            names = {name.lower(): name for name in shape.members}
            unknown = [key for key in value if key.lower() not in names]
            assert not unknown, f"{shape.name} has no {unknown}"
            return {names[k.lower()]: request(shape.members[names[k.lower()]], one) for k, one in value.items()}
        case "map" if isinstance(value, list):  # tags
            return {one["Key"]: one["Value"] for one in value}
        case "map":
            return {key: request(shape.value, one) for key, one in value.items()}
        case "list":
            return [request(shape.member, one) for one in value]
        case "string" if not isinstance(value, str):
            return yaml.safe_dump(value)
    return value


def call(client: Any, operation: str, properties: dict[str, Any], inside: str | None = None, **more: Any) -> Any:
    """Calls an operation with properties of a template, below one of its parameters where `inside` names it."""
    shape = client.meta.service_model.operation_model(operation).input_shape
    asked = request(shape.members[inside] if inside else shape, properties)
    method = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
    return getattr(client, method)(**({inside: asked} if inside else asked), **more)


def test_the_stack_is_made(stack: Stack) -> None:
    assert stack.status == "CREATE_COMPLETE"


def test_keys_turn_and_logs_are_kept(server: Server, stack: Stack) -> None:
    kms, logs = server.client("kms"), server.client("logs")
    assert kms.get_key_rotation_status(KeyId=stack.ids["OurhalfKey"])["KeyRotationEnabled"]
    (group,) = logs.describe_log_groups(logGroupNamePrefix="/ourhalf/")["logGroups"]
    assert group["retentionInDays"] == 365
    (asked,) = stack.of("AWS::Logs::LogGroup")  # a stack of the server leaves its key out
    logs.delete_log_group(logGroupName=asked["LogGroupName"])
    del asked["RetentionInDays"]
    call(logs, "CreateLogGroup", asked)
    (group,) = logs.describe_log_groups(logGroupNamePrefix="/ourhalf/")["logGroups"]
    assert group["kmsKeyId"].endswith(f":key/{stack.ids['OurhalfKey']}")


# What a stack of the server leaves out of a bucket: the property, the operation, and the parameter of that.
APART = (
    ("VersioningConfiguration", "PutBucketVersioning", "VersioningConfiguration"),
    ("PublicAccessBlockConfiguration", "PutPublicAccessBlock", "PublicAccessBlockConfiguration"),
    ("OwnershipControls", "PutBucketOwnershipControls", "OwnershipControls"),
)


@pytest.mark.parametrize(
    ("name", "algorithm"), [("ourhalf-monitoring-1", "aws:kms"), ("ourhalf-monitoring-a", "AES256")]
)
def test_buckets_are_closed_encrypted_and_versioned(server: Server, stack: Stack, name: str, algorithm: str) -> None:
    s3 = server.client("s3")
    (asked,) = [one for one in stack.of("AWS::S3::Bucket") if one["BucketName"].startswith(name)]
    bucket = asked["BucketName"]
    assert bucket in stack.ids.values()
    for part, operation, parameter in APART:
        call(s3, operation, asked[part], parameter, Bucket=bucket)
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == algorithm
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert set(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()) == {True}
    (owned,) = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert owned["ObjectOwnership"] == "BucketOwnerEnforced"


def test_the_vpc_has_a_flow_log(server: Server, stack: Stack) -> None:
    (log,) = server.client("ec2").describe_flow_logs()["FlowLogs"]
    assert log["ResourceId"] == stack.parameters["VpcMain"]
    assert (log["LogDestinationType"], log["TrafficType"]) == ("s3", "ALL")


def test_findings_and_alarms_reach_the_topic(server: Server, stack: Stack) -> None:
    topic = stack.ids["OurhalfTopic"]
    sns, events, watch = server.client("sns"), server.client("events"), server.client("cloudwatch")
    (policy,) = stack.of("AWS::SNS::TopicPolicy")
    document = json.dumps(policy["PolicyDocument"])
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document)
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert attributes["KmsMasterKeyId"] == stack.ids["OurhalfKey"]
    assert json.loads(attributes["Policy"]) == policy["PolicyDocument"]
    assert [t["Arn"] for t in events.list_targets_by_rule(Rule="ourhalf-severe-findings")["Targets"]] == [topic]
    assert "GuardDuty Finding" in events.describe_rule(Name="ourhalf-severe-findings")["EventPattern"]
    (asked,) = stack.of("AWS::CloudWatch::Alarm")
    call(watch, "PutMetricAlarm", {"AlarmName": "errors", **asked})
    (alarm,) = watch.describe_alarms()["MetricAlarms"]
    assert alarm["AlarmActions"] == [topic]
    assert {one["Name"]: one["Value"] for one in alarm["Dimensions"]} == {
        "EndpointName": "classifier",
        "VariantName": "AllTraffic",
    }


def test_bucket_policies_are_taken_and_refuse_what_is_not_encrypted(server: Server, stack: Stack) -> None:
    s3 = server.client("s3")
    for asked in stack.of("AWS::S3::BucketPolicy"):
        s3.put_bucket_policy(Bucket=asked["Bucket"], Policy=json.dumps(asked["PolicyDocument"]))
        found = json.loads(s3.get_bucket_policy(Bucket=asked["Bucket"])["Policy"])
        denied = [one for one in found["Statement"] if one["Effect"] == "Deny"]
        assert [one["Condition"] for one in denied] == [{"Bool": {"aws:SecureTransport": "false"}}]
        assert all(one["Principal"] != "*" for one in found["Statement"] if one["Effect"] == "Allow")


def test_roles_trust_one_service_each(server: Server, stack: Stack) -> None:
    roles = server.client("iam").list_roles()["Roles"]
    services = [
        one["Principal"]["Service"]
        for role in roles
        for one in role["AssumeRolePolicyDocument"]["Statement"]
        if role["RoleName"] in stack.ids.values()
    ]
    assert sorted(services) == [
        "cloudtrail.amazonaws.com",
        "malware-protection-plan.guardduty.amazonaws.com",
        "pods.eks.amazonaws.com",
    ]


def test_guardduty_is_on_with_its_features(server: Server, stack: Stack) -> None:
    client = server.client("guardduty")
    (asked,) = stack.of("AWS::GuardDuty::Detector")
    made = call(client, "CreateDetector", asked)["DetectorId"]
    found = client.get_detector(DetectorId=made)
    assert found["Status"] == "ENABLED"
    features = {one["Name"]: one for one in found["Features"]}
    assert features.keys() == {"S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RUNTIME_MONITORING"}
    assert {one["Status"] for one in features.values()} == {"ENABLED"}


def test_security_hub_and_macie_are_on(server: Server, stack: Stack) -> None:
    hub, macie = server.client("securityhub"), server.client("macie2")
    call(hub, "EnableSecurityHub", stack.of("AWS::SecurityHub::Hub")[0])
    assert hub.describe_hub()["HubArn"].endswith("hub/default")
    call(macie, "EnableMacie", stack.of("AWS::Macie::Session")[0])
    assert macie.get_macie_session()["status"] == "ENABLED"


def test_inspector_scans_images_and_instances(server: Server, stack: Stack) -> None:
    client = server.client("inspector2")
    terraform = all_formats()["terraform"].render(everything())
    kinds = re.search(r'aws_inspector2_enabler" "ourhalf" \{.*?resource_types = \[(.*?)\]', terraform, re.DOTALL)
    assert kinds is not None
    client.enable(accountIds=[ACCOUNT], resourceTypes=re.findall(r'"(\w+)"', kinds[1]))
    (account,) = client.batch_get_account_status(accountIds=[ACCOUNT])["accounts"]
    assert {k: v["status"] for k, v in account["resourceState"].items() if k in ("ec2", "ecr")} == {
        "ec2": "ENABLED",
        "ecr": "ENABLED",
    }
    ecr = server.client("ecr")
    call(ecr, "PutRegistryScanningConfiguration", stack.of("AWS::ECR::RegistryScanningConfiguration")[0])
    found = ecr.get_registry_scanning_configuration()["scanningConfiguration"]
    assert found["scanType"] == "ENHANCED"


def test_the_trail_records_objects_and_endpoints(server: Server, stack: Stack) -> None:
    client = server.client("cloudtrail")
    (asked,) = stack.of("AWS::CloudTrail::Trail")
    selectors = asked.pop("AdvancedEventSelectors")
    asked["Name"] = asked.pop("TrailName")
    asked["TagsList"] = asked.pop("Tags")
    assert asked.pop("IsLogging") is True
    call(client, "CreateTrail", asked)
    call(client, "PutEventSelectors", {"TrailName": "ourhalf", "AdvancedEventSelectors": selectors})
    client.start_logging(Name="ourhalf")
    trail = client.get_trail(Name="ourhalf")["Trail"]
    assert (trail["IsMultiRegionTrail"], trail["LogFileValidationEnabled"]) == (True, True)
    assert client.get_trail_status(Name="ourhalf")["IsLogging"]
    found = client.get_event_selectors(TrailName="ourhalf")["AdvancedEventSelectors"]
    kinds = [f["Equals"][0] for s in found for f in s["FieldSelectors"] if f["Field"] == "resources.type"]
    assert kinds == ["AWS::S3::Object", "AWS::SageMaker::Endpoint", "AWS::SageMaker::FeatureGroup"]
    arns = [a for s in found for f in s["FieldSelectors"] for a in f.get("StartsWith", ())]
    assert {"arn:aws:s3:::acme-scans/", "arn:aws:s3:::acme-training-data-1/"} <= set(arns)


def test_config_records_and_takes_every_rule(server: Server, stack: Stack) -> None:
    client = server.client("config")
    (role,) = stack.of("AWS::IAM::ServiceLinkedRole")
    call(server.client("iam"), "CreateServiceLinkedRole", role)
    (recorder,) = stack.of("AWS::Config::ConfigurationRecorder")
    call(client, "PutConfigurationRecorder", recorder, "ConfigurationRecorder")
    (channel,) = stack.of("AWS::Config::DeliveryChannel")
    call(client, "PutDeliveryChannel", channel, "DeliveryChannel")
    client.start_configuration_recorder(ConfigurationRecorderName="ourhalf")
    (status,) = client.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    assert status["recording"] is True
    (pack,) = stack.of("AWS::Config::ConformancePack")
    rules = [one["Properties"] for one in yaml.safe_load(pack["TemplateBody"])["Resources"].values()]
    for rule in rules:
        if "InputParameters" in rule:
            rule["InputParameters"] = json.dumps(rule["InputParameters"])
        call(client, "PutConfigRule", rule, "ConfigRule")
    found: list[str] = []
    for page in client.get_paginator("describe_config_rules").paginate():
        found += [one["ConfigRuleName"] for one in page["ConfigRules"]]
    assert sorted(found) == sorted(rule["ConfigRuleName"] for rule in rules)
    assert len(rules) > 40


@pytest.mark.parametrize("kind", sorted(WITHOUT_SERVER))
def test_requests_that_the_server_does_not_know_fit_the_model(server: Server, stack: Stack, kind: str) -> None:
    service, operation = WITHOUT_SERVER[kind]
    shape = server.client(service).meta.service_model.operation_model(operation).input_shape
    for asked in stack.of(kind):
        whole = {"StandardsSubscriptionRequests": [asked]} if kind == "AWS::SecurityHub::Standard" else asked
        report = ParamValidator().validate(request(shape, whole), shape)
        assert not report.has_errors(), report.generate_report()


def test_nothing_is_left_out(stack: Stack) -> None:
    """Every type of the template is made on the server, or its request is held to the model."""
    by_calls = {
        "AWS::CloudTrail::Trail", "AWS::CloudWatch::Alarm", "AWS::Config::ConfigurationRecorder",
        "AWS::Config::ConformancePack", "AWS::Config::DeliveryChannel", "AWS::ECR::RegistryScanningConfiguration",
        "AWS::GuardDuty::Detector", "AWS::IAM::ServiceLinkedRole", "AWS::Macie::Session", "AWS::S3::BucketPolicy",
        "AWS::SNS::TopicPolicy", "AWS::SecurityHub::Hub",
    }  # fmt: skip
    by_stack = {
        "AWS::EC2::FlowLog", "AWS::Events::Rule", "AWS::IAM::Role", "AWS::KMS::Alias", "AWS::KMS::Key",
        "AWS::Logs::LogGroup", "AWS::S3::Bucket", "AWS::SNS::Topic",
    }  # fmt: skip
    resources = stack.document["Resources"]
    assert {one["Type"] for one in resources.values()} == by_calls | by_stack | WITHOUT_SERVER.keys()
    assert {one["Type"] for name, one in resources.items() if name in stack.ids} == by_stack
