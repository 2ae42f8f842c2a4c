"""What boot scripts start."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.model.field import Known, Redacted, Reference, Unresolved, doubt, effective, elements, entry
from ourhalf.model.resource import Dialect
from ourhalf.readers.embedded import user_data
from ourhalf.readers.mapping import build_part
from ourhalf.readers.node import Node
from ourhalf.resources.compose import HostContainer, UserData


def booted(text: Any) -> UserData:
    """What user data does."""
    node = user_data.parse(Node(text, "main.tf", 10))
    assert not isinstance(node.value, Unresolved), node.value
    return build_part(UserData, node, Dialect.COMPOSE)


def containers(text: Any) -> tuple[HostContainer, ...]:
    return elements(booted(text).containers)


def one(text: Any) -> HostContainer:
    found = containers(text)
    assert len(found) == 1, found
    return found[0]


def test_flags_of_a_training_container() -> None:
    found = one(
        """#!/bin/bash
docker run -d --name vllm --gpus all --ipc=host --network host --pid host --shm-size=8g \\
  --cap-add SYS_PTRACE --cap-drop=ALL --security-opt seccomp=unconfined --read-only --user 1000:1000 \\
  --device /dev/infiniband/uverbs0 --log-driver awslogs --log-opt awslogs-group=g --restart always \\
  -v /data:/data:ro --mount type=bind,source=/models,target=/models,readonly -v cache:/root/.cache \\
  -e HF_HOME=/data -e MODE --env-file /etc/app.env --privileged --memory 64g --entrypoint vllm \\
  vllm/vllm-openai:v0.14.0 serve meta/llama --port 8000
