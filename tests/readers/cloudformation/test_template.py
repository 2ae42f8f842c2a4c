"""Templates: which documents are one, which resources they give, and what is said of the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.model.field import Absent, Entries, Known, Reference, Unresolved, effective
from ourhalf.model.resource import Resource
from ourhalf.model.workload import Container
from ourhalf.readers.cloudformation.template import TEMPLATES
from ourhalf.resources.ecs import EcsTaskDefinition
from ourhalf.resources.sagemaker import SageMakerModel
from tests.support import cloudformation, read


def one(text: str) -> Any:
    """The one resource of a template."""
    found = cloudformation(text)
    assert len(found) == 1
    return found[0]


def names(texts: dict[str, str]) -> list[str]:
    """The names of all resources in these files."""
    return [resource.name for resource in read(texts).resources]


def unread(texts: dict[str, str]) -> list[tuple[int, str]]:
    """Line and reason of all that was not read in these files."""
    return [(u.line, u.reason) for u in read(texts).unread]


MODEL = "{Type: AWS::SageMaker::Model, Properties: {EnableNetworkIsolation: true}}"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.yaml", "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  M: " + MODEL),
        ("a.yml", "Resources:\n  M: " + MODEL),
        ("a.template", "Resources:\n  M: " + MODEL),
        ("stack.template", '{"Resources":\n\t{"M": {"Type": "AWS::SageMaker::Model"}}}'),
        ("cdk.out/Stack.template.json", '{"Resources": {"M": {"Type": "AWS::SageMaker::Model"}}}'),
        ("a.json", '{"Resources": {"O": {"Type": "Custom::Thing"}, "M": {"Type": "AWS::SageMaker::Model"}}}'),
    ],
)
def test_templates_are_recognised(path: str, text: str) -> None:
    found = read({path: text})
    assert [(r.name, r.origin.scope, r.origin.address) for r in found.resources] == [("M", path, "M")]
    assert not found.unread


@pytest.mark.parametrize(
    "text",
    [
        '{"version": "38.0.1", "artifacts": {"Stack.assets": {"type": "cdk:asset-manifest", "properties": {}}}}',
        '{"version": "tree-0.1", "tree": {"id": "App", "path": "", "children": {}}}',
        '{"version": "38.0.1", "files": {"abc": {"source": {"path": "Stack.template.json"}}}, "dockerImages": {}}',
        '{"Resources": []}',
        '{"Resources": {"limits": {"Type": "cpu"}}}',
        '{"Resources": {"a": {"Type": {"AWS::S3::Bucket": 1}}}}',
    ],
)
def test_other_documents_are_left_alone(text: str) -> None:
    found = read({"cdk.out/manifest.json": text})
    assert (found.resources, found.unread) == ((), ())


def test_conditions_decide_which_resources_are_there() -> None:
    text = f"""
Parameters: {{Env: {{Type: String, Default: dev}}, Given: {{Type: String}}}}
Conditions:
  IsDev: !Equals [!Ref Env, dev]
  IsProd: !Equals [!Ref Env, prod]
  Unknown: !Equals [!Ref Given, x]
