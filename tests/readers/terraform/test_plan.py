"""Plans in JSON give what the source gives, as far as Terraform knew it."""

from __future__ import annotations

import json
from typing import Any

from ourhalf.model.field import Known, Reference, Unresolved
from ourhalf.model.resource import Language, Resource
from tests.readers.terraform.values import effective
from tests.support import read, terraform

ROLE = "arn:aws:iam::111122223333:role/r"


def planned(
    resources: list[dict[str, Any]],
    changes: list[dict[str, Any]] | None = None,
    configuration: dict[str, Any] | None = None,
    children: list[dict[str, Any]] | None = None,
) -> dict[str, Resource]:
    document = {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {"root_module": {"resources": resources, "child_modules": children or []}},
        "resource_changes": changes or [],
        "configuration": {"root_module": configuration or {}},
    }
    found = read({"plan.json": json.dumps(document, indent=1)}).resources
    return {resource.origin.address: resource for resource in found}


def resource(address: str, values: dict[str, Any]) -> dict[str, Any]:
    kind, name = address.split(".")[-2:]
    return {"address": address, "mode": "managed", "type": kind, "name": name.partition("[")[0], "values": values}


def change(address: str, unknown: dict[str, Any], after: dict[str, Any] | None = None) -> dict[str, Any]:
    kind, name = address.split(".")[-2:]
    return {
        "address": address,
        "type": kind,
        "name": name,
        "change": {"actions": ["create"], "after": after or {}, "after_unknown": unknown},
    }


def test_a_model_equals_its_source() -> None:
    found = planned(
        [
            resource(
                "aws_sagemaker_model.m",
                {
                    "name": "m",
                    "execution_role_arn": ROLE,
                    "primary_container": [
                        {"image": "i", "environment": {"A": "1"}, "model_data_url": None, "image_config": []}
                    ],
                    "container": [],
                    "vpc_config": [],
                    "enable_network_isolation": True,
                    "tags": {"a": "b"},
                    "tags_all": {"a": "b", "team": "ml"},
                },
            )
        ]
    )["aws_sagemaker_model.m"]
    (source,) = terraform(f"""
provider "aws" {{
  default_tags {{
    tags = {{ team = "ml" }}
  }}
}}
resource "aws_sagemaker_model" "m" {{
  name               = "m"
  execution_role_arn = "{ROLE}"
  primary_container {{
    image       = "i"
    environment = {{ A = "1" }}
  }}
  enable_network_isolation = true
  tags                     = {{ a = "b" }}
}}
""")
    assert effective(found) == effective(source)
    assert found.origin.language is Language.TERRAFORM_PLAN
    assert found.place.line > 1


def test_values_that_come_later() -> None:
    found = planned(
        [
            resource("aws_iam_role.r", {"name": "r"}),
            resource("aws_sagemaker_model.m", {"name": "m", "primary_container": [{"image": "i"}]}),
            resource("aws_sagemaker_endpoint_configuration.c", {"name": "c"}),
        ],
        [
            change(
                "aws_sagemaker_model.m",
                {"execution_role_arn": True, "primary_container": [{"model_data_url": True}], "vpc_config": True},
            ),
            change("aws_sagemaker_endpoint_configuration.c", {"kms_key_arn": True}),
        ],
        {
            "resources": [
                {
                    "address": "aws_sagemaker_model.m",
                    "expressions": {
                        "execution_role_arn": {"references": ["aws_iam_role.r.arn", "aws_iam_role.r"]},
                        "primary_container": [
                            {"model_data_url": {"references": ["aws_s3_bucket.a.id", "aws_s3_bucket.b.id"]}}
                        ],
                    },
                }
            ]
        },
    )
    model: Any = found["aws_sagemaker_model.m"]
    assert model.role.value == Reference("aws_iam_role.r", "arn")
    data = model.primary_container.value.model_data
    assert data.reason == "known after apply"
    assert data.parts == (None, Reference("aws_s3_bucket.a", "id"), None, Reference("aws_s3_bucket.b", "id"), None)
    assert isinstance(model.vpc, Unresolved)
    config: Any = found["aws_sagemaker_endpoint_configuration.c"]
    assert config.kms_key.reason == "known after apply"


