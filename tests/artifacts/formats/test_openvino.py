"""OpenVINO: operations of its sets are data; those of others, and documents with entities, are told."""

from __future__ import annotations

import pytest

from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.shapes import formats, found, judged, why

SAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNPROVED, Judgement.UNREAD


def net(*layers: str, head: str = '<?xml version="1.0"?>') -> bytes:
    return f'{head}\n<net name="m" version="11"><layers>{"".join(layers)}</layers></net>'.encode()


PARAMETER = '<layer id="0" name="x" type="Parameter" version="opset1"/>'


def test_operations_of_its_sets_are_safe() -> None:
    (one,) = found(net(PARAMETER, '<layer id="1" name="y" type="MatMul" version="opset15"/>'))
    assert (one.format, one.judgement, one.facts) == ("openvino", SAFE, {"operations": "2"})


@pytest.mark.parametrize(
    ("data", "judgement", "told"),
    [
        (net('<layer id="1" type="Own" version="extension"/>'), UNPROVED, "Own is of the set extension"),
        (net('<layer id="1" type="Own"/>'), UNPROVED, "of no name"),
        (net(PARAMETER)[:-5], UNREAD, "no sound XML"),
        (net(head='<!DOCTYPE net [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), UNREAD, "entities"),
        (net(head='<!DOCTYPE net [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'), UNREAD, "entities"),
    ],
)
def test_everything_else_is_told(data: bytes, judgement: Judgement, told: str) -> None:
    assert judged(data) is judgement
    assert told in why(data)


def test_other_xml_is_none() -> None:
    assert formats(b"<html><body/></html>") == set()
