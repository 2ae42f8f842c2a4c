# Where alarms and severe findings are told. Subscribe to it: nobody hears them before.

resource "aws_sns_topic" "ourhalf" {
  name              = "ourhalf-monitoring"
  kms_master_key_id = aws_kms_key.ourhalf.arn
  tags              = local.tags
}

data "aws_iam_policy_document" "ourhalf_topic" {
  statement {
    sid       = "ServicesPublish"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.ourhalf.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "events.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_sns_topic_policy" "ourhalf" {
  arn    = aws_sns_topic.ourhalf.arn
  policy = data.aws_iam_policy_document.ourhalf_topic.json
}
