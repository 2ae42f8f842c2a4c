resource "aws_guardduty_detector_feature" "eks_audit_logs" {
  detector_id = local.detector
  name        = "EKS_AUDIT_LOGS"
  status      = "ENABLED"
}
