"""Secrets in every place where a reader meets one: no report, cache entry or message repeats them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ourhalf.readers.secrets import redact_text, redact_words, scrub
from tests.hostile.samples import FILES, PASSWORD, SECRETS, URLS
from tests.hostile.sandbox import ourhalf, write

FORMATS = ("table", "json", "sarif", "html", "markdown")


@pytest.mark.parametrize("name", FILES)
def test_no_secret_is_repeated(tmp_path: Path, name: str) -> None:
    target, out, cache = tmp_path / "target", tmp_path / "out", tmp_path / "cache"
    write(target, FILES[name])
    out.mkdir()
    formats = [part for form in FORMATS for part in ("--format", f"{form}={out / form}")]
    done = ourhalf("assess", target, *formats, cache=cache)
    assert done.status in (0, 1), done.err
    assert "the reader failed" not in (out / "json").read_text()
    written = {form: (out / form).read_bytes() for form in FORMATS}
    written |= {str(path.relative_to(cache)): path.read_bytes() for path in cache.rglob("*") if path.is_file()}
    written |= {"standard output": done.out.encode(), "standard error": done.err.encode()}
    assert any(name.startswith("evidence") for name in written), "the cache was not looked into"
    told = [
        (where, secret, text[max(0, at - 90) : at + 30])
        for where, text in written.items()
        for secret in SECRETS
        if (at := text.find(secret.encode())) >= 0
    ]
    assert not told, "\n".join(map(str, told))


@pytest.mark.parametrize(
    "text",
    [
        "--token-file /run/secret/token",
        "--max-num-batched-tokens 8192 --tokenizer abc",
        "--eos-token [EOS] --pad_token=<pad>",
        "--api-key $API_KEY --password=${PASSWORD} --token {{ .Values.token }}",
        "AutoModel.from_pretrained(x, token=token, key=hf_token, password=args.password)",
        'token = os.environ.get("HF_TOKEN", None)',
        "TOKEN=$(cat /run/token) PASSWORD=`cat p`",
        "--NotebookApp.token='' --NotebookApp.password=",
        "curl -H 'Authorization: Bearer ${TOKEN}' -H 'Authorization: Basic <base64>' -u me:${PASSWORD} -u me:$P",
        "Authorization: Bearer authentication is required, Bearer tokens are not; basic understanding",
        "AmazonECSTaskExecutionRolePolicy basic AWSLambdaBasicExecutionRole",
        "docker run --name mysql -p3306:3306 -u 10001:10001 mysql -p mysql:8",
        "apt-get install mysql-client -y; mysql -p$MYSQL_PASSWORD db; mysql -p${P} db; mysql -p db",
        "me ALL=(ALL) NOPASSWD: ALL",
        "proxy_pass: http://backend; --two_pass full",
        "echo $TOKEN | docker login -u me --password-stdin",
        "DB_PASSWORD: {secretKeyRef: {name: x, key: y}}",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/token-abc",
        "docker pull my/secret:latest && docker run -u 1000:1000 my-token:1.2",
        "secret",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact_text(text) == text
    assert redact_words(text.split()) == text.split()


@pytest.mark.parametrize(
    "text",
    [
        "--password @",
        "--password=@",
        "-password '@'",
        'run --hf-token "@" x',
        "--dbPassword @",
        "export TOKEN=@; x",
        "API_KEY='@' serve",
        'curl -u me:@ x || curl --user "me:@"',
        "echo 'root:@' | sudo chpasswd",
        "docker login -u me -p @ registry",
        '{"password": "@", "x":{"token":"@"}}',
        "db:\n  password: @\n  secret = @\n",
        "https://example.com/x?token=@&a=b",
        "docker run -e API_KEY=@ -e 'TOKEN=@' x",
        "curl -H 'X-Auth-Token: @' x",
        "kubectl create secret generic x --from-literal=password=@",
        "curl -H 'Authorization: Bearer @' x",
        'headers={"Authorization": "Bearer @"}',
        'proxy_set_header Authorization "Basic @";',
        "token: Bearer @",
        "curl -sSu me:@ x",
        "curl -ume:@ x",
        "mysql -u root -p@ db",
        "kubectl exec x -- mysqldump -uroot -p'@' db",
        "sshpass -p @ ssh x",
        "echo @ | docker login -u me --password-stdin x",
        "PGPASSWORD=@ psql",
        "redis-server --requirepass @",
        "SMTP_PASS=@",
        "aws configure set aws_secret_access_key @",
    ],
)
def test_what_is_a_secret_goes(text: str) -> None:
    found = redact_text(text.replace("@", PASSWORD))
    assert PASSWORD not in found
    assert found.count("REDACTED-secret-by-name-") == text.count("@")
    assert redact_text(found) == found


def test_a_header_without_its_name_goes() -> None:
    assert "bWU6cGFzc3dvcmQ" not in redact_text("Basic bWU6cGFzc3dvcmQ=")
    assert PASSWORD not in redact_text(f"Bearer {PASSWORD}.and.more")


@pytest.mark.parametrize(
    "words",
    [
        ["curl", "-u", "me:@", "x"],
        ["curl", "-H", "Authorization: Bearer @", "x"],
        ["mysqladmin", "-uroot", "-p@", "ping"],
        ["docker", "login", "-u", "me", "-p", "@"],
        ["sshpass", "-p", "@", "ssh"],
    ],
)
def test_what_is_a_secret_by_the_words_before_it_goes(words: list[str]) -> None:
    found = redact_words([word.replace("@", PASSWORD) for word in words])
    assert [word.partition("REDACTED-")[0] for word in found] == [word.partition("@")[0] for word in words]


def test_the_value_after_a_flag_goes() -> None:
    assert PASSWORD not in redact_words(["x", "--api-key", PASSWORD, "--token", "--secret", PASSWORD])
    assert redact_words(["--token", "--x", "--api-key"]) == ["--token", "--x", "--api-key"]


@pytest.mark.parametrize(
    "text",
    [
        "token" + " " * 200_000,
        "a" * 200_000 + "token=",
        "token=" * 50_000,
        "token a=" + "b=" * 50_000,
        "token" + " -e a" * 50_000,
        "-u " * 90_000,
        "curl -u" * 50_000,
        "mysql -" * 50_000,
        "bearer " * 50_000,
        "basic aaaaaaaaaa" * 20_000,
        "echo a stdin" * 20_000,
        "authorization: bearer " * 20_000,
    ],
)
def test_long_texts_take_linear_time(text: str) -> None:
    """A pattern that tried again and again would not end within the limit of the whole run."""
    assert len(redact_text(text * 5)) > 0


def test_credentials_in_addresses_go_and_images_stay() -> None:
    assert PASSWORD.encode() not in b"".join(scrub(url.encode()) for url in URLS)
    for image in (b"docker://nginx:1.25.3@sha256:abc", b"oci://a/b:1234@sha256:abc", b"http://a:80/x@y"):
        assert scrub(image) == image
