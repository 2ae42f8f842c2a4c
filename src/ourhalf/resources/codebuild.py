"""AWS CodeBuild, where images are built."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many, Text
from ourhalf.model.resource import At, Names, Part, Resource

_API = "https://docs.aws.amazon.com/codebuild/latest/APIReference/"


class BuildVariable(Part, frozen=True):
    """An environment variable of a build; a value of type PLAINTEXT is seen by all who see the project."""

    variable: Annotated[Field[str], At("name", terraform="name")] = ABSENT
    value: Annotated[Field[Text], At("value")] = ABSENT
    source: Annotated[Field[str], At("type", default="PLAINTEXT", source=_API + "API_EnvironmentVariable.html")] = (
        ABSENT
    )


class CodeBuildProject(Resource, frozen=True):
    """A build project."""

    names = Names(
        api="codebuild:CreateProject",
        cloudformation="AWS::CodeBuild::Project",
        terraform="aws_codebuild_project",
    )

    project: Annotated[Field[str], At("name", identifies=True)] = ABSENT
    image: Annotated[Field[str], At("environment.image")] = ABSENT
    privileged: Annotated[
        Field[bool],
        At("environment.privilegedMode", default=False, source=_API + "API_ProjectEnvironment.html"),
    ] = ABSENT
    variables: Annotated[
        Many[BuildVariable],
        At("environment.environmentVariables", terraform="environment.environment_variable"),
    ] = ABSENT
    role: Annotated[Field[Link], At("serviceRole")] = ABSENT
    kms_key: Annotated[Field[Link], At("encryptionKey")] = ABSENT
    tags: Annotated[Field[Entries[str]], At("tags")] = ABSENT