Resources:
  Dev: {{Condition: IsDev, {MODEL[1:]}
  Prod: {{Condition: IsProd, {MODEL[1:]}
  Maybe: {{Condition: Unknown, {MODEL[1:]}
  Undefined: {{Condition: Nope, {MODEL[1:]}
"""
    assert [r.name for r in cloudformation(text)] == ["Dev", "Maybe", "Undefined"]


def test_fields_are_mapped_with_their_places() -> None:
    model = one("""Resources:
  Model:
    Type: AWS::SageMaker::Model
    Properties:
      ExecutionRoleArn: !GetAtt Role.Arn
      EnableNetworkIsolation: 'true'
      Tags:
        - Key: team
          Value: ml
""")
    assert isinstance(model, SageMakerModel)
    assert isinstance(model.role, Unresolved)
    assert model.role.reason == "Role is neither a parameter nor a resource of the template"
    assert (model.network_isolation.place.line, model.network_isolation.place.column) == (6, 7)
    assert model.network_isolation.place.field == "EnableNetworkIsolation"
    assert isinstance(model.network_isolation, Known)
    assert model.network_isolation.value is True
    assert (model.place.line, model.place.column) == (2, 3)


def test_references_link_to_resources() -> None:
    found = cloudformation("""
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Model: {Type: AWS::SageMaker::Model, Properties: {ExecutionRoleArn: !GetAtt Role.Arn}}
""")
    assert found[1].role.value == Reference("Role", "Arn")  # type: ignore[attr-defined]


@pytest.mark.parametrize("tags", ["[{Key: team, Value: ml}]", "{team: ml}"])
def test_tags_are_lists_or_maps(tags: str) -> None:
    model = one(f"Resources: {{M: {{Type: AWS::SageMaker::Model, Properties: {{Tags: {tags}}}}}}}")
    assert isinstance(model.tags, Known)
    assert isinstance(model.tags.value, Entries)
    assert {key: effective(field) for key, field in model.tags.value.items.items()} == {"team": "ml"}


def test_container_fields_are_capitalised() -> None:
    task = one("""
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: train
          Image: !Sub '763104351884.dkr.ecr.${AWS::Region}.amazonaws.com/pytorch-training:2.5'
          Privileged: true
          ReadonlyRootFilesystem: true
          EntryPoint: [python]
          Environment: [{Name: A, Value: b}]
          PortMappings: [{ContainerPort: 80}]
          LinuxParameters: {Capabilities: {Add: [SYS_ADMIN]}}
""")
    assert isinstance(task, EcsTaskDefinition)
    assert isinstance(task.containers, Known)
    container = task.containers.value[0]
    assert isinstance(container, Container)
    assert isinstance(container.image, Unresolved)
    assert container.image.prefix == "763104351884.dkr.ecr."
    assert container.image.suffix == ".amazonaws.com/pytorch-training:2.5"
    known = {
        field: effective(getattr(container, field))
        for field in ("privileged", "read_only_root", "entrypoint", "added_capabilities")
    }
    assert known == {
        "privileged": True,
        "read_only_root": True,
        "entrypoint": ("python",),
        "added_capabilities": ("SYS_ADMIN",),
    }
    assert isinstance(container.ports, Known)
    assert container.ports.value[0].container_port.value == 80  # type: ignore[union-attr]


def test_what_may_hold_more_is_not_taken_for_absent() -> None:
    model = one("""
Resources:
  M:
    Type: AWS::SageMaker::Model
    Properties:
      ModelName: m
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k}}
""")
    assert isinstance(model.network_isolation, Unresolved)
    assert model.network_isolation.reason == "made by the transform AWS::Include"
    assert model.model_name.value == "m"


def test_no_value_leaves_the_default() -> None:
    model = one("""
Resources:
  M: {Type: AWS::SageMaker::Model, Properties: {EnableNetworkIsolation: !Ref 'AWS::NoValue'}}
""")
    assert isinstance(model.network_isolation, Absent)
    assert model.network_isolation.default is False


def test_a_json_text_with_unknown_pieces_is_read_around_them() -> None:
    role = one("""
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: !Sub |
        {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
          "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:root"}}]}
""")
    text = str(role)
    assert "sts:AssumeRole" in text
    assert "Reference(target='AWS::AccountId'" in text


HOSTILE = [
    ("AWSTemplateFormatVersion: 1\nResources: [a]", [(2, "the template has no mapping of Resources")]),
    ("AWSTemplateFormatVersion: 1", [(1, "the template has no mapping of Resources")]),
    ("Resources:\n  M: @\n  A: text", [(3, "A is not a resource: it has no fields")]),
    ("Resources:\n  M: @\n  A: {Type: {a: b}}", [(3, "A is not a resource: its Type is not a text")]),
    ("Resources:\n  M: @\n  A: {Type: !Ref x}", [(3, "A: what !Ref x makes is not read")]),
    ("Resources:\n  M: @\n  A: {Properties: {}}", [(3, "A is not a resource: its Type is not a text")]),
    (
        "Resources:\n  M: @\n  A: {Type: AWS::SageMaker::Model, Properties: text}",
        [(3, "the Properties of A are not a mapping")],
    ),
    ("Resources:\n  M: @\n  A: {Type: 'A::B::C::MODULE'}", [(3, "A: what module A::B::C::MODULE makes is not read")]),
    (
        "Transform: [AWS::Serverless-2016-10-31, My::Macro]\nResources: {M: @}",
        [(1, "transform My::Macro: what it makes is not read")],
    ),
    (
        "Resources:\n  M: @\n  Fn::Transform: {Name: Mine}",
        [(3, "transform Mine: what it makes is not read")],
    ),
    (
        "Resources:\n  M: @\n  Fn::ForEach::Loop: [x, [a], {}]",
        [(3, "Fn::ForEach::Loop: what it makes is not read")],
    ),
    ("Resources: {M: @}\nModules:\n  Net: {Source: ./net.yaml}", [(3, "module Net: what it makes is not read")]),
    ("Resources: {M: @}\nConditions: text\nMappings: [a]\nParameters: 1", []),
    ("Resources:\n  M: @\n  A: {Type: 'AWS::S3::Bucket', Condition: [a]}", []),
]


@pytest.mark.parametrize(("text", "reasons"), HOSTILE)
def test_hostile_shapes_cost_one_line_each(text: str, reasons: list[tuple[int, str]]) -> None:
    texts = {"t.yaml": text.replace("@", MODEL)}
    assert unread(texts) == reasons
    assert ("M" in names(texts)) == ("M: " in text)


def test_properties_that_are_no_mapping_leave_every_field_unknown() -> None:
    model = cloudformation("Resources: {A: {Type: AWS::SageMaker::Model, Properties: text}}")[0]
    assert isinstance(model, SageMakerModel)
    assert isinstance(model.network_isolation, Unresolved)


@pytest.mark.parametrize(("levels", "reasons"), [(60, []), (80, ["nested deeper than 200 levels"])])
def test_depth_is_bounded(levels: int, reasons: list[str]) -> None:
    deep = "{'Fn::Join': ['', [" * levels + "x" + "]]}" * levels
    found = read({"t.yaml": f"Resources: {{A: {{Type: AWS::SageMaker::Model, Properties: {{ModelName: {deep}}}}}}}"})
    assert [u.reason for u in found.unread] == reasons
    assert [r.model_name.value for r in found.resources] == ([] if reasons else ["x"])  # type: ignore[attr-defined]


def test_long_chains_of_conditions_are_bounded() -> None:
    chain = "\n".join(f"  C{n}: !Condition C{n + 1}" for n in range(2000))
    text = f"Conditions:\n{chain}\nResources:\n  M: {{Condition: C0, {MODEL[1:]}"
    assert names({"t.yaml": text}) == ["M"]


def test_nested_stacks() -> None:
    parent = """
Resources:
  Near: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: nested/net.yaml}}
  ByUrl:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: !Sub 'https://${AWS::Region}.s3.amazonaws.com/qs/nested/net.yaml'}
  Far: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://s3.amazonaws.com/b/other.yaml'}}
  Unknown: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: !Ref Url}}
  Model:
    Type: AWS::SageMaker::Model
    Properties: {ExecutionRoleArn: !GetAtt Near.Outputs.Role}
