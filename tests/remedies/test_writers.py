"""The writers of remedies against the parsers of what they write."""

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from ourhalf.remedies.writers import yaml_text


@given(st.text(min_size=1, max_size=12) | st.from_regex(r"[A-Za-z0-9_./-]{1,8}", fullmatch=True))
@example("Yes")
@example("1e5")
@example("a:b")
@example("\x85")
def test_a_text_in_yaml_stays_that_text(text: str) -> None:
    assert yaml.safe_load(yaml_text({"key": text})) == {"key": text}
