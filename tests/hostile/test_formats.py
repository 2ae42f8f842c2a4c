"""Files of each format that are broken, cyclic or built to exhaust: said in one line each, the rest assessed."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import pytest

from tests.hostile.sandbox import assess, pod, write

DEEP = 10_000


def bomb(levels: int = 9, each: int = 9) -> str:
    """Aliases that stand for `each ** levels` values."""
    lines = ["a0: &a0 [lol]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * each)}]" for i in range(1, levels + 1)]
    return "\n".join(lines) + "\n"


def merge_bomb(levels: int = 9, each: int = 9) -> str:
    """Merge keys that stand for as many mappings."""
    lines = ["a0: &a0 {x: 1}"]
    for i in range(1, levels + 1):
        merged = ", ".join(f"{{k{n}: *a{i - 1}, <<: *a{i - 1}}}" for n in range(each))
        lines.append(f"a{i}: &a{i} {{<<: [{merged}]}}")
    return "\n".join(lines) + "\n"


def merge_chain(count: int = 3_000) -> str:
    """Mappings of which each merges the one before, so that each key is copied again and again."""
    lines = ["a0: &a0 {k0: 1}"]
    lines += [f"a{i}: &a{i} {{<<: *a{i - 1}, k{i}: 1}}" for i in range(1, count)]
    return "\n".join(lines) + "\n"


def boot(script: bytes) -> str:
    """A launch template with that user data."""
    data = {"LaunchTemplateName": "lt", "LaunchTemplateData": {"UserData": base64.b64encode(script).decode()}}
    return json.dumps(data)


def notebook(source: str) -> str:
    """A notebook of one cell."""
    return json.dumps({"cells": [{"cell_type": "code", "source": source}], "metadata": {}, "nbformat": 4})


TEMPLATE = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n"
Files = dict[str, str | bytes]
ROLE = 'resource "aws_iam_role" "r" {\n  name = "r"\n}\n'

UNREAD: dict[str, tuple[Files, dict[str, str]]] = {
    "alias bomb": (
        {"bomb.yaml": "apiVersion: v1\nkind: Pod\n" + bomb()},
        {"bomb.yaml": "aliases that stand for more than 200,000 values"},
    ),
    "merge bomb": (
        {"bomb.yaml": "apiVersion: v1\nkind: Pod\n" + merge_bomb()},
        {"bomb.yaml": "aliases that stand for more than 200,000 values"},
    ),
    "deep YAML flow": ({"deep.yaml": "[" * DEEP + "]" * DEEP}, {"deep.yaml": "exceeded maximum nesting depth"}),
    "deep YAML blocks": (
        {"deep.yaml": "".join(" " * i + "a:\n" for i in range(DEEP // 10))},
        {"deep.yaml": "nested deeper than 200 levels"},
    ),
    "deep JSON lists": ({"deep.json": "[" * DEEP + "]" * DEEP}, {"deep.json": "exceeded maximum nesting depth"}),
    "deep JSON objects": (
        {"deep.json": '{"a":' * DEEP + "1" + "}" * DEEP},
        {"deep.json": "nested deeper than 200 levels"},
    ),
    "notebook that is no JSON": ({"a.ipynb": '{"cells": [ "sagemaker", oh no'}, {"a.ipynb": ""}),
    "notebook that is deep": (
        {"a.ipynb": '{"cells": ' + "[" * DEEP + '"sagemaker"' + "]" * DEEP + "}"},
        {"a.ipynb": ""},
    ),
    "parentheses in Python": (
        {"a.py": "import sagemaker\nx = " + "(" * DEEP + ")" * DEEP + "\n"},
        {"a.py": ""},
    ),
    "parentheses in a notebook": (
        {"a.ipynb": notebook("import sagemaker\nx = " + "(" * DEEP + ")" * DEEP)},
        {"a.ipynb": ""},
    ),
    "not UTF-8 YAML": ({"a.yaml": b"kind: \xff\n"}, {"a.yaml": "not UTF-8 text"}),
    "not UTF-8 JSON": ({"a.json": b'{"a": "\xff"}'}, {"a.json": "not UTF-8 text"}),
    "not UTF-8 HCL": ({"a.tf": b'locals {\n  a = "\xff"\n}\n'}, {"a.tf": "not UTF-8 text"}),
    "not UTF-8 Terraform JSON": ({"a.tf.json": b'{"resource": "\xff"}'}, {"a.tf.json": "not UTF-8 text"}),
    "not UTF-8 Python": ({"a.py": b"import sagemaker\nx = '\xff'\n"}, {"a.py": "not utf-8 text"}),
    "not UTF-8 notebook": ({"a.ipynb": b'{"cells": ["sagemaker \xff"]}'}, {"a.ipynb": ""}),
    "not UTF-8 Dockerfile": ({"Dockerfile": b"FROM a\nRUN echo \xff\n"}, {"Dockerfile": "not UTF-8 text"}),
    "UTF-16": ({"a.yaml": "kind: Pod\n".encode("utf-16")}, {"a.yaml": "not UTF-8 text"}),
    "NUL": ({"a.yaml": b"kind: P\0d\n"}, {"a.yaml": ""}),
    "kustomizations that include each other": (
        {"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a]\n"},
        {"a/kustomization.yaml": ""},
    ),
    "a kustomization that includes itself": (
        {"a/kustomization.yaml": "resources: [.]\n"},
        {"a/kustomization.yaml": ""},
    ),
    "modules that call each other": (
        {
            "main.tf": 'module "a" {\n  source = "./a"\n}\n',
            "a/x.tf": 'module "b" {\n  source = "../b"\n}\n' + ROLE,
            "b/x.tf": 'module "a" {\n  source = "../a"\n}\n' + ROLE,
        },
        {"b/x.tf": "calls itself"},
    ),
    "a module that calls itself": ({"main.tf": 'module "a" {\n  source = "./"\n}\n' + ROLE}, {"main.tf": ""}),
    "a symbolic tag": ({"a.yaml": "!!python/object/apply:os.system ['touch ran']\n--- [\n"}, {"a.yaml": ""}),
}


@pytest.mark.parametrize("name", UNREAD)
def test_unread(tmp_path: Path, name: str) -> None:
    files, wanted = UNREAD[name]
    target = tmp_path / "target"
    write(target, {"good.yaml": pod(), **files})
    done = assess(target)
    assert "good" in done.names
    for path, reason in wanted.items():
        found = [unread for unread in done.unread if unread.path == path]
        assert 1 <= len(found) <= 2, done.unread
        assert reason in found[0].reason
        assert "\n" not in found[0].reason
        assert len(found[0].reason) < 300


READ: dict[str, Files] = {
    "many merges": {"a.yaml": merge_chain()},
    "deep HCL lists": {"main.tf": "locals {\n  x = " + "[" * DEEP + "]" * DEEP + "\n}\n" + ROLE},
    "deep HCL blocks": {"main.tf": 'resource "aws_s3_bucket" "b" {\n' + "a {\n" * DEEP + "}\n" * DEEP + "}\n" + ROLE},
    "deep Terraform JSON": {"main.tf.json": '{"locals": {"x": ' + "[" * DEEP + "]" * DEEP + "}}"},
    "deep plan": {"plan.json": '{"format_version": "1.2", "planned_values": ' + "[" * DEEP + "]" * DEEP + "}"},
    "a cycle of references": {
        "t.yaml": TEMPLATE
        + "  A: {Type: 'AWS::IAM::Role', Properties: {RoleName: !GetAtt B.Arn}}\n"
        + "  B: {Type: 'AWS::IAM::Role', Properties: {RoleName: !GetAtt A.Arn}, DependsOn: B}\n",
    },
    "a cycle of conditions": {
        "t.yaml": "Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\n"
        + TEMPLATE
        + "  C: {Type: 'AWS::IAM::Role', Condition: A, Properties: {RoleName: !If [A, x, y]}}\n",
    },
    "nested intrinsic functions": {
        "t.json": '{"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": '
        + '{"Fn::Join": ["", [' * 60
        + '"a"'
        + "]]}" * 60
        + "}}}}"
    },
    "doubling Sub": {
        "t.yaml": TEMPLATE
        + "  A:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: "
        + "!Sub ['${x}${x}', {x: " * 60
        + "a"
        + "}]" * 60
        + "\n",
    },
    "stacks that nest each other": {
        "a.yaml": TEMPLATE + "  B: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: b.yaml}}\n",
        "b.yaml": TEMPLATE + "  A: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: a.yaml}}\n",
    },
    "a long line": {"Dockerfile": b"FROM a\nRUN " + b"x" * 10_000_000 + b"\n"},
    "a long line of words": {"Dockerfile": b"FROM a\nENV " + b"a=b " * 2_500_000 + b"\n"},
    "a long chain of lines": {"Dockerfile": b"FROM a\nRUN x" + b" && \\\n y" * 500_000 + b"\n"},
    "many stages": {"Dockerfile": "FROM a AS s0\n" + "".join(f"FROM s{i} AS s{i + 1}\n" for i in range(5_000))},
    "doubling ARG": {"Dockerfile": "FROM a\nARG x=ab\n" + "ENV x=$x$x\n" * 60},
    "gzip bomb": {"lt.json": boot(gzip.compress(b"docker run a\n" + b"\0" * 500_000_000, 1))},
    "gzip in gzip": {"lt.json": boot(gzip.compress(gzip.compress(gzip.compress(b"docker run a"))))},
    "broken gzip": {"lt.json": boot(gzip.compress(b"docker run a" * 1_000)[:60])},
    "broken MIME": {"lt.json": boot(b'Content-Type: multipart/mixed; boundary="=="\n\n--==\n--==\n' * 20)},
    "deep MIME": {
        "lt.json": boot(
            b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (i, i) for i in range(2_000))
        )
    },
    "deep shell": {"lt.json": boot(b"#!/bin/sh\n" + b"$(" * DEEP + b")" * DEEP)},
    "deep quotes": {"lt.json": boot(b"#!/bin/sh\nsh -c " + b"'" * DEEP)},
    "doubling shell": {"lt.json": boot(b"#!/bin/sh\nx=ab\n" + b"x=$x$x\n" * 60 + b"docker run $x\n")},
    "many documents": {"many.yaml": "---\nkind: x\n" * 100_000},
    "many broken documents": {"many.yaml": "---\nkind: [\n" * 20_000},
    "many keys": {"keys.yaml": "".join(f"k{i}: 1\n" for i in range(200_000))},
    "one key many times": {"keys.yaml": "apiVersion: v1\n" * 200_000},
    "a long text": {"text.yaml": "kind: " + "x" * 20_000_000},
    "a large number": {"a.yaml": "apiVersion: v1\nkind: Pod\nspec: {priority: " + "9" * 100_000 + "}\n"},
    "a large exponent": {"a.yaml": "apiVersion: v1\nkind: Pod\nspec: {priority: 1e999999999}\n"},
    "a number that is none": {"a.json": '{"ModelName": "m", "ExecutionRoleArn": NaN, "a": Infinity}'},
    "many actions": {"t/templates/a.yaml": "apiVersion: v1\nkind: Pod\nx:\n" + "{{ if a }}\n  b: {{ c }}\n" * 15_000},
    "holes without end": {
        "a.yaml": "apiVersion: v1\nkind: Pod\nspec: {x: '" + "{{ " * 300_000 + "', y: '" + "${" * 300_000 + "'}\n"
    },
    "marks without end": {"a.yaml": "apiVersion: v1\nkind: Pod\nspec: {x: '" + "<a " * 300_000 + "'}\n"},
    "many variables": {"Dockerfile": "FROM a\n" + "".join(f"ENV a{i}=$a{i - 1}b\n" for i in range(4_000))},
    "many stages of one file": {
        "Dockerfile": "".join(f"FROM a AS s{i}\nCOPY --from=s{i - 1} a b\n" for i in range(3_000))
    },
    "actions without end": {"a.yaml": "apiVersion: v1\nkind: Pod\n" + "{{" * 200_000},
    "blank lines": {
        "compose.yaml": "services:\n  a: {image: a, env_file: x.env}\n",
        "x.env": "\n" * 300_000 + "A=" + " " * 300_000 + "x\n",
        "a.ipynb": notebook("import sagemaker\nx = (\n" + "a[\n" * 100_000 + "\n" * 300_000),
        "lt.json": boot(
            b"#!/bin/sh\ncat > /etc/x.env <<E\n" + b"\n" * 300_000 + b"E\ndocker run --env-file /etc/x.env a\n"
        ),
    },
    "a compose file that extends itself": {
        "compose.yaml": "services:\n  a: {image: a, extends: {service: a, file: compose.yaml}}\n"
        "  b: {image: b, depends_on: [b], extends: b}\n"
    },
    "a machine that never ends": {
        "machine.json": '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}',
        "nested.json": '{"StartAt": "A", "States": {"A": {"Type": "Map", "ItemProcessor": ' * 60 + "{}" + "}}}" * 60,
    },
    "a tree of owners": {
        "a.yaml": "".join(
            f"---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: x/v1\n  kind: X{i}\n  spec: {{template: {{spec: "
            f"{{containers: [{{name: a, image: b}}]}}}}}}\n"
            for i in range(500)
        )
    },
    "a list of lists": {
        "b.json": '{"apiVersion": "v1", "kind": "List", "items": [' * 90 + "]}" * 90,
    },
}


@pytest.mark.parametrize("name", READ)
def test_read_or_said(tmp_path: Path, name: str) -> None:
    """What is too much is unread or unresolved; the program neither dies nor exceeds its bounds."""
    target = tmp_path / "target"
    write(target, {"good.yaml": pod(), **READ[name]})
    done = assess(target)
    assert "good" in done.names
    assert len(done.unread) <= 40
    assert all(len(unread.reason) < 300 and "\n" not in unread.reason for unread in done.unread), done.unread


def test_ten_thousand_statements(tmp_path: Path) -> None:
    statement = {"Effect": "Allow", "Action": ["s3:Get*", "iam:*"], "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement | {"Sid": f"S{i}"} for i in range(10_000)]}
    template = {
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": policy}]},
            },
            "Model": {
                "Type": "AWS::SageMaker::Model",
                "Properties": {"ExecutionRoleArn": {"Fn::GetAtt": ["Role", "Arn"]}},
            },
        }
    }
    write(tmp_path / "target", {"t.json": json.dumps(template)})
    done = assess(tmp_path / "target")
    assert not done.unread
    assert any(finding.subject.type == "IamRole" for finding in done.assessment.findings)


def test_many_pods_with_a_policy_each(tmp_path: Path) -> None:
    pods = "---\n".join(pod(f"p{i}").replace("metadata: {", f"metadata: {{labels: {{a: b{i}}}, ") for i in range(300))
    policies = "".join(
        f"---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: n{i}}}\n"
        f"spec: {{podSelector: {{matchLabels: {{a: b{i}}}}}, policyTypes: [Ingress]}}\n"
        for i in range(300)
    )
    write(tmp_path / "target", {"pods.yaml": pods, "policies.yaml": policies})
    assert len(assess(tmp_path / "target").names) == 300


def test_nothing_is_run(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    write(
        tmp_path / "target",
        {
            "a.yaml": f"!!python/object/apply:os.system ['touch {ran}']\n",
            "a.py": f"import sagemaker, os\nos.system('touch {ran}')\nsagemaker.Model(name='m')\n",
            "sagemaker.py": f"open({str(ran)!r}, 'w')\n",
            "conftest.py": f"open({str(ran)!r}, 'w')\n",
            "main.tf": f'data "external" "e" {{\n  program = ["touch", "{ran}"]\n}}\n'
            f'resource "aws_s3_bucket" "b" {{\n  bucket = file("{ran}")\n}}\n',
            "Dockerfile": f"FROM a\nRUN touch {ran}\n",
            "kustomization.yaml": f"generators: [g.yaml]\nresources: ['https://127.0.0.1:9/{ran}']\n",
            "Chart.yaml": "name: c\nversion: 1.0.0\n",
            "templates/a.yaml": "a: {{ exec }}\n",
        },
    )
    assess(tmp_path / "target")
    assert not ran.exists()
