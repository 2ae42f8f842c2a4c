resource "aws_cloudwatch_event_rule" "ourhalf_findings" {
  name        = "ourhalf-severe-findings"
  description = "GuardDuty findings of high severity or worse"
  tags        = local.tags

  event_pattern = jsonencode({
    source      = ["aws.guardduty"]
    detail-type = ["GuardDuty Finding"]
    detail      = { severity = [{ numeric = [">=", 7] }] }
  })
}

resource "aws_cloudwatch_event_target" "ourhalf_findings" {
  rule      = aws_cloudwatch_event_rule.ourhalf_findings.name
  target_id = "topic"
  arn       = aws_sns_topic.ourhalf.arn
}
