"""Controls on model files: what is proved passes, what is dangerous fails, and all else is unknown."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ourhalf.controls.models import files as group
from ourhalf.model.field import Known, Unresolved
from ourhalf.model.profile import Parameters, Requirements, Sensitivity, Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from ourhalf.resources.model_files import ModelFile, key_name
from tests.support import Case, check, cloudformation, kubernetes, read

PASS, FAIL, UNKNOWN, NONE = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE
STRICT = Requirements(Sensitivity.REGULATED)
HEADER = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
SAFETENSORS = len(HEADER).to_bytes(8, "little") + HEADER + b"\0\0\0\0"
DATA, SYSTEM, CLASS = b"\x80\x04}.", b"cposix\nsystem\n(S'id'\ntR.", b"\x80\x04\x8c\x04mine\x8c\x03Own\x93)\x81."


def file(content: bytes, name: str = "m.pkl") -> tuple[Resource, ...]:
    return read({name: content}).resources


def hidden(field: str) -> tuple[Resource, ...]:
    return (replace(ModelFile(name="m.pkl"), **{field: Unresolved("not read")}),)


def digested(content: bytes, digest: str = "ab") -> tuple[Resource, ...]:
    (one,) = file(content)
    return (replace(one, digest=Known(digest, one.place)),)


def signed(content: bytes, *keys: str) -> tuple[Resource, ...]:
    (one,) = file(content)
    return (replace(one, signers=Known(tuple(map(key_name, keys)), one.place)),)


def given(**parameters: Any) -> Requirements:
    return Requirements(parameters=Parameters(**parameters))


def licensed(license_: str) -> bytes:
    header = b'{"__metadata__":{"license":"%s"},' % license_.encode() + HEADER[1:]
    return len(header).to_bytes(8, "little") + header + bytes(4)


PROOF = given(require_proved_models=True)
EARLY = given(data_formats_from=Sensitivity.INTERNAL)
TRUST = {"trusted_models": ("ab",)}
KEY = "-----BEGIN PUBLIC KEY-----"
KEYS = {"trusted_model_keys": (f" {KEY}\n",)}
LICENSES = given(accepted_model_licenses=("apache-2.0", "MIT"))

CASES: list[Case] = [
    Case(group.PROVED_SAFE, PASS, file(DATA)),
    Case(group.PROVED_SAFE, PASS, file(SAFETENSORS, "m.safetensors")),
    Case(group.PROVED_SAFE, FAIL, file(SYSTEM)),
    Case(group.PROVED_SAFE, FAIL, file(DATA + SYSTEM)),
    Case(group.PROVED_SAFE, UNKNOWN, file(CLASS)),
    Case(group.PROVED_SAFE, UNKNOWN, file(DATA[:-1])),
    Case(group.PROVED_SAFE, UNKNOWN, file(b"nothing that is known", "m.pt")),
    Case(group.PROVED_SAFE, UNKNOWN, hidden("judgement")),
    Case(group.PROVED_SAFE, UNKNOWN, (ModelFile(name="m.pkl"),)),
    Case(group.DATA_FORMAT, PASS, file(SAFETENSORS, "m.safetensors"), requirements=STRICT),
    Case(group.DATA_FORMAT, FAIL, file(DATA), requirements=STRICT),
    Case(group.DATA_FORMAT, UNKNOWN, hidden("formats"), requirements=STRICT),
    Case(group.DATA_FORMAT, NONE, file(DATA)),
    Case(group.DATA_FORMAT, FAIL, file(DATA), requirements=EARLY),
    Case(group.DATA_FORMAT, PASS, file(SAFETENSORS), requirements=EARLY),
    Case(group.PROVED_SAFE, FAIL, file(CLASS), requirements=PROOF),
    Case(group.PROVED_SAFE, FAIL, file(DATA[:-1]), requirements=PROOF),
    Case(group.PROVED_SAFE, PASS, file(DATA), requirements=PROOF),
    Case(group.PROVED_SAFE, UNKNOWN, hidden("judgement"), requirements=PROOF),
    Case(group.PROVED_SAFE, UNKNOWN, digested(CLASS), requirements=given(require_proved_models=True, **TRUST)),
    Case(group.PROVED_SAFE, FAIL, digested(CLASS, "00"), requirements=given(require_proved_models=True, **TRUST)),
    Case(group.TRUSTED, PASS, digested(SYSTEM), requirements=given(**TRUST)),
    Case(group.TRUSTED, PASS, digested(SYSTEM), requirements=given(trusted_models=("sha256:AB",))),
    Case(group.TRUSTED, FAIL, digested(DATA, "00"), requirements=given(**TRUST)),
    Case(group.TRUSTED, UNKNOWN, file(DATA), requirements=given(**TRUST)),
    Case(group.TRUSTED, UNKNOWN, hidden("digest"), requirements=given(**TRUST)),
    Case(group.TRUSTED, NONE, digested(DATA)),
    Case(group.TRUSTED, PASS, signed(SYSTEM, KEY), requirements=given(**KEYS)),
    Case(group.TRUSTED, PASS, signed(SYSTEM, "another", KEY), requirements=given(**KEYS, **TRUST)),
    Case(group.TRUSTED, FAIL, signed(DATA, "another"), requirements=given(**KEYS)),
    Case(group.TRUSTED, FAIL, signed(DATA), requirements=given(**KEYS)),
    Case(group.TRUSTED, UNKNOWN, signed(DATA), requirements=given(**KEYS, **TRUST)),
    Case(group.TRUSTED, UNKNOWN, file(DATA), requirements=given(**KEYS)),
    Case(group.TRUSTED, UNKNOWN, hidden("signers"), requirements=given(**KEYS)),
    Case(group.PROVED_SAFE, UNKNOWN, signed(CLASS, KEY), requirements=given(require_proved_models=True, **KEYS)),
    Case(group.PROVED_SAFE, FAIL, signed(CLASS), requirements=given(require_proved_models=True, **KEYS)),
    Case(group.LICENSED, PASS, file(licensed("Apache-2.0")), requirements=LICENSES),
    Case(group.LICENSED, FAIL, file(licensed("cc-by-nc-4.0")), requirements=LICENSES),
    Case(group.LICENSED, UNKNOWN, file(SAFETENSORS), requirements=LICENSES),
    Case(group.LICENSED, UNKNOWN, file(licensed(" ")), requirements=LICENSES),
    Case(group.LICENSED, UNKNOWN, hidden("licenses"), requirements=LICENSES),
    Case(group.LICENSED, NONE, file(licensed("cc-by-nc-4.0"))),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


def test_why_and_where_are_told() -> None:
    _, verdict = Case(group.PROVED_SAFE, FAIL, file(DATA + SYSTEM)).judged()
    assert verdict.reason.startswith("it takes posix.system, which runs commands")
    assert verdict.places[0].field == "byte 4"


def role(actions: str) -> str:
    return f"""
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: serve
      AssumeRolePolicyDocument: {{}}
      Policies:
      - PolicyName: p
        PolicyDocument: {{Statement: [{{Effect: Allow, Action: "{actions}", Resource: "*"}}]}}
