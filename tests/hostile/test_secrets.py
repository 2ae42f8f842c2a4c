"""Secrets in every place where a reader meets one: no report, cache entry or message repeats them."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import pytest

from ourhalf.readers.secrets import redact_text, redact_words, scrub
from tests.hostile.sandbox import ourhalf, write

KEY = "AKIA" + "QWERTYUIOPASDFGH"
HUGGING_FACE = "hf_" + "abcdefghijklmnopqrstuvwxyzABCDEFGH"
PRIVATE = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
PASSWORD = "Tr0ub4dor-and-3"
SECRETS = (KEY, HUGGING_FACE, PRIVATE, PASSWORD)

PEM = f"-----BEGIN PRIVATE KEY-----\n{PRIVATE}\n-----END PRIVATE KEY-----\n"
URLS = (f"https://me:{PASSWORD}@example.com/x", f"postgresql://me:{PASSWORD}@db:5432/x", f"redis://:{PASSWORD}@cache")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": KEY,
    "PLAIN": HUGGING_FACE,
    "PEM": PEM,
    "DB_PASSWORD": PASSWORD,
    "apiKey": PASSWORD,
    "URL": URLS[0],
    "DATABASE": URLS[1],
    "CACHE": URLS[2],
    "OPTIONS": f"--password {PASSWORD} -v",
}
ARGUMENTS = [
    "serve",
    "--api-key",
    PASSWORD,
    f"--password={PASSWORD}",
    "--hf-token",
    HUGGING_FACE,
    f"--db={URLS[1]}",
    f"DB_PASSWORD={PASSWORD}",
    "sh",
    "-c",
    f"export TOKEN={PASSWORD}; login --user me --password '{PASSWORD}' && run --secret=\"{PASSWORD}\"",
]
SCRIPT = f"""#!/bin/bash
export HF_TOKEN={HUGGING_FACE}
export DB_PASSWORD={PASSWORD}
mysql --password={PASSWORD} --token "{PASSWORD}"
docker login -u me --password {PASSWORD} registry.example.com
docker run -d --privileged -e API_KEY={PASSWORD} -e X={KEY} vllm/vllm-openai:v0.6.0 --api-key {PASSWORD} --host 0.0.0.0
curl {URLS[0]}
"""


def encoded(script: str) -> str:
    return base64.b64encode(script.encode()).decode()


def hcl(value: object) -> str:
    return json.dumps(value)


CONTAINER = {
    "name": "main",
    "image": "vllm/vllm-openai:v0.6.0",
    "privileged": True,
    "command": ARGUMENTS,
    "entryPoint": ["sh", "-c", f"run --password {PASSWORD}"],
    "environment": [{"name": name, "value": value} for name, value in ENVIRONMENT.items()],
}
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {
        "name": "p",
        "labels": {"password": PASSWORD},
        "annotations": {
            "token": PASSWORD,
            "kubectl.kubernetes.io/last-applied-configuration": json.dumps({"env": [{"name": "TOKEN", "value": KEY}]}),
        },
    },
    "spec": {
        "containers": [
            {
                "name": "main",
                "image": "vllm/vllm-openai:v0.6.0",
                "securityContext": {"privileged": True},
                "command": ["sh", "-c", f"vllm serve --api-key {PASSWORD}"],
                "args": ARGUMENTS,
                "env": CONTAINER["environment"],
                "livenessProbe": {"exec": {"command": ["curl", "--password", PASSWORD]}},
            }
        ]
    },
}
SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "s"},
    "data": {"a": base64.b64encode(PASSWORD.encode()).decode()},
    "stringData": {"plain": PASSWORD, "key": KEY},
}
CONFIG = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "c"},
    "data": {"password": PASSWORD, "run.sh": SCRIPT, "url": URLS[1]},
}
JOB = {
    "TrainingJobName": "j",
    "AlgorithmSpecification": {
        "TrainingImage": "x:1",
        "ContainerEntrypoint": ["sh", "-c", f"train --token {PASSWORD}"],
        "ContainerArguments": ARGUMENTS,
    },
    "Environment": ENVIRONMENT,
    "HyperParameters": {"password": PASSWORD, "hf_token": HUGGING_FACE},
    "Tags": [{"Key": "secret", "Value": PASSWORD}],
}
TEMPLATE = {
    "Parameters": {"Password": {"Type": "String", "Default": PASSWORD}},
    "Resources": {
        "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"ContainerDefinitions": [CONTAINER]}},
        "Model": {
            "Type": "AWS::SageMaker::Model",
            "Properties": {
                "PrimaryContainer": {"Image": "x:1", "Environment": {"A_TOKEN": {"Ref": "Password"}} | ENVIRONMENT}
            },
        },
        "Instance": {"Type": "AWS::EC2::Instance", "Properties": {"UserData": {"Fn::Base64": SCRIPT}}},
        "Joined": {
            "Type": "AWS::EC2::Instance",
            "Properties": {"UserData": {"Fn::Base64": {"Fn::Sub": SCRIPT + "\n${Task} ${AWS::Region}"}}},
        },
        "Database": {"Type": "AWS::RDS::DBInstance", "Properties": {"MasterUserPassword": PASSWORD}},
    },
    "Outputs": {"Password": {"Value": PASSWORD}},
}
TERRAFORM = f"""\
variable "db_password" {{
  default = "{PASSWORD}"
}}
locals {{
  key   = "{KEY}"
  token = var.db_password
}}
resource "aws_ecs_task_definition" "t" {{
  family                = "t"
  container_definitions = jsonencode([{{
    name = "main", image = "x:1", privileged = true, command = {hcl(ARGUMENTS)}
    environment = [{{ name = "TOKEN", value = local.token }}, {{ name = "K", value = local.key }}]
  }}])
}}
resource "aws_sagemaker_model" "m" {{
  name = "m"
  primary_container {{
    image       = "x:1"
    environment = {{ DB_PASSWORD = var.db_password, PREFIXED_TOKEN = "{PASSWORD}${{var.unknown}}" }}
  }}
}}
resource "aws_instance" "i" {{
  user_data = <<-EOT
    {SCRIPT.replace(chr(10), chr(10) + "    ")}
  EOT
}}
resource "aws_db_instance" "d" {{
  password = "{PASSWORD}"
}}
provider "aws" {{
  access_key = "{KEY}"
  secret_key = "{PASSWORD}"
}}
"""
PLAN = {
    "format_version": "1.2",
    "terraform_version": "1.9.0",
    "variables": {"password": {"value": PASSWORD}},
    "planned_values": {
        "root_module": {
            "resources": [
                {
                    "address": "aws_sagemaker_model.m",
                    "mode": "managed",
                    "type": "aws_sagemaker_model",
                    "name": "m",
                    "values": {"name": "m", "primary_container": [{"image": "x:1", "environment": ENVIRONMENT}]},
                },
                {
                    "address": "aws_instance.i",
                    "mode": "managed",
                    "type": "aws_instance",
                    "name": "i",
                    "values": {"user_data": SCRIPT},
                },
            ]
        }
    },
}
PYTHON = f"""\
import boto3, os, sagemaker
from sagemaker.estimator import Estimator
TOKEN = "{HUGGING_FACE}"
password = "{PASSWORD}"
session = boto3.Session(aws_access_key_id="{KEY}", aws_secret_access_key="{PASSWORD}")
sm = session.client("sagemaker")
sm.create_model(ModelName="m", PrimaryContainer={{"Image": "x:1", "Environment": {ENVIRONMENT!r}}})
sm.create_training_job(**{JOB!r})
Estimator("x:1", "role", 1, "ml.m5.large", environment={{"DB_PASSWORD": password, "T": TOKEN}},
          hyperparameters={{"password": password}}).fit()
