[% for vpc in vpcs %]

resource "aws_flow_log" "[[ name(vpc) ]]" {
  vpc_id                   = [[ value(vpc) ]]
  traffic_type             = "ALL"
  log_destination_type     = "s3"
  log_destination          = aws_s3_bucket.ourhalf_archive.arn
  max_aggregation_interval = 60
  tags                     = local.tags
  depends_on               = [aws_s3_bucket_policy.ourhalf_archive]
}
[% endfor %]
[% for subnet in subnets %]

resource "aws_flow_log" "[[ name(subnet) ]]" {
  subnet_id                = [[ value(subnet) ]]
  traffic_type             = "ALL"
  log_destination_type     = "s3"
  log_destination          = aws_s3_bucket.ourhalf_archive.arn
  max_aggregation_interval = 60
  tags                     = local.tags
  depends_on               = [aws_s3_bucket_policy.ourhalf_archive]
}
[% endfor %]
