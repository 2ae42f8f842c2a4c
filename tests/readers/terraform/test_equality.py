"""What Terraform and API requests both say gives equal resources."""

from __future__ import annotations

import json

from ourhalf.model.field import Known, Reference, Unresolved
from ourhalf.resources.iam import IamPolicy
from tests.readers.terraform.values import effective
from tests.support import api, read, terraform

ENVIRONMENT = {"A": "1", "B": "two"}


def test_sagemaker_model() -> None:
    (written,) = terraform("""
variable "image" { default = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.6.0-gpu-py312" }
locals { vpc = { subnets = ["subnet-1"], groups = ["sg-1"] } }
resource "aws_sagemaker_model" "m" {
  name               = "m"
  execution_role_arn = "arn:aws:iam::111122223333:role/r"
  primary_container {
    image          = var.image
    model_data_url = "s3://b/m.tar.gz"
    environment    = { A = 1, B = "two" }
  }
  vpc_config {
    subnets            = local.vpc.subnets
    security_group_ids = local.vpc.groups
  }
  enable_network_isolation = true
}
""")
    asked = api(
        "sagemaker:CreateModel",
        ModelName="m",
        ExecutionRoleArn="arn:aws:iam::111122223333:role/r",
        PrimaryContainer={
            "Image": "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.6.0-gpu-py312",
            "ModelDataUrl": "s3://b/m.tar.gz",
            "Environment": ENVIRONMENT,
        },
        VpcConfig={"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        EnableNetworkIsolation=True,
    )
    assert effective(written) == effective(asked)


def test_sagemaker_endpoint_configuration() -> None:
    (written,) = terraform("""
resource "aws_sagemaker_endpoint_configuration" "c" {
  name        = "c"
  kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/k"
  dynamic "production_variants" {
    for_each = { a = "ml.g5.xlarge", b = "ml.p4d.24xlarge" }
    content {
      variant_name           = production_variants.key
      model_name             = "m"
      instance_type          = production_variants.value
      initial_instance_count = 2
    }
  }
}
""")
    asked = api(
        "sagemaker:CreateEndpointConfig",
        EndpointConfigName="c",
        KmsKeyId="arn:aws:kms:us-east-1:111122223333:key/k",
        ProductionVariants=[
            {"VariantName": name, "ModelName": "m", "InstanceType": kind, "InitialInstanceCount": 2}
            for name, kind in (("a", "ml.g5.xlarge"), ("b", "ml.p4d.24xlarge"))
        ],
    )
    assert effective(written) == effective(asked)


def test_sagemaker_notebook() -> None:
    (written,) = terraform("""
resource "aws_sagemaker_notebook_instance" "n" {
  name                   = "n"
  instance_type          = "ml.t3.medium"
  role_arn               = "arn:aws:iam::111122223333:role/r"
  direct_internet_access = "Disabled"
  root_access            = "Disabled"
  subnet_id              = "subnet-1"
  security_groups        = ["sg-1"]
  kms_key_id             = "k"
  volume_size            = 5
}
""")
    asked = api(
        "sagemaker:CreateNotebookInstance",
        NotebookInstanceName="n",
        InstanceType="ml.t3.medium",
        RoleArn="arn:aws:iam::111122223333:role/r",
        DirectInternetAccess="Disabled",
        RootAccess="Disabled",
        SubnetId="subnet-1",
        SecurityGroupIds=["sg-1"],
        KmsKeyId="k",
        VolumeSizeInGB=5,
    )
    assert effective(written) == effective(asked)


CONTAINER = {
    "name": "train",
    "image": "i:1",
    "essential": True,
    "privileged": False,
    "command": ["python", "train.py"],
    "environment": [{"name": "A", "value": "1"}],
    "secrets": [{"name": "T", "valueFrom": "arn:aws:ssm:us-east-1:111122223333:parameter/t"}],
    "portMappings": [{"containerPort": 8080, "protocol": "tcp"}],
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g"}},
    "resourceRequirements": [{"type": "GPU", "value": "1"}],
}


def test_ecs_task_definition() -> None:
    asked = api(
        "ecs:RegisterTaskDefinition",
        family="f",
        networkMode="awsvpc",
        taskRoleArn="arn:aws:iam::111122223333:role/t",
        containerDefinitions=[CONTAINER],
        volumes=[{"name": "v", "host": {"sourcePath": "/data"}}],
    )
    around = """
resource "aws_ecs_task_definition" "t" {
  family        = "f"
  network_mode  = "awsvpc"
  task_role_arn = "arn:aws:iam::111122223333:role/t"
  container_definitions = %s
  volume {
    name      = "v"
    host_path = "/data"
  }
}
"""
    encoded = json.dumps([CONTAINER], indent=2)
    for text in (
        f"jsonencode({encoded})",
        f"<<EOT\n{encoded}\nEOT",
        f"jsonencode(jsondecode(<<EOT\n{encoded}\nEOT\n))",
    ):
        (written,) = terraform(around % text)
        assert effective(written) == effective(asked)


POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Read",
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": ["arn:aws:s3:::b/${aws:username}/*"],
            "Condition": {"StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}},
        },
        {"Effect": "Deny", "NotAction": ["iam:*"], "Resource": ["*"]},
    ],
}

DOCUMENT = """
data "aws_iam_policy_document" "d" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::b/&{aws:username}/*"]
    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpc"
      values   = ["vpc-1", "vpc-2"]
    }
  }
  statement {
    effect      = "Deny"
    not_actions = ["iam:*"]
    resources   = ["*"]
  }
}
"""


def test_policies() -> None:
    asked = api("iam:CreatePolicy", PolicyName="p", PolicyDocument=json.dumps(POLICY))
    escaped = json.dumps(POLICY, indent=1).replace("${", "$${")
    for policy in ("data.aws_iam_policy_document.d.json", f"jsonencode({escaped})", f"<<EOT\n{escaped}\nEOT"):
        (written,) = terraform(DOCUMENT + f'resource "aws_iam_policy" "p" {{\n  name = "p"\n  policy = {policy}\n}}\n')
        assert effective(written) == effective(asked), policy


def statements(policy: str, around: str = "") -> tuple[object, ...]:
    found = terraform(around + f'resource "aws_iam_policy" "p" {{\n  policy = {policy}\n}}\n')
    document = next(r for r in found if isinstance(r, IamPolicy)).document
    assert isinstance(document, Known), document
    assert isinstance(document.value.statements, Known)
    return document.value.statements.value


def test_merged_policies() -> None:
    around = """
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "A"
    actions   = ["s3:*"]
    resources = ["*"]
  }
  statement {
    sid       = "B"
    actions   = ["ec2:*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "all" {
  source_policy_documents = [data.aws_iam_policy_document.base.json, var.other]
  override_policy_documents = [jsonencode({ Statement = { Sid = "B", Effect = "Deny", Action = "*", Resource = "*" } })]
  statement {
    sid       = "A"
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}
variable "other" {}
"""
    found = statements("data.aws_iam_policy_document.all.json", around)
    assert [effective(s) for s in found[:2]] == [
        {"sid": "A", "effect": "Allow", "actions": ["s3:GetObject"], "resources": ["*"]},
        {"sid": "B", "effect": "Deny", "actions": ["*"], "resources": ["*"]},
    ]
    assert isinstance(found[2], Unresolved)
    assert "other" in found[2].reason


def test_principals() -> None:
    around = """
data "aws_iam_policy_document" "d" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
  }
  statement {
    actions = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
data "aws_caller_identity" "me" {}
"""
    first, second = statements("data.aws_iam_policy_document.d.json", around)
    assert effective(first.services) == ["sagemaker.amazonaws.com"]  # type: ignore[attr-defined]
    account = Reference("data.aws_caller_identity.me", "account_id")
    assert effective(first.aws) == [("unresolved", ("arn:aws:iam::", account, ":root"))]  # type: ignore[attr-defined]
    assert effective(second.principal) == "*"  # type: ignore[attr-defined]


def test_a_policy_with_unknown_pieces() -> None:
    around = 'resource "aws_s3_bucket" "b" {}\nvariable "action" {}\n'
    text = (
        '<<EOT\n{"Statement": [{"Effect": "Allow", "Action": "${var.action}",'
        ' "Resource": ["${aws_s3_bucket.b.arn}", "${aws_s3_bucket.b.arn}/*"]}]}\nEOT'
    )
    (found,) = statements(text, around)
    reference = Reference("aws_s3_bucket.b", "arn")
    assert effective(found.resources) == [reference, ("unresolved", (reference, "/*"))]  # type: ignore[attr-defined]
    assert effective(found.effect) == "Allow"  # type: ignore[attr-defined]
    assert effective(found.actions)[0] == "unresolved"  # type: ignore[attr-defined]


def test_json_where_a_text_belongs() -> None:
    (model,) = terraform(
        'resource "aws_sagemaker_model" "m" {\n  primary_container {\n'
        "    environment = { CONFIG = jsonencode({ a = 1 }) }\n  }\n}\n"
    )
    assert effective(model.primary_container)["environment"][0] == {"CONFIG": '{"a":1}'}  # type: ignore[attr-defined]


KUBERNETES = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: serve
  namespace: ml
  labels: {app: serve}
spec:
  replicas: 2
  selector: {matchLabels: {app: serve}}
  template:
    metadata: {labels: {app: serve}}
    spec:
      serviceAccountName: serve
      automountServiceAccountToken: false
      hostNetwork: true
      hostPID: true
      nodeSelector: {node.kubernetes.io/instance-type: g5.xlarge}
      imagePullSecrets: [{name: pull}]
      securityContext: {runAsNonRoot: true, fsGroup: 100}
      initContainers:
        - name: init
          image: busybox:1
      containers:
        - name: main
          image: vllm/vllm-openai:v0.8.0
          command: [python]
          args: [serve.py]
          ports: [{containerPort: 8000, name: http}]
          env:
            - {name: A, value: "1"}
            - name: TOKEN
              valueFrom: {secretKeyRef: {name: hf, key: token}}
          envFrom: [{configMapRef: {name: conf}}]
          resources: {limits: {nvidia.com/gpu: "1"}, requests: {cpu: "4"}}
          volumeMounts: [{name: shm, mountPath: /dev/shm}, {name: host, mountPath: /host, readOnly: true}]
          securityContext:
            privileged: false
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
          livenessProbe: {httpGet: {path: /health, port: 8000}}
      tolerations: [{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]
      volumes:
        - name: shm
          emptyDir: {medium: Memory, sizeLimit: 8Gi}
        - name: host
          hostPath: {path: /data}
"""

DEPLOYMENT = """
resource "kubernetes_deployment_v1" "serve" {
  metadata {
    name      = "serve"
    namespace = kubernetes_namespace.ml.metadata[0].name
    labels    = { app = "serve" }
  }
  spec {
    replicas = 2
    selector {
      match_labels = { app = "serve" }
    }
    template {
      metadata {
        labels = { app = "serve" }
      }
      spec {
        service_account_name            = "serve"
        automount_service_account_token = false
        host_network                    = true
        host_pid                        = true
        node_selector                   = { "node.kubernetes.io/instance-type" = "g5.xlarge" }
        image_pull_secrets {
          name = "pull"
        }
        security_context {
          run_as_non_root = true
          fs_group        = 100
        }
        init_container {
          name  = "init"
          image = "busybox:1"
        }
        container {
          name    = "main"
          image   = "vllm/vllm-openai:v0.8.0"
          command = ["python"]
          args    = ["serve.py"]
          port {
            container_port = 8000
            name           = "http"
          }
          env {
            name  = "A"
            value = "1"
          }
          env {
            name = "TOKEN"
            value_from {
              secret_key_ref {
                name = "hf"
                key  = "token"
              }
            }
          }
          env_from {
            config_map_ref {
              name = "conf"
            }
          }
          resources {
            limits   = { "nvidia.com/gpu" = "1" }
            requests = { cpu = "4" }
          }
          volume_mount {
            name       = "shm"
            mount_path = "/dev/shm"
          }
          volume_mount {
            name       = "host"
            mount_path = "/host"
            read_only  = true
          }
          security_context {
            privileged                 = false
            allow_privilege_escalation = false
            read_only_root_filesystem  = true
            capabilities {
              drop = ["ALL"]
            }
          }
          liveness_probe {
            http_get {
              path = "/health"
              port = 8000
            }
          }
        }
        toleration {
          key      = "nvidia.com/gpu"
          operator = "Exists"
          effect   = "NoSchedule"
        }
        volume {
          name = "shm"
          empty_dir {
            medium     = "Memory"
            size_limit = "8Gi"
          }
        }
        volume {
          name = "host"
          host_path {
            path = "/data"
          }
        }
      }
    }
  }
}
resource "kubernetes_namespace" "ml" {
  metadata {
    name = "ml"
  }
}
"""


def test_kubernetes_deployments() -> None:
    (asked,) = read({"d.yaml": KUBERNETES}).resources
    found = {r.origin.address: r for r in terraform(DEPLOYMENT)}
    assert effective(found["kubernetes_deployment_v1.serve"]) == effective(asked)
    manifest = json.dumps(_plain(KUBERNETES))
    for kind, attribute, value in (
        ("kubernetes_manifest", "manifest", manifest),
        ("kubernetes_manifest", "manifest", f"yamldecode(<<EOT\n{KUBERNETES}\nEOT\n)"),
        ("kubectl_manifest", "yaml_body", f"<<EOT\n{KUBERNETES}\nEOT"),
        ("kubectl_manifest", "yaml_body", f"yamlencode({manifest})"),
    ):
        (written,) = terraform(f'resource "{kind}" "x" {{\n  {attribute} = {value}\n}}\n')
        assert effective(written) == effective(asked), (kind, value[:20])


def _plain(text: str) -> object:
    import yaml

    return yaml.safe_load(text)


def test_kubernetes_text_with_unknown_pieces() -> None:
    text = KUBERNETES.replace("vllm/vllm-openai:v0.8.0", "${var.registry}/vllm:1")
    text = text.replace("replicas: 2", "replicas: ${var.n}")
    (found,) = terraform(
        'variable "registry" {}\nvariable "n" {}\n'
        f'resource "kubectl_manifest" "x" {{\n  yaml_body = <<EOT\n{text}\nEOT\n}}\n'
    )
    image = next(c for c in found.containers.value if c.name == "main").image  # type: ignore[attr-defined]
    assert isinstance(image, Unresolved)
    assert image.parts == (None, "/vllm:1")


def test_helm_releases_are_unread() -> None:
    found = read({"main.tf": 'resource "helm_release" "h" {\n  chart = "ray"\n}\n'})
    assert [u.reason for u in found.unread] == [
        "helm_release.h: chart ray is not rendered, so its objects are not known"
    ]
