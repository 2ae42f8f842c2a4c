[% if wanted("guardduty") %]
# guardduty: GuardDuty watches the account

resource "aws_guardduty_detector" "ourhalf" {
  enable                       = true
  finding_publishing_frequency = "FIFTEEN_MINUTES"
  tags                         = local.tags
}

locals {
  detector = aws_guardduty_detector.ourhalf.id
}
[% if other_features %]

# Nothing that was read calls for these. A new detector has them as Security Hub asks; what does not run is not billed.
[% for feature in other_features %]

resource "aws_guardduty_detector_feature" "[[ raw(feature.lower()) ]]" {
  detector_id = local.detector
  name        = [[ feature ]]
  status      = "ENABLED"
[% if feature == "RUNTIME_MONITORING" %]
[% for agent in agents %]

  additional_configuration {
    name   = [[ agent ]]
    status = "ENABLED"
  }
[% endfor %]
[% endif %]
}
[% endfor %]
[% endif %]
[% else %]
# The detector that is declared elsewhere.

data "aws_guardduty_detector" "here" {}

locals {
  detector = data.aws_guardduty_detector.here.id
}
[% endif %]