"""
DOCKERFILE = f"""\
FROM python:3.11
ARG DB_PASSWORD={PASSWORD}
ENV API_KEY={PASSWORD} X={KEY}
ENV OTHER_TOKEN {PASSWORD}
RUN pip install --extra-index-url {URLS[0]} x && login --password {PASSWORD}
RUN echo "root:{PASSWORD}" | chpasswd && export TOKEN={PASSWORD}
RUN <<EOF
export DB_PASSWORD={PASSWORD}
EOF
LABEL password={PASSWORD}
ADD {URLS[0]} /x
HEALTHCHECK CMD curl --password {PASSWORD} localhost
ENTRYPOINT ["serve", "--api-key", "{PASSWORD}"]
CMD serve --password {PASSWORD}
"""
COMPOSE = {
    "services": {
        "a": {"image": "x:1", "privileged": True, "environment": ENVIRONMENT, "command": ARGUMENTS},
        "b": {
            "image": "x:1",
            "environment": [f"{name}={value}" for name, value in ENVIRONMENT.items()],
            "command": f"serve --password {PASSWORD}",
            "labels": {"password": PASSWORD},
            "env_file": "secret.env",
        },
    }
}
BATCH = {
    "jobDefinitionName": "j",
    "type": "container",
    "containerProperties": {
        "image": "x:1",
        "command": ARGUMENTS,
        "environment": CONTAINER["environment"],
        "privileged": True,
    },
}
MACHINE = {
    "StartAt": "A",
    "States": {
        "A": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createTrainingJob",
            "Parameters": JOB,
            "End": True,
        }
    },
}
BROKEN = f"apiVersion: v1\nkind: Pod\npassword: {PASSWORD}\n {KEY}: [\n{PASSWORD}: {{\n"

FILES: dict[str, dict[str, str]] = {
    "kubernetes": {"pod.json": json.dumps(POD), "s.json": json.dumps(SECRET), "c.json": json.dumps(CONFIG)},
    "kustomize": {
        "kustomization.yaml": "resources: [pod.json]\n"
        f"\nsecretGenerator: [{{name: s, literals: [x_token={PASSWORD}]}}]\n",
        "pod.json": json.dumps(POD),
    },
    "chart": {
        "Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
        "values.yaml": f"password: {PASSWORD}\nimage: x\n",
        "templates/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: '{{ .Values.image }}'}\n"
        "spec:\n  containers:\n"
        f"  - name: a\n    image: x\n    env:\n    - {{name: TOKEN, value: '{PASSWORD}{{{{ .Values.x }}}}'}}\n",
    },
    "ecs": {"task.json": json.dumps({"family": "t", "containerDefinitions": [CONTAINER]})},
    "batch": {"job.json": json.dumps(BATCH)},
    "sagemaker": {"job.json": json.dumps(JOB)},
    "stepfunctions": {"machine.json": json.dumps(MACHINE)},
    "cloudformation": {"t.json": json.dumps(TEMPLATE)},
    "terraform": {"main.tf": TERRAFORM, "terraform.tfvars": f'db_password = "{PASSWORD}"\n'},
    "plan": {"plan.json": json.dumps(PLAN)},
    "python": {"a.py": PYTHON},
    "notebook": {"a.ipynb": json.dumps({"cells": [{"cell_type": "code", "source": PYTHON}], "nbformat": 4})},
    "dockerfile": {"Dockerfile": DOCKERFILE},
    "compose": {
        "compose.json": json.dumps(COMPOSE),
        "compose.yaml": json.dumps(COMPOSE),
        "secret.env": f"A={PASSWORD}\n",
    },
    "user data": {
        "lt.json": json.dumps({"LaunchTemplateName": "lt", "LaunchTemplateData": {"UserData": encoded(SCRIPT)}}),
        "cloud.json": json.dumps(
            {
                "LaunchTemplateName": "cloud",
                "LaunchTemplateData": {"UserData": encoded(f"#cloud-config\nruncmd: {json.dumps([SCRIPT])}\n")},
            }
        ),
        "gzip.json": json.dumps(
            {
                "LaunchTemplateName": "gz",
                "LaunchTemplateData": {"UserData": base64.b64encode(gzip.compress(SCRIPT.encode())).decode()},
            }
        ),
    },
    "lifecycle": {
        "l.json": json.dumps(
            {
                "NotebookInstanceLifecycleConfigName": "l",
                "OnStart": [{"Content": encoded(SCRIPT)}],
                "OnCreate": [{"Content": encoded(f"login --password {PASSWORD}")}],
            }
        )
    },
    "broken": {
        "a.yaml": BROKEN,
        "a.json": f'{{"password": "{PASSWORD}" {PASSWORD}}}',
        "a.tf": f'locals {{\n  a = "{PASSWORD}" {PASSWORD}\n}}\n',
        "a.py": f"import sagemaker\npassword = {PASSWORD} {PASSWORD}\n",
        "a.ipynb": f'{{"sagemaker": {PASSWORD}}}',
        "Dockerfile": f"FROM a\nRUN login\n{PASSWORD} {PASSWORD}\n",
        "kustomization.yaml": f"resources: ['https://me:{PASSWORD}@example.com/x']\n",
    },
}
FORMATS = ("table", "json", "sarif", "html", "markdown")


@pytest.mark.parametrize("name", FILES)
def test_no_secret_is_repeated(tmp_path: Path, name: str) -> None:
    target, out, cache = tmp_path / "target", tmp_path / "out", tmp_path / "cache"
    write(target, FILES[name])
    out.mkdir()
    formats = [part for form in FORMATS for part in ("--format", f"{form}={out / form}")]
    done = ourhalf("assess", target, *formats, cache=cache)
    assert done.status in (0, 1), done.err
    assert "the reader failed" not in (out / "json").read_text()
    written = {form: (out / form).read_bytes() for form in FORMATS}
    written |= {str(path.relative_to(cache)): path.read_bytes() for path in cache.rglob("*") if path.is_file()}
    written |= {"standard output": done.out.encode(), "standard error": done.err.encode()}
    assert any(name.startswith("evidence") for name in written), "the cache was not looked into"
    told = [
        (where, secret, text[max(0, at - 90) : at + 30])
        for where, text in written.items()
        for secret in SECRETS
        if (at := text.find(secret.encode())) >= 0
    ]
    assert not told, "\n".join(map(str, told))


@pytest.mark.parametrize(
    "text",
    [
        "--token-file /run/secret/token",
        "--max-num-batched-tokens 8192 --tokenizer abc",
        "--eos-token [EOS] --pad_token=<pad>",
        "--api-key $API_KEY --password=${PASSWORD} --token {{ .Values.token }}",
        "AutoModel.from_pretrained(x, token=token, key=hf_token, password=args.password)",
        'token = os.environ.get("HF_TOKEN", None)',
        "TOKEN=$(cat /run/token) PASSWORD=`cat p`",
        "--NotebookApp.token='' --NotebookApp.password=",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/token-abc",
        "docker pull my/secret:latest && docker run -u 1000:1000 my-token:1.2",
        "secret",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact_text(text) == text
    assert redact_words(text.split()) == text.split()


@pytest.mark.parametrize(
    "text",
    [
        "--password @",
        "--password=@",
        "-password '@'",
        'run --hf-token "@" x',
        "--dbPassword @",
        "export TOKEN=@; x",
        "API_KEY='@' serve",
        'curl -u me:@ x || curl --user "me:@"',
        "echo 'root:@' | sudo chpasswd",
        "docker login -u me -p @ registry",
        '{"password": "@", "x":{"token":"@"}}',
        "db:\n  password: @\n  secret = @\n",
        "https://example.com/x?token=@&a=b",
    ],
)
def test_what_is_a_secret_goes(text: str) -> None:
    found = redact_text(text.replace("@", PASSWORD))
    assert PASSWORD not in found
    assert found.count("REDACTED-secret-by-name-") == text.count("@")
    assert redact_text(found) == found


def test_the_value_after_a_flag_goes() -> None:
    assert PASSWORD not in redact_words(["x", "--api-key", PASSWORD, "--token", "--secret", PASSWORD])
    assert redact_words(["--token", "--x", "--api-key"]) == ["--token", "--x", "--api-key"]


@pytest.mark.parametrize("text", ["token" + " " * 200_000, "a" * 200_000 + "token=", "token=" * 50_000, "-u " * 90_000])
def test_long_texts_take_linear_time(text: str) -> None:
    """A pattern that tried again and again would not end within the limit of the whole run."""
    assert len(redact_text(text * 5)) > 0


def test_credentials_in_addresses_go_and_images_stay() -> None:
    assert PASSWORD.encode() not in b"".join(scrub(url.encode()) for url in URLS)
    for image in (b"docker://nginx:1.25.3@sha256:abc", b"oci://a/b:1234@sha256:abc", b"http://a:80/x@y"):
        assert scrub(image) == image