def test_references_through_modules() -> None:
    found = planned(
        [],
        [
            change("module.outer.aws_sagemaker_model.m[0]", {"execution_role_arn": True}),
            change("module.roles.aws_iam_role.r", {"arn": True}),
        ],
        {
            "module_calls": {
                "outer": {
                    "expressions": {"role": {"references": ["module.roles.arn", "module.roles"]}},
                    "module": {
                        "resources": [
                            {
                                "address": "aws_sagemaker_model.m",
                                "expressions": {"execution_role_arn": {"references": ["var.role"]}},
                            }
                        ]
                    },
                },
                "roles": {
                    "module": {
                        "outputs": {"arn": {"expression": {"references": ["aws_iam_role.r.arn", "aws_iam_role.r"]}}}
                    }
                },
            }
        },
        [
            {"resources": [resource("module.roles.aws_iam_role.r", {"name": "r"})]},
            {"resources": [resource("module.outer.aws_sagemaker_model.m[0]", {"name": "m"})]},
        ],
    )
    model: Any = found["module.outer.aws_sagemaker_model.m[0]"]
    assert model.role.value == Reference("module.roles.aws_iam_role.r", "arn")


def test_a_policy_document_that_is_read_during_apply() -> None:
    data = change(
        "data.aws_iam_policy_document.d",
        {"json": True, "statement": [{"resources": [True, False]}]},
        {"statement": [{"effect": "Allow", "actions": ["s3:*"], "resources": [None, "arn:aws:s3:::x"]}]},
    )
    found = planned(
        [resource("aws_iam_policy.p", {"name": "p"})],
        [{**data, "type": "aws_iam_policy_document"}, change("aws_iam_policy.p", {"policy": True})],
        {
            "resources": [
                {
                    "address": "aws_iam_policy.p",
                    "expressions": {
                        "policy": {
                            "references": ["data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d"]
                        }
                    },
                },
                {
                    "address": "data.aws_iam_policy_document.d",
                    "expressions": {"statement": [{"resources": {"references": ["aws_s3_bucket.b.arn"]}}]},
                },
            ]
        },
    )
    policy: Any = found["aws_iam_policy.p"]
    assert isinstance(policy.document, Known)
    (statement,) = policy.document.value.statements.value
    assert effective(statement.actions) == ["s3:*"]
    assert effective(statement.resources) == [Reference("aws_s3_bucket.b", "arn"), "arn:aws:s3:::x"]


def test_kubernetes_and_charts() -> None:
    pod = {
        "metadata": [{"name": "p", "namespace": "ml", "labels": {"a": "b"}}],
        "spec": [{"container": [{"name": "c", "image": "i", "port": [], "security_context": [{"privileged": True}]}]}],
    }
    document = {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {
            "root_module": {
                "resources": [
                    resource("kubernetes_pod_v1.p", pod),
                    resource("helm_release.h", {"name": "h", "chart": "ray"}),
                ]
            }
        },
    }
    found = read({"plan.json": json.dumps(document)})
    (template,) = found.resources
    assert template.containers.value[0].privileged.value is True  # type: ignore[attr-defined]
    assert [u.reason for u in found.unread] == [
        "helm_release.h: the chart is not rendered, so its objects are not known"
    ]


def test_broken_plans() -> None:
    cases: tuple[dict[str, Any], ...] = (
        {"planned_values": []},
        {"planned_values": {"root_module": {"resources": [1, None, {"address": 5}, {"address": "a.b"}]}}},
        {"planned_values": {"root_module": {"resources": {"a": 1}, "child_modules": "x"}}},
        {"resource_changes": [{"address": "aws_s3_bucket.b", "change": {"after": 5, "after_unknown": []}}]},
        {"planned_values": {"root_module": {"resources": [{"address": "x", "type": "aws_s3_bucket"}]}}},
        {
            "planned_values": {"root_module": {"resources": [resource("aws_s3_bucket.b", {"bucket": "b"})]}},
            "configuration": {"root_module": {"module_calls": [], "resources": [{"address": []}]}},
        },
    )
    for broken in cases:
        document = {"format_version": "1.2", "terraform_version": "1", **broken}
        found = read({"plan.json": json.dumps(document)})
        assert not any("failed" in u.reason for u in found.unread), found.unread
