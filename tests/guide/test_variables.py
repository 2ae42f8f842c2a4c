from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ourhalf.guide.variables import VariableError, filled, line_of

VALUES = {"aws": "AWS", "dlc": "Deep Learning Containers", "dlc_long": "AWS Deep Learning Containers"}


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("{{ aws }}", "AWS"),
        ("{{aws}}", "AWS"),
        ("{{\taws }}s", "AWSs"),
        ("a {{ dlc }} b {{ dlc_long }} c", "a Deep Learning Containers b AWS Deep Learning Containers c"),
        (r"\{{ aws }}", "{{ aws }}"),
        ("{ aws } }} {% if aws %} {# aws #} ${aws} %(aws)s {aws}", None),
        ("", None),
        ("`{{ aws }}`\r\n", "`AWS`\r\n"),
    ],
)
def test_names_are_replaced_and_nothing_else(text: str, becomes: str | None) -> None:
    assert filled(text, VALUES) == (text if becomes is None else becomes)


@pytest.mark.parametrize(
    "text",
    [
        "{{ aws.__class__ }}",
        "{{ aws|upper }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ 7 * 7 }}",
        "{{ include('/etc/passwd') }}",
        "{{ aws['x'] }}",
        "{{ dlc-long }}",
        "{{ }}",
        "{{",
        "{{{ aws }}}",
        "{{ aws\n}}",
        "{{ äws }}",
        f"{{{{ {'a' * 65} }}}}",
    ],
)
def test_what_is_no_name_is_refused_and_never_run(text: str) -> None:
    with pytest.raises(VariableError, match="nothing is evaluated"):
        filled(text, VALUES)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("{{ dlc_lnog }}", "did you mean dlc_long"),
        ("{{ AWS }}", "the glossary has aws, dlc, dlc_long"),
        ("{{ __class__ }}", "no variable is named __class__"),
    ],
)
def test_an_undefined_name_is_refused_with_those_near(text: str, near: str) -> None:
    with pytest.raises(VariableError, match=near):
        filled(text, VALUES)


def test_values_are_not_looked_into() -> None:
    assert filled("{{ a }}", {"a": "{{ b }} \\1 \\g<0> {{ x.y }}"}) == "{{ b }} \\1 \\g<0> {{ x.y }}"


@given(st.lists(st.one_of(st.sampled_from(["aws", "dlc"]), st.text().filter(lambda text: "{" not in text))))
def test_pieces_between_names_stay(pieces: list[str]) -> None:
    text = "".join(f"{{{{ {piece} }}}}" if piece in VALUES else piece for piece in pieces)
    assume(r"\{{" not in text)
    assert filled(text, VALUES) == "".join(VALUES.get(piece, piece) for piece in pieces)


@given(st.text(alphabet="{}\\ aw.s_|()\n"))
def test_any_text_is_filled_or_refused(text: str) -> None:
    refused: VariableError | None = None
    made = ""
    try:
        made = filled(text, {})
    except VariableError as error:
        refused = error
    if refused is None:
        assert made == text.replace(r"\{{", "{{")
    else:
        assert text[refused.at :].startswith("{{")
        assert 1 <= line_of(text, refused.at) <= text.count("\n") + 1
