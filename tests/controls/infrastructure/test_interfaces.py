"""Demonstrations and metrics."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure import interfaces as group
from ourhalf.model.verdict import Status
from tests.controls.serving import HIDDEN, balanced, environment, pod, public_task
from tests.support import Case, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
EVERYWHERE = environment(GRADIO_SERVER_NAME="0.0.0.0")
FROM_ELSEWHERE = "    envFrom: [{configMapRef: {name: c}}]"
STREAMLIT = '["streamlit", "run", "app.py"]'


def on_port(port: str) -> str:
    """Gradio on every address and a port of its own."""
    return environment(GRADIO_SERVER_NAME="0.0.0.0", GRADIO_SERVER_PORT=port)


CASES: list[Case] = [
    Case(group.GRADIO_NOT_OPEN, FAIL, pod("x", more=EVERYWHERE, beside=balanced(7860))),
    Case(group.GRADIO_NOT_OPEN, PASS, pod("x", more=EVERYWHERE, beside=balanced(7860, "internal"))),
    Case(group.GRADIO_NOT_OPEN, PASS, pod("x", more=EVERYWHERE)),
    Case(group.GRADIO_NOT_OPEN, PASS, pod("x", more=environment(GRADIO_SERVER_NAME="127.0.0.1"))),
    Case(group.GRADIO_NOT_OPEN, FAIL, pod("x", more=on_port("9000"), beside=balanced(9000))),
    Case(group.GRADIO_NOT_OPEN, PASS, pod("x", more=on_port("9000"), beside=balanced(7860))),
    Case(group.GRADIO_NOT_OPEN, FAIL, pod("x", more=on_port("the usual"), beside=balanced(7860))),
    Case(group.GRADIO_NOT_OPEN, UNKNOWN, pod("x", more=on_port(HIDDEN))),
    Case(group.GRADIO_NOT_OPEN, UNKNOWN, pod("x", more=on_port(HIDDEN), beside=balanced(7860))),
    Case(group.GRADIO_NOT_OPEN, UNKNOWN, pod("x", '["gradio", "app.py"]')),
    Case(group.GRADIO_NOT_OPEN, NONE, pod("x", '["python", "app.py"]')),
    Case(group.STREAMLIT_NOT_OPEN, FAIL, pod("x", STREAMLIT, beside=balanced(8501))),
    Case(group.STREAMLIT_NOT_OPEN, PASS, pod("x", STREAMLIT)),
    Case(group.STREAMLIT_NOT_OPEN, UNKNOWN, public_task("streamlit", "run", "app.py")),
    Case(group.DCGM_NOT_OPEN, FAIL, pod("nvcr.io/nvidia/k8s/dcgm-exporter:4", beside=balanced(9400))),
    Case(group.DCGM_NOT_OPEN, PASS, pod("nvcr.io/nvidia/k8s/dcgm-exporter:4")),
    Case(group.DCGM_NOT_OPEN, UNKNOWN, public_task("dcgm-exporter")),
    Case(group.GRADIO_NOT_SHARED, FAIL, pod("x", more=environment(GRADIO_SHARE="True"))),
    Case(group.GRADIO_NOT_SHARED, FAIL, pod("x", '["python", "webui.py", "--share"]')),
    Case(group.GRADIO_NOT_SHARED, PASS, pod("x", more=environment(GRADIO_SHARE="False"))),
    Case(group.GRADIO_NOT_SHARED, PASS, pod("x", '["gradio", "app.py"]')),
    Case(group.GRADIO_NOT_SHARED, UNKNOWN, pod("x", more=environment(GRADIO_SHARE=HIDDEN))),
    Case(group.GRADIO_NOT_SHARED, UNKNOWN, pod("x", f'["gradio", "app.py", "{HIDDEN}"]')),
    Case(group.GRADIO_NOT_SHARED, NONE, pod("x", '["python", "app.py", "--share"]')),
    Case(group.GRADIO_NOT_SHARED, UNKNOWN, pod("x", '["gradio", "app.py"]', more=FROM_ELSEWHERE)),
    Case(group.GRADIO_NOT_SHARED, NONE, pod("x", '["python", "app.py"]', more=FROM_ELSEWHERE)),
    Case(group.GRADIO_NOT_SHARED, NONE, pod("x", '["python", "app.py"]', more=environment(MODE="fast"))),
    Case(group.GRADIO_NOT_SHARED, UNKNOWN, pod("x", '["gradio", "app.py"]', more=f"    env: '{HIDDEN}'")),
    Case(group.GRADIO_NOT_SHARED, NONE, pod("x", '["python", "app.py"]', more=f"    env: '{HIDDEN}'")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


def test_a_finding_shows_the_command_that_shares() -> None:
    _, verdict = Case(group.GRADIO_NOT_SHARED, FAIL, pod("x", '["python", "webui.py", "--share"]')).judged()
    assert [place.field for place in verdict.places] == ["command"]
