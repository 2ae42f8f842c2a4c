"""The page of the readers: which files are read, what of them, and which resources they give."""

from __future__ import annotations

from ourhalf import readers
from ourhalf.discovery import values
from ourhalf.documentation.pages import Pages, page, table
from ourhalf.readers.reader import DocumentReader, Reader
from ourhalf.resources import resource_types

_INTRODUCTION = """\
Nothing of a target is executed, imported or fetched. What a file leaves open, such as a variable without a value, an
import from another stack or a remote module, is `unknown` with that reason and never counts as a pass. A file that
cannot be read, in whole or in part, is listed under `unread` with its line and reason, and everything else goes on.
`--strict` turns that into exit status 1.

Files over 32 MB, documents nested over 200 deep or with over 2,000,000 values, and more than 200,000 files are
reported as unread."""

_RESOURCES = """\
## Resources

The same resource comes from each language that has a name for it. A field means the same wherever it is written, so
that one control judges all of them. Python source is read as the requests that it makes: it has the names of the AWS
API."""

_FORMATS: dict[str, tuple[str, str, str]] = {
    "terraform": (
        "`*.tf`, `*.tofu`, their JSON forms, `*.tfvars`",
        "Each root module with the local modules that it calls, and those that stand under `.terraform`: defaults of "
        "variables, `*.tfvars` that Terraform loads by itself, locals, `count`, `for_each`, functions, dynamic blocks, "
        "`aws_iam_policy_document`, user data, and resources of the Kubernetes provider.",
        "Variables without a value, remote modules that are not there, data sources, `helm_release`.",
    ),
    "models": (
        "files that are named as models are: `*.pt`, `*.safetensors`, `*.pkl`, `*.npy`, `*.onnx`, `*.gguf` and more",
        "What their content is, whatever their names say, and whether loading them can only build data. "
        "`ourhalf models scan` looks into every file.",
        "What a file takes that is not known to be harmless.",
    ),
    "terraform-plan": (
        "JSON that `terraform show -json` or `tofu show -json` writes",
        "The planned values, or those of a state.",
        "What is known only after apply.",
    ),
    "cloudformation": (
        "YAML and JSON templates of CloudFormation and SAM, `cdk.out` included",
        "Resources with defaults of parameters, conditions, mappings and functions evaluated, short forms included.",
        "Parameters without a default, imports, dynamic references, pseudo parameters such as `AWS::Region`.",
    ),
    "kubernetes": (
        "YAML and JSON objects",
        "Workloads of every kind, custom kinds included: a pod template is found by its shape wherever it stands. "
        "RBAC, NetworkPolicies, Services, Ingresses, namespaces, ConfigMaps, Secrets, storage, and the AWS resources "
        "of ACK.",
        "What an admission controller or operator changes in the cluster.",
    ),
    "kustomize": (
        "`kustomization.yaml`",
        "Overlays over local bases, built as Kustomize builds them: patches, images, replicas, "
        "namespaces, names, labels, generators.",
        "Replacements, plugins, charts and remote bases; `--render` lets your own `kustomize` build instead.",
    ),
    "helm": (
        "charts: `Chart.yaml` with `templates/`, `crds/` and values",
        "What of a template can be read without rendering it; `crds/` whole.",
        "What the template computes; `--render` lets your own `helm` render it.",
    ),
    "compose": (
        "Docker Compose files",
        "Services in their short and long forms.",
        "Variables without a default, files that are included.",
    ),
    "dockerfile": (
        "`Dockerfile`, `Containerfile`, `*.dockerfile`",
        "Stages, `ARG` and `ENV` with their values, and of the stages only what reaches the image.",
        "Build arguments without a default, and what is in the base image.",
    ),
    "python": (
        "`*.py`, `*.ipynb`",
        "Requests by boto3 and the SageMaker Python SDK, versions 2 and 3, by static analysis: literals, names, "
        "merged mappings, f-strings, simple functions and loops.",
        "Values that come from outside the file, such as arguments, the environment and other packages.",
    ),
    "sagemaker-requests": (
        "YAML and JSON of SageMaker requests, answers and pipeline definitions",
        "Whatever `aws sagemaker create-... --cli-input-json` takes or `describe-...` prints.",
        "Values that a pipeline computes while it runs.",
    ),
    "ecs-requests": (
        "YAML and JSON of ECS, Batch and EC2 requests and answers",
        "Task definitions, services, clusters, tasks, job definitions, compute environments, instances, launch "
        "templates.",
        "Answers that were cut off.",
    ),
    "iam-policy": (
        "YAML and JSON policy documents",
        "Policies for identities, buckets, repositories and keys, and trust policies.",
        "To what the policy is attached.",
    ),
    "stepfunctions": (
        "state machines in the Amazon States Language",
        "The requests to SageMaker, ECS and Batch that their states make.",
        "Values from the state machine's input.",
    ),
    "scripts": (
        "`*.sh`, `*.service` and other boot scripts, with templates of them",
        "Containers that `docker run`, `podman`, `nerdctl` and systemd units start, with their flags.",
        "Variables without a value, and scripts that a script fetches.",
    ),
    "cloud-config": (
        "cloud-init configuration in YAML",
        "Containers that its commands and files start.",
        "What the instance fetches.",
    ),
}


def _make() -> dict[str, str]:
    return {"reference/readers.md": page("What is read", _INTRODUCTION, _formats(), f"{_RESOURCES}\n\n{_resources()}")}


def _formats() -> str:
    found = {reader.name for reader in values(readers, Reader)} | {
        shape.name for shape in values(readers, DocumentReader)
    }
    found.discard("documents")
    if found != set(_FORMATS):
        raise ValueError(f"say here what these read: {sorted(found ^ set(_FORMATS))}")
    rows = [(f"`{name}`", *texts) for name, texts in _FORMATS.items()]
    return "## Formats\n\n" + table(("reader", "files", "what is read", "what stays unknown"), rows)


def _resources() -> str:
    rows = []
    for kind in sorted(resource_types(), key=lambda kind: kind.__name__):
        names = kind.names
        columns = [names.terraform, names.cloudformation, names.kubernetes, names.api]
        if any(columns):
            rows.append((f"`{kind.__name__}`", *(_named(text) for text in columns)))
    return table(("resource", "Terraform", "CloudFormation", "Kubernetes", "AWS API"), rows)


def _named(text: str) -> str:
    return ", ".join(f"`{name}`" for name in text.split("|") if name)


READERS = Pages(_make)
