# The recorder. Its role is Config's own, which exists where Config was used before: import it then.

resource "aws_iam_service_linked_role" "ourhalf_config" {
  aws_service_name = "config.amazonaws.com"
  tags             = local.tags
}

resource "aws_config_configuration_recorder" "ourhalf" {
  name     = "ourhalf"
  role_arn = aws_iam_service_linked_role.ourhalf_config.arn

  recording_group {
    all_supported                 = true
    include_global_resource_types = true
  }
}

resource "aws_config_delivery_channel" "ourhalf" {
  name           = "ourhalf"
  s3_bucket_name = aws_s3_bucket.ourhalf_archive.id
  s3_kms_key_arn = aws_kms_key.ourhalf.arn
  depends_on     = [aws_config_configuration_recorder.ourhalf, aws_s3_bucket_policy.ourhalf_archive]
}

resource "aws_config_configuration_recorder_status" "ourhalf" {
  name       = aws_config_configuration_recorder.ourhalf.name
  is_enabled = true
  depends_on = [aws_config_delivery_channel.ourhalf]
}
