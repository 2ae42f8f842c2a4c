# Where trails, recordings and flow logs go, and a bucket for who read them. The latter cannot have a key of ours:
# S3 delivers access logs only to buckets that it encrypts with its own.

resource "aws_s3_bucket" "ourhalf_archive" {
  bucket = "ourhalf-monitoring-${local.account}-${local.region}"
  tags   = local.tags
}

resource "aws_s3_bucket" "ourhalf_access" {
  bucket = "ourhalf-monitoring-access-${local.account}-${local.region}"
  tags   = local.tags
}

resource "aws_s3_bucket_logging" "ourhalf_archive" {
  bucket        = aws_s3_bucket.ourhalf_archive.id
  target_bucket = aws_s3_bucket.ourhalf_access.id
  target_prefix = "archive/"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "ourhalf_archive" {
  bucket = aws_s3_bucket.ourhalf_archive.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.ourhalf.arn
    }
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "ourhalf_access" {
  bucket = aws_s3_bucket.ourhalf_access.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}
[% for one in ["archive", "access"] %]

resource "aws_s3_bucket_public_access_block" "ourhalf_[[ raw(one) ]]" {
  bucket                  = aws_s3_bucket.ourhalf_[[ raw(one) ]].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "ourhalf_[[ raw(one) ]]" {
  bucket = aws_s3_bucket.ourhalf_[[ raw(one) ]].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "ourhalf_[[ raw(one) ]]" {
  bucket = aws_s3_bucket.ourhalf_[[ raw(one) ]].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_notification" "ourhalf_[[ raw(one) ]]" {
  bucket      = aws_s3_bucket.ourhalf_[[ raw(one) ]].id
  eventbridge = true
}

resource "aws_s3_bucket_lifecycle_configuration" "ourhalf_[[ raw(one) ]]" {
  bucket = aws_s3_bucket.ourhalf_[[ raw(one) ]].id

  rule {
    id     = "retention"
    status = "Enabled"

    filter {}

    expiration {
      days = local.retention_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_bucket_policy" "ourhalf_[[ raw(one) ]]" {
  bucket = aws_s3_bucket.ourhalf_[[ raw(one) ]].id
  policy = data.aws_iam_policy_document.ourhalf_[[ raw(one) ]].json
}
[% endfor %]

data "aws_iam_policy_document" "ourhalf_archive" {
  statement {
    sid       = "OnlyTLS"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.ourhalf_archive.arn, "${aws_s3_bucket.ourhalf_archive.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

[% if wanted("cloudtrail-data-events") %]
  statement {
    sid       = "TrailLooksFirst"
    actions   = ["s3:GetBucketAcl"]
    resources = [aws_s3_bucket.ourhalf_archive.arn]

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

  statement {
    sid       = "TrailWrites"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.ourhalf_archive.arn}/AWSLogs/${local.account}/*"]

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

[% endif %]
  statement {
    sid       = "ServicesLookFirst"
    actions   = ["s3:GetBucketAcl", "s3:ListBucket"]
    resources = [aws_s3_bucket.ourhalf_archive.arn]

    principals {
      type        = "Service"
      identifiers = ["config.amazonaws.com", "delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }

  statement {
    sid       = "ServicesWrite"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.ourhalf_archive.arn}/AWSLogs/${local.account}/*"]

    principals {
      type        = "Service"
      identifiers = ["config.amazonaws.com", "delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

data "aws_iam_policy_document" "ourhalf_access" {
  statement {
    sid       = "OnlyTLS"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.ourhalf_access.arn, "${aws_s3_bucket.ourhalf_access.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  statement {
    sid       = "AccessLogsAreWritten"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.ourhalf_access.arn}/archive/*"]

    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [aws_s3_bucket.ourhalf_archive.arn]
    }
  }
}
