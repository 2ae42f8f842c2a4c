"""What expressions and statements stand for, seen through one request."""

from __future__ import annotations

import pytest

from ourhalf.model.field import Reference, Unresolved
from ourhalf.resources.sagemaker import SageMakerModel
from tests.readers.python.source import one, place, source, value

SETUP = "import boto3, os, json, copy\nsm = boto3.client('sagemaker')\n"


def name_of(text: str) -> object:
    """The model's name after the statements of `text`, which give it as `name`."""
    return value(one(f"{SETUP}{text}\nsm.create_model(ModelName=name, ExecutionRoleArn='r')").model_name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name = 'a'", "a"),
        ("prefix = 'a'; name = f'{prefix}-b'", "a-b"),
        ("name = 'a' + '-' + str(7)", "a-7"),
        ("name = '{}-{x}'.format('a', x=2)", "a-2"),
        ("name = '%s-%d' % ('a', 2)", "a-2"),
        ("name = '-'.join(['a', 'b'])", "a-b"),
        ("name = os.path.join('a', 'b')", "a/b"),
        ("name = ('A' 'B').lower()", "ab"),
        ("names = ['a', 'b']; name = names[-1]", "b"),
        ("config = {'k': {'n': 'a'}}; name = config['k']['n']", "a"),
        ("config = dict(n='a', **{'m': 'b'}); name = config.get('m', 'c')", "b"),
        ("config = {**{'n': 'a'}, 'n': 'b'}; name = config['n']", "b"),
        ("config = {'n': 'a'} | {'n': 'b'}; name = config['n']", "b"),
        ("config = {}; config['n'] = 'a'; config.update(n='b'); name = config['n']", "b"),
        ("one = {}; other = one; other['n'] = 'a'; name = one['n']", "a"),
        ("one = {'n': 'a'}; other = copy.deepcopy(one); other['n'] = 'b'; name = one['n']", "a"),
        ("first, name = 'a', 'b'", "b"),
        ("name = 'a' if True else 'b'", "a"),
        ("import x\nname = 'a' if x.y else 'a'", "a"),
        ("name = None or 'b'", "b"),
        ("debug = False\nif debug:\n    name = 'a'\nelse:\n    name = 'b'", "b"),
        ("import x\nif x.y:\n    name = 'a'\nelse:\n    name = 'a'", "a"),
        ("import x\nif x.y:\n    raise SystemExit\nname = 'b'", "b"),
        ("if __name__ == '__main__':\n    name = 'a'", "a"),
        ("try:\n    name = 'a'\nexcept ValueError:\n    raise", "a"),
        ("with open('f') as f:\n    name = 'a'", "a"),
        ("name = 'a'\nname = 'b'", "b"),
        ("name: str = 'a'", "a"),
        ("name = json.loads(json.dumps({'n': 'a'}))['n']", "a"),
        ("name = json.dumps(4)", "4"),
        ("name = json.dumps(False)", "false"),
        ("name = json.dumps(None)", "null"),
        ("print(name := 'a')", "a"),
        ("name = 'x=1'.replace('=', '-')", "x-1"),
    ],
)
def test_known(text: str, expected: str) -> None:
    assert name_of(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name = os.environ['NAME']", "environment variable NAME"),
        ("name = os.environ.get('NAME', 'a')", "environment variable NAME (`a` where it is not set)"),
        ("name = os.getenv('NAME')", "environment variable NAME"),
        ("import x\nif x.y:\n    name = 'a'\nelse:\n    name = 'b'", "`name` depends on `x.y`"),
        ("import x\nname = 'a'\nif x.y:\n    name = 'b'", "`name` depends on `x.y`"),
        ("import x\nname = 'a' if x.y else 'b'", "depends on `x.y`"),
        ("import x\nd = {'n': 'a'}\nif x.y:\n    d['n'] = 'b'\nname = d['n']", "set only where `x.y`"),
        ("import x\nd = {'n': 'a'}\nif x.y:\n    d.pop('n')\nname = d['n']", "set only where `x.y`"),
        ("import x\nfor name in x.y:\n    pass", "`name` depends on how often `x.y` has elements"),
        (
            "for name in ['a', 'b']:\n    if name: break",
            "`name` depends on how often `['a', 'b']` has elements",
        ),
        ("for a in 'ab' * 9:\n    pass\nname = a", "`a` depends on how often `'ab' * 9` has elements"),
        ("import x\nd = {'n': 'a', **x.y}\nname = d['n']", "`x.y` is known only at run time"),
        ("import x\nd = {'n': 'a'}\nd[x.y] = 'b'\nname = d['n']", "changed under a key that is known only at run time"),
        (
            "import x\ndef f(d):\n    if x.y:\n        return\n    d['n'] = 'b'\nd = {'n': 'a'}\nf(d)\nname = d['n']",
            "f() may change it",
        ),
        ("def f():\n    for x in 'ab': return x\nname = f()", "what f() returns"),
        ("async def f(): return 'a'\nname = f()", "what f() returns"),
        ("import x\n@x.y\ndef f(): return 'a'\nname = f()", "what f() returns"),
        ("def f(a): return a\nname = f()", "what f() returns"),
        ("import x\ndef f():\n    if x.y: return 'a'\n    return 'b'\nname = f()", "what f() returns depends on `x.y`"),
        ("import x\ndef f(a): return a\nname = f(x.y)", "`x.y` is known only at run time"),
        ("def f(a): return f(a)\nname = f('a')", "what f() returns"),
        ("a = b\nb = a\nname = b", "`b` is known only at run time"),
        ("name = [x for x in 'ab'][0]", "`[x for x in 'ab']` is known only at run time"),
        (
            "try:\n    name = 'a'\nexcept ValueError:\n    name = 'b'",
            "`name` depends on whether an exception is raised",
        ),
        ("import argparse\nname = argparse.ArgumentParser().parse_args().name", "command-line argument `name`"),
        ("name = boto3.client('sts').get_caller_identity()['Account']", "answer of get_caller_identity(): `Account`"),
        ("name = 9 ** 9 ** 9", "`9 ** 9` is known only at run time"),
        ("name = undefined_thing", "`undefined_thing` is known only at run time"),
    ],
)
def test_not_known(text: str, reason: str) -> None:
    assert name_of(text) == f"<{reason}>"


