"""Settings that switch checks off are told with their lines; comments and the other way round are not."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ourhalf.images.examiners.installs import INSTALLS
from tests.images.examiners.examining import examined

FILES = {
    "etc/apt/apt.conf.d/99x": '// AllowUnauthenticated "true";\nAPT::Get::AllowUnauthenticated "true";\n',
    "etc/apt/sources.list.d/x.list": "deb [arch=amd64 trusted=yes] http://x.example ./\n",
    "etc/apt/sources.list.d/x.sources": "Types: deb\nTrusted: yes\n",
    "etc/yum.repos.d/x.repo": "[x]\ngpgcheck=0\n",
    "etc/pip.conf": "[global]\ntrusted-host = x.example\nextra-index-url = https://x.example/simple\n",
    "opt/conda/.condarc": "ssl_verify: false\n",
    "root/.npmrc": "strict-ssl=false\n",
    "root/.gitconfig": "[http]\n\tsslVerify = false\n",
    "etc/shadow": "root:$6$abcdefgh$0123456789:1::::::\nempty::1::::::\nlocked:*:1::::::\nbang:!:1::::::\n",
}
EXPECTED = {
    ("etc/apt/apt.conf.d/99x", "unchecked-install", 2),
    ("etc/apt/sources.list.d/x.list", "unchecked-install", 1),
    ("etc/apt/sources.list.d/x.sources", "unchecked-install", 2),
    ("etc/yum.repos.d/x.repo", "unchecked-install", 2),
    ("etc/pip.conf", "unchecked-install", 2),
    ("etc/pip.conf", "second-index", 3),
    ("opt/conda/.condarc", "unchecked-install", 1),
    ("root/.npmrc", "unchecked-install", 1),
    ("root/.gitconfig", "unchecked-install", 2),
    ("etc/shadow", "password-set", 1),
    ("etc/shadow", "password-empty", 2),
}


def test_each_is_told_with_its_line(tmp_path: Path) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    found = examined(INSTALLS, tmp_path)
    assert {(one.place.path, one.kind, one.place.line) for one in found} == EXPECTED
    assert not [one for one in found if "$6$" in one.what]


@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    for want in INSTALLS.wanted:
        assert want.reduce is not None
        want.reduce("etc/x", memoryview(data))
