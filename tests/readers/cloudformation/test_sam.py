"""SAM templates: functions and state machines as what they become, roles included."""

from __future__ import annotations

from typing import Any

from ourhalf.model.field import Known, Reference, Unresolved
from ourhalf.readers.cloudformation.intrinsics import Evaluator
from ourhalf.readers.cloudformation.sam import Made, Serverless
from ourhalf.readers.node import Node, plain
from ourhalf.readers.yaml import documents
from ourhalf.resources.iam import IamRole
from tests.support import read


def expanded(text: str) -> tuple[list[Made], list[str]]:
    """What the serverless resources of a template become, and what is said of the rest."""
    document = next(documents(text.encode(), "template.yaml"))
    evaluator = Evaluator(document)
    serverless = Serverless(document, evaluator)
    made: list[Made] = []
    reasons: list[str] = []
    for name, declared in (document.get("Resources") or Node({}, "")).items():
        kind = declared.get("Type")
        properties = evaluator.evaluate(declared.get("Properties") or declared.with_value({}))
        found, reason = serverless.expand(name, str(kind.value if kind else ""), properties)
        made += found
        reasons += [reason] if reason else []
    return made, reasons


def fields(made: Made) -> Any:
    """The properties of a made resource as plain values."""
    return plain(made.properties)


def test_a_function_becomes_a_lambda_function_with_the_globals() -> None:
    made, reasons = expanded("""
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, Layers: [a], Environment: {Variables: {A: 1, B: 2}}}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      InlineCode: pass
      Tracing: Active
      Layers: [b]
      Role: arn:aws:iam::1:role/r
      Environment: {Variables: {B: 3}}
""")
    assert reasons == []
    assert [(m.name, m.kind) for m in made] == [("F", "AWS::Lambda::Function")]
    assert fields(made[0]) == {
        "Runtime": "python3.12",
        "Handler": "app.handler",
        "Layers": ["a", "b"],
        "Environment": {"Variables": {"A": 1, "B": 3}},
        "TracingConfig": {"Mode": "Active"},
        "Code": {"ZipFile": "pass"},
        "Role": "arn:aws:iam::1:role/r",
    }


def test_globals_that_are_not_known_may_set_more() -> None:
    made, _ = expanded("""
Parameters: {P: {Type: String}}
Globals: {Function: !Ref P}
Resources: {F: {Type: AWS::Serverless::Function, Properties: {Role: r}}}
""")
    assert made[0].properties.rest is not None
    assert made[0].properties.rest.reason == "parameter P has no default"


def test_a_function_without_a_role_is_given_one() -> None:
    made, _ = expanded("""
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      VpcConfig: {SubnetIds: [s]}
      PermissionsBoundary: arn:b
      Policies:
        - AmazonS3FullAccess
        - arn:aws:iam::aws:policy/X
        - Version: '2012-10-17'
          Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]
        - S3ReadPolicy: {BucketName: b}
        - !Ref Managed
  Managed: {Type: AWS::IAM::ManagedPolicy}
""")
    function, role = made
    assert fields(function)["Role"] == "${FRole.Arn}"
    assert (role.name, role.kind) == ("FRole", "AWS::IAM::Role")
    found = fields(role)
    assert found["ManagedPolicyArns"] == [
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
        "arn:aws:iam::aws:policy/AmazonS3FullAccess",
        "arn:aws:iam::aws:policy/X",
        "${Managed.Ref}",
    ]
    assert [p["PolicyDocument"]["Statement"][0]["Action"] for p in found["Policies"][:1]] == ["s3:*"]
    assert found["Policies"][1:] == ["<the policy template S3ReadPolicy is not expanded>"]
    assert found["PermissionsBoundary"] == "arn:b"
    assert found["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": ["lambda.amazonaws.com"]}


def test_the_role_is_read_and_can_be_referred_to() -> None:
    found = read(
        {
            "template.yaml": """
Transform: AWS::Serverless-2016-10-31
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {Handler: h}}
  M: {Type: AWS::SageMaker::Model, Properties: {ExecutionRoleArn: !GetAtt FRole.Arn}}
  N: {Type: AWS::SageMaker::Model, Properties: {ExecutionRoleArn: !GetAtt Implicit.Arn}}
"""
        }
    )
    by_name = {resource.name: resource for resource in found.resources}
    assert isinstance(by_name["FRole"], IamRole)
    link = by_name["M"].role  # type: ignore[attr-defined]
    assert isinstance(link, Known)
    assert link.value == Reference("FRole", "Arn")
    doubt = by_name["N"].role  # type: ignore[attr-defined]
    assert isinstance(doubt, Unresolved)
    assert doubt.reason == "Implicit is not in the template as it is written"


def test_a_state_machine_holds_its_jobs() -> None:
    found = read(
        {
            "template.yaml": """
Transform: AWS::Serverless-2016-10-31
Resources:
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Policies: [AmazonSageMakerFullAccess]
      DefinitionSubstitutions: {Role: !GetAtt Train.Arn}
      Definition:
        StartAt: Train
        States:
          Train:
            Type: Task
            Resource: arn:aws:states:::sagemaker:createTrainingJob.sync
            Parameters: {TrainingJobName: t, RoleArn: '${Role}'}
            End: true
  Train: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
"""
        }
    )
    jobs = [r for r in found.resources if type(r).__name__ == "SageMakerTrainingJob"]
    assert [job.role.value for job in jobs] == [Reference("Train", "Arn")]  # type: ignore[attr-defined]
    assert "MachineRole" in [r.name for r in found.resources]


def test_what_is_not_expanded_is_said() -> None:
    _, reasons = expanded("""
Resources:
  A: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: arn, SemanticVersion: 1}}}
  B: {Type: AWS::Serverless::Connector, Properties: {}}
  C: {Type: AWS::Serverless::Api, Properties: {}}
""")
    assert reasons == [
        "application A: its template is not read",
        "connector B: the permissions that it gives are not read",
    ]
