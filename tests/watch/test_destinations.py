"""Destinations against servers that take alerts, refuse them, or never answer; formats against their own schemas."""

from __future__ import annotations

import hashlib
import hmac
import json
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import jsonschema
import msgspec
import pytest
from botocore.validate import ParamValidator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from ourhalf.evidence.imported.reading import read_results
from ourhalf.history.changes import Change, Kind
from ourhalf.history.outbox import Alert
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Party
from ourhalf.watch.destination import DeliveryError, Destination, DestinationError, Settings, destination, kinds
from ourhalf.watch.destinations.ocsf import event
from ourhalf.watch.destinations.securityhub import finding
from ourhalf.watch.destinations.slack import message
from tests.history.making import EXCEPTION
from tests.servers import raw, saying, serving
from tests.watch.making import VULNERABLE, alert, change, state

HERE = Settings({}, allowed_hosts=frozenset({"127.0.0.1"}))

EVERY_KIND = tuple(
    [change(kind, f"f{number}") for number, kind in enumerate(Kind)]
    + [
        Change(Kind.FIXED, "gone", state("gone"), None),
        change(name="unknown", status="unknown"),
        change(Kind.ACCEPTED, "agreed", exception=EXCEPTION),
        change(name="cve", details=VULNERABLE, severity=Severity.CRITICAL, party=Party.PUBLISHER),
        change(
            name="odd", title="<b>\x1b[2J\n" + "é" * 2000, reason="r" * 3000, path="a\u202eb/\U0001f600.tf", remedy=""
        ),
        change(name="bare", details={"kind": "vulnerability", "advisory": "X-1", "purl": "no purl"}),
    ]
)

WRONG = (
    *("", "x", "pager:1", "webhook", "webhook:", "webhook:ftp://h/", "webhook:https://", "webhook:https://h:x/"),
    *("slack:\x1b", "sns:topic", "sns:arn:aws:sns:eu-west-1:1:x", "securityhub:eu-west-1", "ocsf:/none/at/all"),
    *("webhook:@/none", "ocsf:.", "ocsf:/dev/null"),
)
FINDINGS = tuple(finding(alert(), one, "eu-west-1", "111122223333") for one in EVERY_KIND)
EVENTS = tuple(event(alert(), one, number) for number, one in enumerate(EVERY_KIND))


def failed(to: Destination, one: Alert) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        to.send(one, False)
    return caught.value


class TestNames:
    @pytest.mark.parametrize("text", WRONG)
    def test_what_is_no_destination_is_told(self, text: str) -> None:
        with pytest.raises(DestinationError):
            destination(text, HERE)

    def test_an_address_can_stand_in_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "hook").write_text("https://hooks.example.com/T0/secret\n")
        one = destination(f"slack:@{tmp_path}/hook", HERE)
        assert one.name == destination("slack:https://hooks.example.com/T0/secret", HERE).name
        (tmp_path / "hook").write_bytes(b"\xff")
        with pytest.raises(DestinationError, match="is no text"):
            destination(f"slack:@{tmp_path}/hook", HERE)

    def test_a_name_tells_no_secret_and_no_two_addresses_share_it(self) -> None:
        names = {destination(f"webhook:https://u:pw@h.example/{key}?t=secret", HERE).name for key in ("k1", "k2")}
        assert len(names) == 2
        assert not [name for name in names if any(word in name for word in ("pw", "k1", "secret", "u:"))]
        assert all(name.startswith("webhook:h.example#") for name in names)

    def test_every_kind_says_what_it_is(self) -> None:
        assert list(kinds()) == ["ocsf", "securityhub", "slack", "sns", "webhook"]
        assert all(kind.form.startswith(f"{name}:") and kind.describe for name, kind in kinds().items())