"""
    )
    assert found.name == "vllm"
    assert effective(found.image) == "vllm/vllm-openai:v0.14.0"
    assert effective(found.gpus) == "all"
    assert (effective(found.ipc), effective(found.network_mode), effective(found.pid)) == ("host", "host", "host")
    assert effective(found.shared_memory) == "8g"
    assert elements(found.added_capabilities) == ("SYS_PTRACE",)
    assert elements(found.dropped_capabilities) == ("ALL",)
    assert elements(found.security_options) == ("seccomp=unconfined",)
    assert effective(found.read_only_root) is True
    assert effective(found.privileged) is True
    assert effective(found.user) == "1000:1000"
    assert elements(found.devices) == ("/dev/infiniband/uverbs0",)
    assert effective(found.log_driver) == "awslogs"
    assert effective(entry(found.log_options, "awslogs-group")) == "g"
    assert effective(found.restart) == "always"
    assert elements(found.environment_files) == ("/etc/app.env",)
    assert effective(entry(found.environment, "HF_HOME")) == "/data"
    assert isinstance(entry(found.environment, "MODE"), Unresolved)
    assert elements(found.entrypoint) == ("vllm",)
    assert elements(found.arguments) == ("serve", "meta/llama", "--port", "8000")
    mounts = [(effective(m.volume), effective(m.path), effective(m.read_only)) for m in elements(found.mounts)]
    assert mounts == [("/data", "/data", True), ("/models", "/models", True), ("cache", "/root/.cache", False)]


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        ("-p 8888:8888", [("0.0.0.0", 8888, 8888)]),
        ("-p8888:8888", [("0.0.0.0", 8888, 8888)]),
        ("-dp 8888:8888", [("0.0.0.0", 8888, 8888)]),
        ("--publish=127.0.0.1:8888:80/tcp", [("127.0.0.1", 8888, 80)]),
        ("-p [::1]:8888:80", [("::1", 8888, 80)]),
        ("-p 8888", [("0.0.0.0", None, 8888)]),
        ("-p 127.0.0.1::80", [("127.0.0.1", None, 80)]),
        ("-p 8000-8001:9000-9001", [("0.0.0.0", 8000, 9000), ("0.0.0.0", 8001, 9001)]),
        ("-p $PORT:80", [("0.0.0.0", None, 80)]),
    ],
)
def test_published_ports(flag: str, expected: list[tuple[str, int | None, int]]) -> None:
    ports = elements(one(f"docker run {flag} nginx").ports)
    assert [(effective(p.host_address), effective(p.host_port), effective(p.container_port)) for p in ports] == expected


@pytest.mark.parametrize("flag", ["-P", "-p 1-9999:1-9999", "-p 1-5:1-9"])
def test_ports_that_cannot_be_told(flag: str) -> None:
    assert doubt(one(f"docker run {flag} nginx").ports) is not None


@pytest.mark.parametrize(
    "command",
    [
        "docker run nginx:1",
        "sudo docker run nginx:1",
        "sudo -u root -E docker container run --rm nginx:1",
        "/usr/bin/docker --config /etc/docker run -it nginx:1",
        "podman run nginx:1",
        "nerdctl -n k8s.io run nginx:1",
        "docker create nginx:1",
        "if docker run -d nginx:1; then echo started; fi",
        "ID=$(docker run -d nginx:1)",
        "ID=`docker run -d nginx:1`",
        "until docker run nginx:1\ndo sleep 1\ndone",
        "start() {\n  docker run nginx:1\n}\nstart",
        "bash -c 'docker run nginx:1'",
        'su - ubuntu -c "docker run nginx:1"',
        "bash <<'EOF'\ndocker run nginx:1\nEOF",
        "cat > /opt/start.sh <<'EOF'\n#!/bin/bash\ndocker run nginx:1\nEOF\n/opt/start.sh",
        "IMAGE=nginx\ndocker run $IMAGE:1",
        'IMAGE="${IMAGE:-nginx:1}"\ndocker run "$IMAGE"',
        'ARGS=(--rm\n  -p 80:80)\nARGS+=(nginx:1)\ndocker run "${ARGS[@]}"',
        'OPTS="--rm --name x"\ndocker run $OPTS nginx:1',
        "case $(uname) in\n  Linux) docker run nginx:1 ;;\nesac",
        "docker run --rm -- nginx:1",
        "$SUDO docker run nginx:1",
        "timeout 30 docker run nginx:1",
        "test -f x && docker run nginx:1 || true",
        "docker pull a && (docker run nginx:1) &",
        'echo "docker run ignored:1"\ndocker run nginx:1 # docker run commented:1',
    ],
)
def test_ways_to_start(command: str) -> None:
    found = one(command)
    assert effective(found.image) == "nginx:1", command


def test_what_is_not_started() -> None:
    text = "docker build .\ndocker pull x\necho 'docker run x'\n# docker run x\nkubectl run x\ngrep docker run"
    assert containers(text) == ()


def test_branches_leave_a_variable_open() -> None:
    text = 'if [ "$GPU" ]; then\n  IMG=a:gpu\nelse\n  IMG=a:cpu\nfi\ndocker run "$IMG"'
    image = one(text).image
    assert isinstance(image, Unresolved)
    assert "branch" in image.reason


def test_a_variable_that_all_branches_set_alike_is_known() -> None:
    text = "IMG=a:1\nif true; then IMG=a:1; fi\nfor i in 1 2; do TAG=2; done\ndocker run $IMG"
    assert effective(one(text).image) == "a:1"


def test_an_unknown_word_among_the_flags() -> None:
    found = one("docker run --privileged $SOMETHING nginx:1")
    assert effective(found.privileged) is True
    assert isinstance(found.image, Unresolved)
    assert isinstance(found.ports, Unresolved)


def test_unknown_flags_before_a_known_image() -> None:
    found = one("docker run $GPU_OPTS -p 80:80 nginx:1")
    assert effective(found.image) == "nginx:1"
    assert len(elements(found.ports)) == 1
    assert isinstance(found.privileged, Unresolved)


def test_a_flag_that_nobody_knows() -> None:
    found = one("docker run --shiny nginx:1")
    assert isinstance(found.privileged, Unresolved)


def test_parts_of_the_text_that_are_not_known() -> None:
    reference = Reference("aws_ecr_repository.r", "repository_url")
    data = Unresolved("a module output", parts=("docker run -p 80:80 ", reference, ":v1\n", None, "\n"))
    found = booted(data)
    image = elements(found.containers)[0].image
    assert isinstance(image, Unresolved)
    assert image.parts == (reference, ":v1")
    assert doubt(found.containers) is not None


def test_a_text_of_which_nothing_is_known() -> None:
    node = user_data.parse(Node(Unresolved("a variable"), "main.tf", 1))
    assert isinstance(node.value, Unresolved) or doubt(build_part(UserData, node, Dialect.COMPOSE).containers)


@pytest.mark.parametrize("pack", [False, True])
def test_base64_and_gzip(pack: bool) -> None:
    script = b"#!/bin/bash\ndocker run nginx:1\n"
    text = base64.b64encode(gzip.compress(script) if pack else script).decode()
    assert effective(one(text).image) == "nginx:1"


def test_a_bomb_is_cut() -> None:
    text = base64.b64encode(gzip.compress(b"#" + b"x" * 60_000_000)).decode()
    assert containers(text) == ()


def test_binary_is_no_script() -> None:
    node = user_data.parse(Node(base64.b64encode(b"\x1f\x8b" + b"\xff" * 40).decode(), "main.tf", 1))
    assert isinstance(node.value, Unresolved)


CLOUD_CONFIG = """#cloud-config
packages: [docker.io]
write_files:
  - path: /etc/systemd/system/model.service
    content: |
      [Service]
      Environment=TAG=v1
      ExecStartPre=-/usr/bin/docker rm -f model
      ExecStart=/usr/bin/docker run --rm --name %n \\
        -p 8000:8000 ghcr.io/acme/model:v1
  - path: /opt/run.sh
    encoding: b64
    content: IyEvYmluL3NoCmRvY2tlciBydW4gbmdpbng6MQo=