"""


def serving(
    actions: str, image: str = "i", address: str = "s3://b/llama.pkl", **environment: str
) -> tuple[Resource, ...]:
    return cloudformation(
        f"""
Resources:
  Model:
    Type: AWS::SageMaker::Model
    Properties:
      ModelName: chat
      ExecutionRoleArn: !GetAtt Role.Arn
      PrimaryContainer: {{Image: "{image}", ModelDataUrl: "{address}", Environment: {environment}}}
{role(actions)}"""
    )


OLD = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.3.0-gpu-py311-cu121-ubuntu20.04-sagemaker"
NEW = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.6.0-gpu-py312-cu124-ubuntu22.04-ec2"
LOADS = "; Model loads it: its model data are this file"


@pytest.mark.parametrize(
    ("content", "others", "severity", "said"),
    [
        (SYSTEM, (), None, ""),
        (SYSTEM, serving("*", address="s3://b/other.pkl"), Severity.HIGH, "; nothing that was read loads it"),
        (SYSTEM, serving("logs:*"), None, f"{LOADS}, with role Role"),
        (SYSTEM, serving("*"), None, f"{LOADS}, with role Role, which may do everything"),
        (CLASS, (), Severity.HIGH, ""),
        (CLASS, serving("*", address="s3://b/other.pkl"), Severity.MEDIUM, "; nothing that was read loads it"),
        (CLASS, serving("logs:*"), Severity.HIGH, f"{LOADS}, with role Role"),
        (CLASS, serving("s3:Get*"), Severity.CRITICAL,
         f"{LOADS}, with role Role, which may do s3:GetObject on every resource"),
        (CLASS, serving("logs:*", OLD), Severity.HIGH,
         f"{LOADS}, by PyTorch 2.3, whose torch.load unpickles everything, with role Role"),
        (CLASS, serving("logs:*", NEW), Severity.HIGH, f"{LOADS}, with role Role"),
        (CLASS, serving("logs:*", TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD="1"), Severity.HIGH,
         f"{LOADS}, where TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD makes torch.load unpickle everything, with role Role"),
        (CLASS, read({"Dockerfile": "FROM python:3.12\nCOPY llama.pkl /opt/"}).resources, Severity.HIGH,
         "; it is copied into an image by "),
    ],
)  # fmt: skip
@pytest.mark.parametrize("asked", [False, True])
def test_severity_follows_who_loads_it(
    content: bytes, others: tuple[Resource, ...], severity: Severity | None, said: str, asked: bool
) -> None:
    resources = (*file(content, "llama.pkl"), *others)
    status = FAIL if content == SYSTEM or asked else UNKNOWN
    _, verdict = Case(group.PROVED_SAFE, status, resources, requirements=PROOF if asked else Requirements()).judged()
    assert (verdict.status, verdict.severity) == (status, severity)
    assert said in verdict.reason
    assert said or "load" not in verdict.reason


def test_what_the_internet_reaches_is_worse() -> None:
    pod = """
apiVersion: v1
kind: Pod
metadata: {name: chat, labels: {app: chat}}
spec: {containers: [{name: c, image: i, args: [/srv/llama.pkl], ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata:
  name: chat
  annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing}
spec: {type: LoadBalancer, selector: {app: chat}, ports: [{port: 80, targetPort: 8080}]}
"""
    _, verdict = Case(group.PROVED_SAFE, UNKNOWN, (*file(CLASS, "llama.pkl"), *kubernetes(pod))).judged()
    assert verdict.severity is Severity.CRITICAL
    assert "chat loads it: its command names this file, and the internet reaches its port 8080" in verdict.reason


def test_the_most_powerful_is_told_first_and_not_all() -> None:
    one = "apiVersion: v1\nkind: Pod\nmetadata: {name: pN}\n"
    one += "spec: {containers: [{name: c, image: i, args: [llama.pkl]}]}\n"
    pods = "---\n".join(one.replace("pN", f"p{n}") for n in range(3))
    resources = (*file(CLASS, "llama.pkl"), *kubernetes(pods), *serving("*"))
    _, verdict = Case(group.PROVED_SAFE, UNKNOWN, resources).judged()
    assert verdict.severity is Severity.CRITICAL
    assert verdict.reason.index("Model loads it") < verdict.reason.index("p0 loads it")
    assert verdict.reason.endswith("; and 2 more load it")
