"""The plan as Terraform: what the provider takes, what ourhalf says of it, and hostile names."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ourhalf.monitor.formats.format import Planned, all_formats
from ourhalf.monitor.naming import pascal, snake
from ourhalf.readers.terraform.hcl import parse
from ourhalf.readers.terraform.syntax import Block, Body
from tests.monitor.assessed import EXPLAINED, failures
from tests.monitor.deployments import HOSTILE, acme, everything, planned

_META = {"depends_on", "count", "for_each", "lifecycle", "provider"}


@cache
def _provider() -> dict[str, dict[str, Any]]:
    data = gzip.decompress(Path(__file__).with_name("provider.json.gz").read_bytes())
    found: dict[str, dict[str, Any]] = json.loads(data)["types"]
    return found


def terraform(made: Planned) -> str:
    return all_formats()["terraform"].render(made)


def wrong(text: str) -> Iterator[str]:
    """What the provider does not take, or asks for and does not get."""
    file = parse(text.encode(), "main.tf")
    yield from (f"{fault.line}: {fault.reason}" for fault in file.faults)
    for block in file.body.blocks:
        if block.type in ("resource", "data"):
            kind = f"{block.type} {block.labels[0]}"
            if kind not in _provider():
                yield f"{kind} is unknown"
            else:
                yield from _wrong(block.body, _provider()[kind], kind)


def _wrong(body: Body, known: dict[str, Any], where: str) -> Iterator[str]:
    given = set(body.attributes) | {block.type for block in body.blocks}
    for name in given - known.keys() - (_META if where.count(" ") == 1 else set()):
        yield f"{where} takes no {name}"
    for name, (required, _) in known.items():
        if required and name not in given:
            yield f"{where} lacks {name}"
    for block in body.blocks:
        below = known.get(block.type, (False, None))[1]
        if below is not None:
            yield from _wrong(block.body, below, f"{where} / {block.type}")


def names(text: str) -> list[str]:
    return [" ".join((b.type, *b.labels)) for b in parse(text.encode(), "main.tf").body.blocks if _named(b)]


def _named(block: Block) -> bool:
    return block.type in ("resource", "data", "variable")


@pytest.mark.parametrize("made", [everything, acme], ids=["everything", "acme"])
def test_the_provider_takes_it(made: Any) -> None:
    text = terraform(made())
    assert list(wrong(text)) == []
    assert len(set(names(text))) == len(names(text)) > 40


def test_what_the_provider_does_not_take_is_seen() -> None:
    text = terraform(everything())
    for bad, told in (
        ("  traffic_type ", "resource aws_flow_log takes no traffic_kind"),
        ("  s3_bucket_name = ", "resource aws_config_delivery_channel lacks s3_bucket_name"),
        ('    name = "BACKUP', "resource aws_backup_framework / control lacks name"),
    ):
        changed = text.replace(bad, "  traffic_kind " if "traffic" in bad else f"#{bad}")
        assert told in list(wrong(changed))


@pytest.mark.parametrize("made", [everything, acme], ids=["everything", "acme"])
def test_it_passes_our_own_assessment(made: Any) -> None:
    found, unread = failures({"main.tf": terraform(made())})
    assert (found, unread) == ([], ())


def test_what_regulated_data_asks_for_besides_is_explained() -> None:
    found, _ = failures({"main.tf": terraform(everything())}, regulated=True)
    assert {control for control, _ in found} == set(EXPLAINED)


def test_what_is_not_known_is_a_variable() -> None:
    text = terraform(everything())
    assert 'variable "vpc_main"' in text
    assert "(main.tf:5)" in text
    assert "vpc_id                   = var.vpc_main" in text
    assert "arn:${local.partition}:s3:::acme-scans/" in text
    assert "arn:${local.partition}:s3:::${var.s3_bucket_unnamed}/" in text
    assert "acme-scans" not in "".join(line for line in text.splitlines() if line.startswith("variable"))


@pytest.mark.parametrize("name", ["terraform", "cloudformation", "kubernetes", "table"])
def test_names_of_a_target_end_no_text_and_no_line(name: str) -> None:
    text = all_formats()[name].render(planned(HOSTILE))
    assert text.strip()
    assert "file(1)" not in text.replace("$${file(1)}", "") or name == "table"
    for line in text.splitlines():
        assert not line.lstrip().startswith(("evil", "Evil: true", 'resource "aws_iam_user"'))
    if name == "terraform":
        assert list(wrong(text)) == []


@pytest.mark.parametrize("text", ["", "é", "1a", "a" * 300, "x\ny", "${a}", "aws_", "A-b_c", "--"])
def test_identifiers_are_such(text: str) -> None:
    for made, allowed in ((snake(text), "_"), (pascal(text), "")):
        assert made
        assert made[0].isalpha()
        assert len(made) <= 50
        assert made.isascii()
        assert made.replace(allowed, "").isalnum() if allowed else made.isalnum()
