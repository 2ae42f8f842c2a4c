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
[% else %]
# The detector that is declared elsewhere.

data "aws_guardduty_detector" "here" {}

locals {
  detector = data.aws_guardduty_detector.here.id
}
[% endif %]
