"""Amazon Macie: personal data in training sets."""

from __future__ import annotations

from datetime import date

from ourhalf.model.profile import Severity
from ourhalf.model.references import AwsDoc, WebPage
from ourhalf.monitor.facts import Facts, Use
from ourhalf.monitor.recommendation import Because, Cost, Recommendation, Sight
from ourhalf.monitor.states import by_controls, undeclared, used

_READ = date(2026, 11, 27)


def _training(facts: Facts) -> tuple[Because, ...]:
    return used(facts, Use.DATA, "buckets of data that workloads train on or process")


DATA = Recommendation(
    id="macie",
    title="Macie looks for personal data in buckets of training data",
    service="Amazon Macie",
    weight=Severity.MEDIUM,
    because=_training,
    already=by_controls(undeclared("Macie"), "macie-on"),
    controls=("macie-on",),
    sees=(
        Sight(
            "Names, numbers of cards and documents, and credentials in text, tables and archives; and buckets that "
            "became public or lost their encryption.",
            AwsDoc("macie/latest/user/data-classification.html", _READ),
        ),
    ),
    blind=(
        Sight(
            "Pictures, sound, tensors and weights: only file formats on its list are read, by their extension.",
            AwsDoc("macie/latest/user/discovery-supported-storage.html", _READ),
        ),
    ),
    costs=(
        Cost(
            "buckets that it looks after, objects watched by automated discovery, and GB inspected",
            WebPage("aws.amazon.com/macie/pricing/", _READ),
        ),
    ),
    otherwise={
        "cloudformation": "it has no type for a discovery job: aws macie2 create-classification-job starts one on the "
        "buckets of training data",
    },
)
