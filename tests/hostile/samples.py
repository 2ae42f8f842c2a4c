"""Files of every format, with secrets in every place where a reader meets one."""

from __future__ import annotations

import base64
import gzip
import json

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
        "b.tf": f'provider "x" {{\n  password "{PASSWORD}"\n}}\npassword: "{PASSWORD}" "{PASSWORD}"\n',
        "a.py": f"import sagemaker\npassword = {PASSWORD} {PASSWORD}\n",
        "a.ipynb": f'{{"sagemaker": {PASSWORD}}}',
        "Dockerfile": f"FROM a\nRUN login\n{PASSWORD} {PASSWORD}\n",
        "kustomization.yaml": f"resources: ['https://me:{PASSWORD}@example.com/x']\n",
    },
}