runcmd:
  - systemctl start model
  - [docker, run, -d, "redis:7"]
  - docker run -d grafana/grafana:11
"""


def test_cloud_config() -> None:
    images = {effective(c.image) for c in containers(CLOUD_CONFIG)}
    assert images == {"ghcr.io/acme/model:v1", "nginx:1", "redis:7", "grafana/grafana:11"}


def test_mime_parts() -> None:
    text = f"""MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="==B=="

--==B==
Content-Type: text/cloud-config; charset="us-ascii"

runcmd:
  - docker run a:1
--==B==
Content-Type: text/x-shellscript; charset="us-ascii"

#!/bin/bash
docker run b:1
--==B==
Content-Type: text/x-shellscript
Content-Transfer-Encoding: base64

{base64.b64encode(b"docker run c:1").decode()}
--==B==
Content-Type: application/node.eks.aws

apiVersion: node.eks.aws/v1alpha1
--==B==--
"""
    assert [effective(c.image) for c in containers(text)] == ["a:1", "b:1", "c:1"]


def test_compose_in_a_here_document() -> None:
    text = """#!/bin/bash
PASSWORD_FILE=/x
cat > docker-compose.yml <<'EOF'
services:
  jupyter:
    image: jupyter/base-notebook:1
    ports: ["127.0.0.1:8888:8888"]
    network_mode: host
EOF
docker compose up -d
"""
    found = one(text)
    assert found.name == "jupyter"
    assert effective(found.network_mode) == "host"
    assert effective(elements(found.ports)[0].host_address) == "127.0.0.1"


def test_compose_that_the_script_does_not_hold() -> None:
    missing = doubt(booted("git clone https://example.com/x\ncd x && docker compose -f prod.yml up -d").containers)
    assert missing is not None
    assert "prod.yml" in missing.reason


def test_settings_of_the_ecs_agent() -> None:
    text = """#!/bin/bash
