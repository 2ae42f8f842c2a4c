[% for endpoint in endpoints %]

resource "aws_cloudwatch_metric_alarm" "errors_[[ name(endpoint) ]]" {
  alarm_name          = "ourhalf-[[ inside(endpoint) ]]-errors"
  alarm_description   = "More than one in a hundred requests to the endpoint fails with 5xx"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 3
  threshold           = 0.01
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ourhalf.arn]
  tags                = local.tags

  metric_name = "Invocation5XXErrors"
  namespace   = "AWS/SageMaker"
  period      = 300
  statistic   = "Average"

  # Variants are told apart by name: AllTraffic unless the endpoint configuration says otherwise.
  dimensions = {
    EndpointName = [[ value(endpoint) ]]
    VariantName  = var.[[ variable(name(endpoint) ~ "_variant", "The variant of the endpoint to watch", "AllTraffic") ]]
  }
}
[% endfor %]
