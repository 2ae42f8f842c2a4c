resource "aws_guardduty_detector_feature" "objects" {
  detector_id = local.detector
  name        = "S3_DATA_EVENTS"
  status      = "ENABLED"
}
