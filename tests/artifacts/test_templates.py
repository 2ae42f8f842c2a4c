"""Chat templates: those that read messages are fine; those that reach into Python's objects are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.artifacts.judgement import Judgement, worst
from ourhalf.artifacts.templates import MAX_TEMPLATE, template_reasons

PLAIN = [
    "{% for message in messages %}{{ message['role'] + ': ' + message['content'] | trim }}{% endfor %}",
    "{%- if tools %}{{ tools | tojson(indent=4) }}{% endif %}{{ bos_token }}{{ messages[0].content }}",
    "{% set ns = namespace(i=0) %}{% for m in messages[::-1] %}{% set index = (messages|length - 1) - loop.index0 %}"
    "{% if messages[index].role == 'user' %}{% set ns.i = index %}{% endif %}{% endfor %}",
    "{% macro kind(spec) %}{% set names = {'string': 'str'} %}{{ names[spec.type] }}{% endmacro %}",
    "{% for key, value in tool.items() %}{{ tool[key] }}{% endfor %}{% for k in args %}{{ args[k] }}{% endfor %}",
    "{% generation %}{{ message.content.split('</think>')[-1].lstrip('\\n') }}{% endgeneration %}",
    "{% for m in messages %}{% if loop.first %}{% continue %}{% endif %}{% break %}{% endfor %}",
    "{{ raise_exception('Roles must alternate') }}{{ strftime_now('%d %b %Y') }}",
    "{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | join(' ') }}",
    "{% set system = messages | selectattr('role', 'equalto', 'system') | list %}{{ system[0]['content'] }}",
]
REACHING = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ messages['__class__'] }}",
    "{{ messages['\\x5f_class__'] }}",
    "{{ messages|attr('__class__') }}",
    "{{ messages|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    "{{ messages['_' ~ '_class_' ~ '_'] }}",
    "{{ messages['_'*2 + 'class' + '_'*2] }}",
    "{% set a = '_' * 2 %}{{ messages[a ~ 'class' ~ a] }}",
    "{% set a = '_' * 2 ~ 'class' %}{{ messages[a] }}",
    "{% set a %}__class__{% endset %}{{ messages[a] }}",
    "{% for a in ['_' ~ '_class__'] %}{{ messages[a] }}{% endfor %}",
    "{% with a = '%c' % 95 %}{{ messages[a * 2] }}{% endwith %}",
    "{{ messages[['__cl', 'ass__'] | join] }}",
    "{{ messages['ssalc'[::-1]] }}",
    "{{ messages | map(attribute='__class__') | list }}",
    "{{ messages | map('attr', '__class__') | list }}",
    "{{ messages | selectattr('a.__class__') | list }}",
    "{{ '{0.__class__}'.format(messages) }}",
    "{{ '{0.__class__}' | format(messages) }}",
    "{{ lipsum.__globals__.os.popen('id').read() }}",
    "{{ self._TemplateReference__context }}",
    "{% include 'other' %}",
    "{% import 'other' as other %}",
    "{% if %}",
]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_access_is_fine(text: str) -> None:
    assert template_reasons(text, "m") == ()


@pytest.mark.parametrize("text", REACHING)
def test_reaching_into_objects_is_told(text: str) -> None:
    (reason,) = template_reasons(text, "m", 7)
    assert (reason.judgement, reason.offset) == (Judgement.UNPROVED, 7)
    assert "without a sandbox" in reason.what


@pytest.mark.parametrize("text", ["x" * (MAX_TEMPLATE + 1), "{{ " + "(" * 100_000, "{{ " + "-" * 50_000 + "1 }}"])
def test_what_is_too_large_is_never_safe(text: str) -> None:
    assert worst(template_reasons(text, "m")) is not Judgement.SAFE


@given(st.text(alphabet="{}%_'[]()|.~+ abcdefor\n", max_size=60))
def test_any_text_is_borne(text: str) -> None:
    template_reasons("{{ " + text + " }}", "m")