def test_a_text_known_in_part_keeps_its_parts() -> None:
    model = one(f"{SETUP}name = f\"ml-{{os.environ['STAGE']}}-v\" + '1'\nsm.create_model(ModelName=name)")
    assert isinstance(model.model_name, Unresolved)
    assert model.model_name.parts == ("ml-", None, "-v1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(): return 'a'\nname = f()", "a"),
        ("def f(a, b='x', *, c=''):\n    'Doc.'\n    d = a + b\n    return f'{d}{c}'\nname = f('n', c='!')", "nx!"),
        (
            "def f(a):\n    if a == 'x':\n        return 'b'\n    else:\n        pass\n    return 'c'\nname = f('y')",
            "c",
        ),
        ("def g(): return 'a'\ndef f(): return g()\nname = f()", "a"),
        ("def f(d):\n    d['n'] = 'b'\nd = {'n': 'a'}\nf(d)\nname = d['n']", "b"),
        ("class C:\n    x = 'a'\n    def f(self, b): return self.x + b\nname = C().f('b')", "ab"),
        ("class C:\n    @staticmethod\n    def f(b): return b\nname = C.f('b')", "b"),
    ],
)
def test_what_short_functions_of_the_file_return(text: str, expected: str) -> None:
    assert name_of(text) == expected


def test_what_a_function_returns_may_be_known_in_part() -> None:
    text = "def uri(account, tag='1'):\n    return f'{account}.dkr.ecr.us-east-1.amazonaws.com/x:{tag}'\n"
    model = one(f"{SETUP}{text}sm.create_model(ModelName='m', PrimaryContainer={{'Image': uri(boto3.x)}})")
    assert model.primary_container.value.image.parts == (None, ".dkr.ecr.us-east-1.amazonaws.com/x:1")


def test_calls_of_functions_that_ask_are_not_followed_twice() -> None:
    text = f"{SETUP}def f(n):\n    sm.create_model(ModelName=n)\n    return n\nname = f('a')\n"
    assert [r.name for r in source(text).resources] == ["CreateModel in f"]


def test_a_chain_of_calls_ends() -> None:
    text = "".join(f"def f{n}(a): return f{n + 1}(f{n + 1}(a))\n" for n in range(40)) + "def f40(a): return a\n"
    found = source(f"{SETUP}{text}sm.create_model(ModelName=f0('a'))")
    assert not found.unread
    assert len(found.resources) == 1


def test_each_element_of_a_short_list_has_its_turn() -> None:
    text = """
        import boto3
        sm = boto3.client("sagemaker")
        request = {"EnableNetworkIsolation": True}
        for model in [{"name": "a"}, {"name": "b"}]:
            sm.create_model(ModelName=model["name"], **request)
            request["EnableNetworkIsolation"] = False
        sm.create_model(ModelName="last-" + model["name"])
    """
    found = [r for r in source(text).resources if isinstance(r, SageMakerModel)]
    assert [(value(m.model_name), value(m.network_isolation)) for m in found] == [
        ("a", True),
        ("b", False),
        ("last-b", None),
    ]