class TestWebhook:
    def test_the_whole_alert_is_sent_once_with_its_key(self) -> None:
        one = alert(*EVERY_KIND)
        with serving(saying(204)) as server:
            destination(f"webhook:{server.url}/hook", HERE).send(one, False)
        (sent,) = server.requests
        assert (sent.method, sent.path, sent.headers["content-type"]) == ("POST", "/hook", "application/json")
        assert sent.headers["idempotency-key"] == one.id
        assert "ourhalf-repeat" not in sent.headers
        assert "ourhalf-signature" not in sent.headers
        assert msgspec.json.decode(sent.body, type=Alert) == one

    def test_a_repeat_is_the_same_but_for_its_mark(self) -> None:
        with serving(saying(200)) as server:
            for repeat in (False, True):
                destination(f"webhook:{server.url}", HERE).send(alert(change()), repeat)
        first, second = server.requests
        assert first.body == second.body
        assert second.headers["ourhalf-repeat"] == "possible"

    def test_a_secret_signs_the_body(self) -> None:
        settings = Settings({}, b"shared", frozenset({"127.0.0.1"}))
        with serving(saying(200)) as server:
            destination(f"webhook:{server.url}", settings).send(alert(change()), False)
        (sent,) = server.requests
        expected = hmac.new(b"shared", sent.body, hashlib.sha256).hexdigest()
        assert sent.headers["ourhalf-signature"] == f"sha256={expected}"

    @pytest.mark.parametrize(("status", "doubt"), [(400, False), (401, False), (404, False), (429, False), (500, True)])
    def test_another_answer_than_success_is_none(self, status: int, doubt: bool) -> None:
        with serving(saying(status)) as server:
            error = failed(destination(f"webhook:{server.url}/T0/secret", HERE), alert(change()))
        assert error.what == f"{server.url} answers with status {status}"
        assert error.doubt is doubt
        assert len(server.requests) == 1

    def test_one_that_never_answers_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from ourhalf.web import Limits

        monkeypatch.setattr("ourhalf.watch.posting._LIMITS", Limits(read_seconds=0.3, total_seconds=1, attempts=1))
        with serving(lambda *_: None) as server:
            error = failed(destination(f"webhook:{server.url}", HERE), alert(change()))
        assert (error.what, error.doubt) == (f"{server.url} does not answer in time", True)
        assert len(server.requests) == 1

    def test_one_that_breaks_off_is_in_doubt(self) -> None:
        with serving(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")) as server:
            assert failed(destination(f"webhook:{server.url}", HERE), alert(change())).doubt

    @pytest.mark.parametrize("to", ["http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:1/", "/other"])
    def test_one_that_redirects_is_told_and_not_followed(self, to: str) -> None:
        with serving(saying(307, Location=to)) as server:
            error = failed(destination(f"webhook:{server.url}", HERE), alert(change()))
        assert "what is sent is not sent on" in error.what
        assert not error.doubt
        assert len(server.requests) == 1

    def test_a_private_address_needs_leave(self) -> None:
        with serving(saying(200)) as server:
            error = failed(destination(f"webhook:{server.url}", Settings({})), alert(change()))
        assert error.what.endswith("allow the host if that is meant with --alert-allow-host HOST")
        assert (error.doubt, server.requests) == (False, [])


class TestSlack:
    def test_a_message_has_a_line_for_each_change(self) -> None:
        one = alert(change(), change(Kind.FIXED, "b"), part=2, parts=3)
        assert message(one, False)["text"].splitlines() == [
            "*ourhalf: 2 changes in /srv/infra; 3 failures as of 2026-11-01, part 2 of 3*",
            ":warning: new: high, ours: a holds: a (main.tf:3): so it is written",
            ":white_check_mark: fixed: high, ours: b holds: b (main.tf:3): so it is written",
        ]

    def test_what_was_read_mentions_nobody(self) -> None:
        text = message(alert(change(title="<!channel> & <http://evil|click>", reason="a\nb")), False)["text"]
        assert "<" not in text.replace("&lt;", "")
        assert "&lt;!channel&gt; &amp; &lt;http://evil|click&gt;" in text
        assert len(text.splitlines()) == 2

    def test_a_repeat_says_so(self) -> None:
        assert "may be a repeat of alert 01234567" in message(alert(change()), True)["text"]

    def test_the_largest_message_is_taken(self) -> None:
        many = [change(name=f"f{n}", title="<" * 1000, reason="&" * 1000) for n in range(20)]
        assert len(message(alert(*many), True)["text"]) < 40_000 * 2
        with serving(saying(200, b"ok")) as server:
            destination(f"slack:{server.url}", HERE).send(alert(*many), False)
        assert list(json.loads(server.requests[0].body)) == ["text"]


def wrong(service: str, shape: str, value: Any) -> str:
    """What is wrong with a value by the service model of AWS."""
    model = botocore.session.get_session().get_service_model(service)
    return str(ParamValidator().validate(value, model.shape_for(shape)).generate_report())


class TestAsff:
    def test_every_kind_is_valid_by_the_service_model(self) -> None:
        assert wrong("securityhub", "BatchImportFindingsRequest", {"Findings": list(FINDINGS)}) == ""

    def test_the_service_model_does_find_what_is_wrong(self) -> None:
        assert "Title" in wrong(
            "securityhub", "BatchImportFindingsRequest", {"Findings": [{**FINDINGS[0], "Title": 1}]}
        )

    def test_lengths_are_what_security_hub_takes(self) -> None:
        """The limits that its page of syntax states, which the service model does not."""
        for one in FINDINGS:
            assert 0 < len(one["Title"]) <= 256
            assert 0 < len(one["Description"]) <= 1024
            assert 0 < len(one["Remediation"]["Recommendation"]["Text"]) <= 512
            assert len(one["Id"]) <= 512
            assert len(one["Resources"][0]["Id"]) <= 512
            assert len(json.dumps(one).encode()) < 240_000
            assert all(0 < len(value) <= 1024 for value in one["ProductFields"].values())
            assert one["CreatedAt"] == "2026-11-01T08:00:00.000Z"

    def test_statuses(self) -> None:
        found = {one["Id"].split("/")[-1]: one for one in FINDINGS}
        told = {name: (one["Compliance"]["Status"], one["RecordState"]) for name, one in found.items()}
        assert told["f0"] == ("FAILED", "ACTIVE")
        assert told["gone"] == ("NOT_AVAILABLE", "ARCHIVED")
        assert told["unknown"] == ("WARNING", "ACTIVE")
        assert [told[f"f{n}"] for n, kind in enumerate(Kind) if kind is Kind.FIXED] == [("PASSED", "ACTIVE")]
        assert found["cve"]["Vulnerabilities"] == [
            {
                "Id": "CVE-2026-1234",
                "VulnerablePackages": [{"Name": "torch", "Version": "2.1.0", "FixedInVersion": "2.2.0"}],
                "RelatedVulnerabilities": ["GHSA-1"],
            }
        ]

    def test_the_partition_follows_the_region(self) -> None:
        for region, partition in (("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-west-1", "aws")):
            one = finding(alert(), change(), region, "111122223333")
            assert (
                one["ProductArn"] == f"arn:{partition}:securityhub:{region}:111122223333:product/111122223333/default"
            )


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """moto's server, which answers as AWS does; its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def credentials(aws: str, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in (("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b"), ("ENDPOINT_URL", aws)):
        monkeypatch.setenv(f"AWS_{name}", value)
    return aws


@pytest.mark.usefixtures("credentials")
class TestAws:
    def test_findings_reach_security_hub_and_a_repeat_changes_nothing(self) -> None:
        import boto3

        hub = boto3.client("securityhub", region_name="eu-west-1")
        hub.enable_security_hub()
        one = destination("securityhub:eu-west-1:111122223333", HERE)
        for repeat in (False, True):
            one.send(alert(*EVERY_KIND), repeat)
        found = hub.get_findings()["Findings"]
        assert sorted(f["Id"] for f in found) == sorted({f"ourhalf/feedbeef/{c.finding}" for c in EVERY_KIND})
        assert {f["Title"] for f in found if f["Id"].endswith("/cve")} == {"cve holds"}
        one.send(alert(change(Kind.FIXED, "f0"), key="another"), False)
        (fixed,) = [f for f in hub.get_findings()["Findings"] if f["Id"].endswith("/f0")]
        assert fixed["Compliance"]["Status"] == "PASSED"

    def test_what_security_hub_refuses_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        one = destination("securityhub:eu-west-1:111122223333", HERE)
        refused = json.dumps(
            {
                "FailedCount": 1,
                "SuccessCount": 0,
                "FailedFindings": [{"Id": "x", "ErrorCode": "InvalidInput", "ErrorMessage": "it is wrong"}],
            }
        ).encode()
        with serving(saying(200, refused, Content_Type="application/json")) as server:
            monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
            error = failed(destination("securityhub:eu-west-1:111122223333", HERE), alert(change()))
        assert error.what == "Security Hub refused 1 of 1 findings: InvalidInput: it is wrong"
        assert one.name == "securityhub:eu-west-1:111122223333"

    @pytest.mark.parametrize("name", ["alerts", "alerts.fifo"])
    def test_a_topic_hands_an_alert_on(self, name: str) -> None:
        import boto3

        sns, sqs = (boto3.client(service, region_name="eu-west-1") for service in ("sns", "sqs"))
        fifo = {"FifoTopic": "true"} if name.endswith(".fifo") else {}
        topic = sns.create_topic(Name=name, Attributes=fifo)["TopicArn"]
        queue = sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"} if fifo else {})["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        one = alert(*EVERY_KIND)
        destination(f"sns:{topic}", HERE).send(one, False)
        (received,) = sqs.receive_message(QueueUrl=queue)["Messages"]
        body = json.loads(received["Body"])
        assert msgspec.json.decode(body["Message"], type=Alert) == one
        assert body["MessageAttributes"]["alert"]["Value"] == one.id
        assert body["Subject"].startswith("ourhalf: 16 changes in /srv/infra")

    def test_a_topic_that_is_not_there_is_told(self) -> None:
        error = failed(destination("sns:arn:aws:sns:eu-west-1:111122223333:none", HERE), alert(change()))
        assert "NotFound" in error.what
        assert not error.doubt

    def test_nobody_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        error = failed(destination("sns:arn:aws:sns:eu-west-1:111122223333:t", HERE), alert(change()))
        assert "Could not connect" in error.what
        assert not error.doubt

    def test_no_credentials(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
        error = failed(destination("sns:arn:aws:sns:eu-west-1:111122223333:t", HERE), alert(change()))
        assert error.what == "Unable to locate credentials"


class TestOcsf:
    @pytest.mark.parametrize("one", EVENTS, ids=[c.finding for c in EVERY_KIND])
    def test_every_event_is_valid_by_the_schema(self, one: dict[str, Any]) -> None:
        name = {2002: "vulnerability_finding", 2003: "compliance_finding"}[one["class_uid"]]
        schema = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.5.0")).get_class_schema(name)
        errors = [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(json.loads(json.dumps(one)))]
        assert errors == []
        assert one["type_uid"] == one["class_uid"] * 100 + one["activity_id"]

    def test_our_own_importer_reads_what_was_meant(self, tmp_path: Path) -> None:
        path = tmp_path / "events.ndjson"
        destination(f"ocsf:{path}", HERE).send(alert(*EVERY_KIND), False)
        results = read_results(str(path), "events.ndjson")
        assert results.left_out == 0
        found = {one.thing.names[0].split("/")[-1]: one for one in results.foreign}
        assert {name: one.status.value for name, one in found.items()}.items() >= {
            "f0": "fail",
            "unknown": "unknown",
            "gone": "not_applicable",
            "cve": "fail",
        }.items()
        assert found["agreed"].accepted is not None
        assert found["cve"].severity is Severity.CRITICAL

    def test_lines_are_added_and_a_repeat_adds_only_what_is_missing(self, tmp_path: Path) -> None:
        path = tmp_path / "events.ndjson"
        one = destination(f"ocsf:{path}", HERE)
        one.send(alert(change(), change(name="b")), False)
        whole = path.read_bytes()
        one.send(alert(change(), change(name="b")), True)
        assert path.read_bytes() == whole
        path.write_bytes(whole.splitlines(True)[0] + whole.splitlines(True)[1][:50])
        one.send(alert(change(), change(name="b")), True)
        assert path.read_bytes() == whole
        one.send(alert(change(), key="next"), False)
        assert len(path.read_bytes().splitlines()) == 3

    def test_lines_that_others_wrote_stay(self, tmp_path: Path) -> None:
        path = tmp_path / "events.ndjson"
        path.write_text('{"theirs": "0123456789abcdef"}\nno json 0123456789abcdef\n')
        destination(f"ocsf:{path}", HERE).send(alert(change()), True)
        assert len(path.read_text().splitlines()) == 3

    def test_a_full_disk_leaves_whole_lines(self, tmp_path: Path) -> None:
        path = tmp_path / "events.ndjson"
        one = destination(f"ocsf:{path}", HERE)
        one.send(alert(change()), False)
        before = path.read_bytes()
        signalled = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, limits[1]))
        try:
            error = failed(one, alert(*EVERY_KIND, key="next"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, signalled)
        assert "cannot be written" in error.what
        assert path.read_bytes() == before

    def test_standard_output(self, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
        destination("ocsf:-", HERE).send(alert(change(), change(name="b")), False)
        assert [json.loads(line)["metadata"]["uid"][-2:] for line in capfdbinary.readouterr().out.splitlines()] == [
            "-0",
            "-1",
        ]