"""
    found = read({"stacks/main.yaml": parent, "stacks/nested/net.yaml": f"Resources: {{M: {MODEL}}}"})
    assert [(r.name, r.origin.scope) for r in found.resources] == [
        ("Model", "stacks/main.yaml"),
        ("M", "stacks/nested/net.yaml"),
    ]
    assert found.resources[0].role.reason == "an output of the nested stack Near"  # type: ignore[attr-defined]
    assert [u.reason for u in found.unread] == [
        "nested stack Far: its template https://s3.amazonaws.com/b/other.yaml is not read",
        "nested stack Unknown: its template at a place that is not known is not read",
    ]


def _strange(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.sampled_from(["Type", "Properties", "Condition", "Ref", "Fn::If", "Tags", "Key", "Resources", "A"])
    return st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["Resources", "Transform", "Conditions", "Globals", "Modules", "Mappings", "Parameters"]),
        st.recursive(
            st.sampled_from([None, 1, "A", "AWS::ECS::TaskDefinition", "AWS::Serverless::Function", "AWS::IAM::Role"]),
            _strange,
            max_leaves=25,
        ),
    )
)
def test_no_document_is_too_strange(tree: dict[str, Any]) -> None:
    found = read({"t.json": json.dumps({"AWSTemplateFormatVersion": "1", **tree})})
    assert all(isinstance(resource, Resource) for resource in found.resources)
    assert not [u for u in found.unread if u.reader != TEMPLATES.name]
