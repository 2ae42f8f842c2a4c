resource "aws_cloudwatch_log_group" "ourhalf_trail" {
  name              = "/ourhalf/trail"
  retention_in_days = local.retention_days
  kms_key_id        = aws_kms_key.ourhalf.arn
  tags              = local.tags
}

data "aws_iam_policy_document" "ourhalf_trail_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:cloudtrail:${local.region}:${local.account}:trail/ourhalf"]
    }
  }
}

data "aws_iam_policy_document" "ourhalf_trail" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.ourhalf_trail.arn}:*"]
  }
}

resource "aws_iam_role" "ourhalf_trail" {
  name_prefix        = "ourhalf-trail-"
  assume_role_policy = data.aws_iam_policy_document.ourhalf_trail_trust.json
  tags               = local.tags
}

resource "aws_iam_role_policy" "ourhalf_trail" {
  name   = "write-events"
  role   = aws_iam_role.ourhalf_trail.id
  policy = data.aws_iam_policy_document.ourhalf_trail.json
}

resource "aws_cloudtrail" "ourhalf" {
  name                          = "ourhalf"
  s3_bucket_name                = aws_s3_bucket.ourhalf_archive.id
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_log_file_validation    = true
  kms_key_id                    = aws_kms_key.ourhalf.arn
  cloud_watch_logs_group_arn    = "${aws_cloudwatch_log_group.ourhalf_trail.arn}:*"
  cloud_watch_logs_role_arn     = aws_iam_role.ourhalf_trail.arn
  tags                          = local.tags

  advanced_event_selector {
    name = "Management events"

    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
  }
[% if buckets %]

  advanced_event_selector {
    name = "Objects that workloads use"

    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }

    field_selector {
      field  = "resources.type"
      equals = ["AWS::S3::Object"]
    }

    field_selector {
      field = "resources.ARN"
      starts_with = [
[% for bucket in buckets %]
        "arn:${local.partition}:s3:::[[ inside(bucket) ]]/",
[% endfor %]
      ]
    }
  }
[% endif %]
[% for type in data_types %]

  advanced_event_selector {
    name = [[ type ]]

    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }

    field_selector {
      field  = "resources.type"
      equals = [[ raw(hcl([type])) ]]
    }
  }
[% endfor %]

  depends_on = [aws_s3_bucket_policy.ourhalf_archive]
}