echo ECS_CLUSTER=${cluster} >> /etc/ecs/ecs.config
cat <<'EOF' >> /etc/ecs/ecs.config
ECS_AWSVPC_BLOCK_IMDS=true
ECS_ENABLE_TASK_IAM_ROLE=true
EOF
echo "ECS_ENABLE_GPU_SUPPORT=true" | sudo tee -a /etc/ecs/ecs.config
"""
    agent = booted(text).agent
    assert effective(entry(agent, "ECS_AWSVPC_BLOCK_IMDS")) == "true"
    assert effective(entry(agent, "ECS_ENABLE_GPU_SUPPORT")) == "true"
    assert isinstance(entry(agent, "ECS_CLUSTER"), Unresolved)


def test_secrets_leave_only_marks() -> None:
    token = "hf_" + "a" * 36
    script = f"export DB_PASSWORD=hunter2hunter2\ncurl -H 'Bearer {token}' x\ndocker run -e API_KEY=s3cr3tvalue x:1\n"
    found = booted(base64.b64encode(b"#!/bin/bash\n" + script.encode()).decode())
    assert "hunter2" not in repr(found)
    assert "s3cr3tvalue" not in repr(found)
    assert token not in repr(found)
    variables = found.variables
    assert isinstance(variables, Known)
    kinds = {
        f.value.kind for f in variables.value.items.values() if isinstance(f, Known) and isinstance(f.value, Redacted)
    }
    assert kinds == {"secret-by-name", "hugging-face-token"}


def test_doubling_variables_stay_small() -> None:
    text = "A=xxxxxxxxxxxxxxxx\n" + 'A="$A$A"\n' * 200 + 'docker run "$A"'
    assert isinstance(one(text).image, Unresolved)


@pytest.mark.parametrize(
    "text",
    [
        "$(" * 5000,
        "`" * 5000,
        '"' * 5001,
        "if " * 20000,
        "( " * 20000,
        "${A:-" * 3000,
        "bash -c " * 500 + "'docker run x'",
        "cat <<EOF\n" * 3000,
        "case x in " * 3000,
        "\\" * 9999,
        "docker run " + "-e A=b " * 20000 + "x",
        "x=(" * 3000,
    ],
)
def test_hostile_texts_are_bounded(text: str) -> None:
    user_data.parse(Node(text, "main.tf", 1))


_PIECES = (
    "docker run podman -p 80:80 --gpus all $A ${A:-b} ${A $(x) `x` ' \" \\ \n ; && | & ( ) { } if then fi do done "
    "for in case esac << <<EOF EOF > >> 2>&1 A=b A=( ) nginx:1 -e # bash -c eval cat /etc/ecs/ecs.config "
    "MIME-Version: boundary= --x #cloud-config runcmd: - [ ] \x0b \xa0"
)
_WORDS = st.sampled_from(_PIECES.split(" "))


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(_WORDS, max_size=60).map(" ".join), st.text(max_size=300)))
def test_any_text_gives_a_tree(text: str) -> None:
    node = user_data.parse(Node(text, "main.tf", 1))
    if isinstance(node.value, dict):
        build_part(UserData, node, Dialect.COMPOSE)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=20), st.none()), max_size=8))
def test_any_parts_give_a_tree(parts: list[str | None]) -> None:
    node = user_data.parse(Node(Unresolved("unknown", parts=tuple(parts)), "main.tf", 1))
    if isinstance(node.value, dict):
        build_part(UserData, node, Dialect.COMPOSE)


@pytest.mark.parametrize("index", range(6))
def test_hiding_a_word_never_makes_a_container_harmless(index: int) -> None:
    words = ["docker", "run", "--privileged", "-p", "80:80", "nginx:1"]
    hidden = Unresolved("hidden", parts=(" ".join(words[:index]) + " ", None, " " + " ".join(words[index + 1 :])))
    found = booted(hidden).containers
    assert doubt(found) is not None or elements(found)
    for container in elements(found):
        assert isinstance(container.privileged, Unresolved) or effective(container.privileged) is True


def test_a_unit_takes_the_signs_of_a_shell_as_they_are() -> None:
    script = """#!/bin/bash
cat > /etc/systemd/system/bot.service <<'EOF'
[Service]
ExecStart=/usr/bin/docker run -e HOST=<host> -e "A=a > b" -e PATTERN=(x|y);z -p 127.0.0.1:8081:8080 bot:1 serve & wait
EOF
"""
    found = one(script)
    assert effective(found.image) == "bot:1"
    assert elements(found.arguments) == ("serve", "&", "wait")
    assert effective(entry(found.environment, "HOST")) == "<host>"
    assert effective(entry(found.environment, "PATTERN")) == "(x|y);z"
    assert [effective(port.host_port) for port in elements(found.ports)] == [8081]


@pytest.mark.parametrize(
    "text",
    [
        'ssh -i key.pem -o StrictHostKeyChecking=no me@"$HOST" "docker run -d --privileged \\\n  x:1" >/dev/null',
        "ssh me@host docker run --privileged x:1",
        "ssh me@host <<'EOF'\nsudo docker run --privileged x:1\nEOF",
        "ssh -p 22 me@host 'bash -s' << EOF\ndocker run --privileged x:1\nEOF",
        "ssh me@host \"bash -c 'docker run --privileged x:1'\"",
    ],
)
def test_what_is_started_on_another_host(text: str) -> None:
    found = one(f"#!/bin/bash\n{text}\n")
    assert effective(found.image) == "x:1"
    assert effective(found.privileged) is True


def test_variables_of_the_script_are_put_in_before_another_host_runs_it() -> None:
    found = one('#!/bin/bash\nTAG=1\nssh h "docker run x:$TAG"\n')
    assert effective(found.image) == "x:1"
    found = one("#!/bin/bash\nTAG=1\nssh h 'docker run x:$TAG'\n")
    assert isinstance(found.image, Unresolved)


def test_a_variable_that_a_template_leaves_to_the_shell() -> None:
    found = one("#!/bin/bash\nTAG=1\ndocker run -e TOKEN=$${TOKEN} x:$${TAG}\n")
    assert effective(found.image) == "x:1"
    token = entry(found.environment, "TOKEN")
    assert isinstance(token, Unresolved)
    assert token.parts in ((), (None,))