def test_loops_in_loops_are_followed_within_bounds() -> None:
    text = "sm = boto3.client('sagemaker')\n"
    for depth in range(8):
        text += " " * depth + f"for v{depth} in (1, 2, 3, 4):\n"
    text += " " * 8 + "sm.create_model(ModelName='m')\n"
    found = source(f"import boto3\n{text}")
    assert not found.unread
    assert 1 <= len(found.resources) <= 32


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("base64.b64encode('ab'.encode()).decode()", "YWI="),
        ("base64.b64encode(os.environ['A'].encode('utf-8')).decode()", "<environment variable A>"),
    ],
)
def test_texts_in_base64(expression: str, expected: str) -> None:
    assert name_of(f"import base64\nname = {expression}") == expected


def test_parameters_and_their_defaults_are_not_known() -> None:
    model = one("def make(client, name='a'):\n    client.create_model(ModelName=name)\n")
    assert value(model.model_name) == "<parameter `name` of make>"


def test_a_function_sees_what_a_name_ever_was() -> None:
    text = "N = 'a'\ndef make(sm):\n    sm.create_model(ModelName=N, ExecutionRoleArn=R)\nN = 'b'\nR = 'r'\n"
    model = one(text)
    assert (value(model.model_name), value(model.role)) == ("<`N` is assigned more than once>", "r")


def test_attributes_of_an_object_are_what_all_methods_set() -> None:
    text = """
        import boto3
        class Deployer:
            image = "i:1"
            def deploy(self, name):
                container = {"Image": self.image}
                self.sm.create_model(ModelName=self.name, ExecutionRoleArn=self.role, PrimaryContainer=container)
            def __init__(self, role):
                self.sm = boto3.client("sagemaker")
                self.name = "n"
                self.role = role
    """
    model = one(text)
    assert value(model.model_name) == "n"
    assert value(model.role) == "<parameter `role` of __init__>"
    assert value(model.primary_container) == {"image": "i:1"}


def test_what_a_loop_changes_is_not_known_inside_it() -> None:
    text = """
        import boto3
        sm = boto3.client("sagemaker")
        request = {"ModelName": "m", "EnableNetworkIsolation": True}
        for name in boto3.x:
            sm.create_model(**request)
            request["EnableNetworkIsolation"] = False
    """
    assert isinstance(one(text).network_isolation, Unresolved)


def test_a_mapping_that_is_spread_unknown_leaves_nothing_absent() -> None:
    model = one("import boto3, x\nboto3.client('sagemaker').create_model(ModelName='m', **x.more)")
    assert value(model.model_name) == "m"
    assert value(model.network_isolation) == "<`x.more` is known only at run time>"


def test_constants_of_files_beside_it_are_taken_over() -> None:
    text = """
        import boto3, config
        from settings import IMAGE as image, COMPUTED, TWICE
        from elsewhere import OTHER
        boto3.client("sagemaker").create_model(
            ModelName=config.NAME, ExecutionRoleArn=COMPUTED,
            PrimaryContainer={"Image": image, "Mode": TWICE, "ModelPackageName": OTHER})
    """
    model = one(
        text,
        config="NAME = 'n'\n",
        settings="IMAGE: str = 'i:1'\nCOMPUTED = f()\nTWICE = 'a'\nif x:\n    TWICE = 'b'\n",
    )
    assert value(model.model_name) == "n"
    assert value(model.role) == "<`COMPUTED` of `settings` is no plain constant>"
    assert value(model.primary_container) == {
        "image": "i:1",
        "mode": "<`TWICE` of `settings` is no plain constant>",
        "model_package": "<`elsewhere.OTHER` is known only at run time>",
    }


def test_each_field_stands_where_its_argument_does() -> None:
    call = 'boto3.client("sagemaker").create_model(\n    ModelName=name,\n    Tags=[\n        {"é": 1, "Key": "k", '
    text = f'import boto3\nname = "n"\n{call}"Value": "v"}},\n    ],\n)\n'
    model = one(text)
    assert (model.place.line, model.place.column) == (3, 1)
    assert place(model.model_name) == (4, 5)
    assert place(model.tags) == (5, 5)
    assert place(model.tags.value.items["k"]) == (6, 18)


def test_resources_are_linked_by_the_value_that_names_both() -> None:
    text = """
        import boto3, time
        sm = boto3.client("sagemaker")
        name = "m-" + time.strftime("%Y")
        sm.create_model(ModelName=name)
        answer = sm.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[{"ModelName": name}])
        sm.create_endpoint(EndpointName="e", EndpointConfigName=answer["EndpointConfigArn"])
    """
    model, config, endpoint = source(text).resources
    (variant,) = config.variants.value  # type: ignore[attr-defined]
    assert variant.model.value == Reference(model.origin.address, "ModelName")
    assert endpoint.config.value == Reference(config.origin.address, "EndpointConfigArn")  # type: ignore[attr-defined]
