"""Who answers for what is in an image, by its layers, its names and its labels."""

from __future__ import annotations

from datetime import date

import pytest

from ourhalf.images.recognise import DeepLearningContainers
from ourhalf.model.field import Entries
from ourhalf.model.responsibility import Layer, Party
from ourhalf.resources.images import ContainerImage
from ourhalf.responsibility.images import of_image
from tests.controls.images import image, known

AWS = "763104351884.dkr.ecr.us-east-1.amazonaws.com/whisperx:3.8.6-cu128-amzn2023-sagemaker"
OWN = image(reference="registry.example/team/own:1")
LABEL = "com.amazonaws.ml.engines.sagemaker.dlc.framework.whisperx.3-8-6"
LABELLED = image(reference="registry.example/team/own:1", labels=known(Entries({LABEL: known("true")})))
BASED = image(reference="registry.example/team/own:1", base=known(AWS), base_layers=2)


@pytest.mark.parametrize(
    ("subject", "in_base", "party"),
    [
        (OWN, None, Party.CUSTOMER),
        (OWN, False, Party.CUSTOMER),
        (BASED, True, Party.PUBLISHER),
        (BASED, False, Party.CUSTOMER),
        (image(reference=AWS), None, Party.PUBLISHER),
        (LABELLED, None, Party.UNKNOWN),
        (LABELLED, False, Party.CUSTOMER),
    ],
    ids=["own", "own layer", "layer of the base", "own above a base", "of AWS", "by labels", "own above labels"],
)
def test_who_answers(subject: ContainerImage, in_base: bool | None, party: Party) -> None:
    found = of_image(Layer.IMAGE_FRAMEWORK, subject, in_base, DeepLearningContainers(), date(2026, 11, 1))
    assert found is not None
    assert found.party is party, found


def test_labels_ask_for_the_base() -> None:
    found = of_image(Layer.IMAGE_OS_PACKAGES, LABELLED, None, DeepLearningContainers(), date(2026, 11, 1))
    assert found is not None
    assert "--base" in found.why


def test_settings_are_no_matter_of_layers() -> None:
    assert of_image(Layer.IMAGE_CONFIGURATION, OWN, True, DeepLearningContainers(), date(2026, 11, 1)) is None
