resource "aws_macie2_account" "ourhalf" {
  status                       = "ENABLED"
  finding_publishing_frequency = "FIFTEEN_MINUTES"
}

# Once over all that lies there; sampling keeps the bill small at first.
resource "aws_macie2_classification_job" "ourhalf" {
  name                = "ourhalf-training-data"
  job_type            = "ONE_TIME"
  sampling_percentage = 10
  tags                = local.tags

  s3_job_definition {
    bucket_definitions {
      account_id = local.account
      buckets = [
[% for bucket in data_buckets %]
[% if undeclared(bucket) %]
        # No file declares it: take it out if it is in another account.
[% endif %]
        [[ value(bucket) ]],
[% endfor %]
      ]
    }
  }

  depends_on = [aws_macie2_account.ourhalf]
}
