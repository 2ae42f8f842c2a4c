"""The Serverless Application Model: its types as the CloudFormation types that they become."""

from __future__ import annotations

from typing import NamedTuple

from ourhalf.model.field import Reference, Unresolved
from ourhalf.readers.cloudformation.intrinsics import Evaluator
from ourhalf.readers.node import Node, from_plain

TRANSFORM = "AWS::Serverless-2016-10-31"

_GLOBALS = {
    "AWS::Serverless::Function": "Function",
    "AWS::Serverless::StateMachine": "StateMachine",
    "AWS::Serverless::SimpleTable": "SimpleTable",
}
_ROLES = {
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
}
_SERVICES = {
    "AWS::Lambda::Function": "lambda.amazonaws.com",
    "AWS::StepFunctions::StateMachine": "states.amazonaws.com",
}
_FUNCTION_NAMES = {"Tracing": ("TracingConfig", "Mode"), "DeadLetterQueue": ("DeadLetterConfig",)}
_CODE_NAMES = {"CodeUri": "S3Uri", "InlineCode": "ZipFile", "ImageUri": "ImageUri"}
_MACHINE_NAMES = {"Name": "StateMachineName", "Logging": "LoggingConfiguration", "Tracing": "TracingConfiguration"}
_BASIC_EXECUTION = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
_VPC_ACCESS = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
_MAX_MERGE = 16


class Made(NamedTuple):
    """A resource that the transform makes: logical id, CloudFormation type and properties."""

    name: str
    kind: str
    properties: Node


class Serverless:
    """The serverless resources of one template, with its `Globals`."""

    def __init__(self, document: Node, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._document = document
        resources = document.get("Resources")
        for name, declared in resources.items() if resources is not None else ():
            kind = declared.get("Type")
            text = kind.text() if kind is not None else None
            if text in _ROLES and declared.dig("Properties.Role") is None:
                evaluator.implied.add(f"{name}Role")
            evaluator.expanded |= (text or "").startswith("AWS::Serverless::")

    def expand(self, name: str, kind: str, properties: Node) -> tuple[list[Made], str]:
        """What `AWS::Serverless::...` becomes, and why that is not all where it is not."""
        if isinstance(properties.value, Unresolved):
            return [Made(name, _ROLES[kind], properties)] if kind in _ROLES else [], ""
        properties = self._with_globals(kind, properties)
        match kind:
            case "AWS::Serverless::Function":
                return self._function(name, properties), ""
            case "AWS::Serverless::StateMachine":
                return self._state_machine(name, properties), ""
            case "AWS::Serverless::Connector":
                return [], f"connector {name}: the permissions that it gives are not read"
            case "AWS::Serverless::Application" if not isinstance(_value(properties, "Location"), str):
                return [], f"application {name}: its template is not read"
        return [], ""

    def _with_globals(self, kind: str, properties: Node) -> Node:
        section = self._document.dig(f"Globals.{_GLOBALS[kind]}") if kind in _GLOBALS else None
        return _merged(self._evaluator.evaluate(section), properties) if section is not None else properties

    def _function(self, name: str, properties: Node) -> list[Made]:
        fields: dict[str, Node] = {}
        code: dict[str, Node] = {}
        for key, child in properties.items():
            if key in _CODE_NAMES:
                code[_CODE_NAMES[key]] = child
            elif key in _FUNCTION_NAMES:
                _put(fields, _FUNCTION_NAMES[key], child)
            else:
                fields[key] = child
        if code:
            fields["Code"] = properties.with_value(code)
        attached = [_BASIC_EXECUTION] + ([_VPC_ACCESS] if "VpcConfig" in fields else [])
        return self._with_role(Made(name, "AWS::Lambda::Function", _holding(properties, fields)), attached)

    def _state_machine(self, name: str, properties: Node) -> list[Made]:
        fields = {_MACHINE_NAMES.get(key, key): child for key, child in properties.items()}
        if "Role" in fields:
            fields["RoleArn"] = fields["Role"]
        return self._with_role(Made(name, "AWS::StepFunctions::StateMachine", _holding(properties, fields)), [])

    def _with_role(self, made: Made, attached: list[str]) -> list[Made]:
        """`made`, with the role that the transform adds where none is given."""
        fields = made.properties.value
        if "Role" in fields or made.properties.rest is not None:
            return [made]
        at = made.properties
        role = at.with_value(Reference(f"{made.name}Role", "Arn"))
        fields["Role" if made.kind == "AWS::Lambda::Function" else "RoleArn"] = role
        return [made, Made(f"{made.name}Role", "AWS::IAM::Role", _role(made, attached))]


def _role(made: Made, attached: list[str]) -> Node:
    at = made.properties
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": [_SERVICES[made.kind]]}, "Action": ["sts:AssumeRole"]}
        ],
    }
    managed = [at.with_value(arn) for arn in attached]
    inline: list[Node] = []
    listed = at.value.get("Policies")
    elements = listed.value if listed is not None and isinstance(listed.value, list) else [listed]
    for number, policy in enumerate(element for element in elements if element is not None):
        match policy.value:
            case str() as text:
                arn = text if text.startswith("arn:") else f"arn:aws:iam::aws:policy/{text}"
                managed.append(policy.with_value(arn))
            case dict() as fields if "Statement" in fields:
                document = {"PolicyName": policy.with_value(f"{made.name}RolePolicy{number}"), "PolicyDocument": policy}
                inline.append(policy.with_value(document))
            case dict() as fields:
                names = ", ".join(fields)
                inline.append(policy.unresolved(f"the policy template {names} is not expanded"))
            case Reference():
                managed.append(policy)
            case Unresolved():
                managed.append(policy)
                inline.append(policy)
    found = {
        "AssumeRolePolicyDocument": from_plain(trust, at.path, at.line, at.column),
        "ManagedPolicyArns": at.with_value(managed),
        "Policies": at.with_value(inline),
    }
    if "PermissionsBoundary" in at.value:
        found["PermissionsBoundary"] = at.value["PermissionsBoundary"]
    return at.with_value(found)


def _holding(node: Node, fields: dict[str, Node]) -> Node:
    """`node` with other fields, which may be as incomplete as before."""
    return Node(fields, node.path, node.line, node.column, None, node.rest)


def _put(fields: dict[str, Node], path: tuple[str, ...], child: Node) -> None:
    for key in reversed(path[1:]):
        child = child.with_value({key: child})
    fields[path[0]] = child


def _value(node: Node, key: str) -> object:
    found = node.get(key)
    return found.value if found is not None else None


def _merged(base: Node, own: Node, depth: int = 0) -> Node:
    """`own` over the `Globals` in `base`: mappings joined by name, lists appended, scalars replaced."""
    if isinstance(base.value, Unresolved):
        return Node(own.value, own.path, own.line, own.column, own.tag, own.rest or base.value)
    if depth > _MAX_MERGE:
        return own
    if isinstance(base.value, dict) and isinstance(own.value, dict):
        fields = dict(base.value)
        for key, child in own.value.items():
            fields[key] = _merged(fields[key], child, depth + 1) if key in fields else child
        return Node(fields, own.path, own.line, own.column, own.tag, own.rest or base.rest)
    if isinstance(base.value, list) and isinstance(own.value, list):
        return Node(base.value + own.value, own.path, own.line, own.column, own.tag, own.rest or base.rest)
    return own
