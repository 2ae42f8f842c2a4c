resource "aws_guardduty_detector_feature" "runtime" {
  detector_id = local.detector
  name        = "RUNTIME_MONITORING"
  status      = "ENABLED"
[% for agent in agents %]

  additional_configuration {
    name   = [[ agent ]]
    status = "ENABLED"
  }
[% endfor %]
}
