data "aws_iam_policy_document" "ourhalf_insights_trust" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role" "ourhalf_insights" {
  name_prefix        = "ourhalf-insights-"
  assume_role_policy = data.aws_iam_policy_document.ourhalf_insights_trust.json
  tags               = local.tags
}

data "aws_iam_policy_document" "ourhalf_insights" {
  statement {
    sid       = "WriteMetrics"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"]

    condition {
      test     = "StringLike"
      variable = "cloudwatch:namespace"
      values   = ["ContainerInsights*", "CWAgent"]
    }
  }

  statement {
    sid       = "SeeVolumes"
    actions   = ["ec2:DescribeTags", "ec2:DescribeVolumes"]
    resources = ["*"]
  }

  statement {
    sid = "WriteLogs"
    actions = [
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:DescribeLogStreams",
      "logs:PutLogEvents",
      "logs:PutRetentionPolicy",
    ]
    resources = ["arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/containerinsights/*"]
  }
}

resource "aws_iam_role_policy" "ourhalf_insights" {
  name   = "write-metrics-and-logs"
  role   = aws_iam_role.ourhalf_insights.id
  policy = data.aws_iam_policy_document.ourhalf_insights.json
}
[% for cluster in eks_clusters %]

resource "aws_eks_addon" "insights_[[ name(cluster) ]]" {
  cluster_name = [[ value(cluster) ]]
  addon_name   = "amazon-cloudwatch-observability"

  pod_identity_association {
    role_arn        = aws_iam_role.ourhalf_insights.arn
    service_account = "cloudwatch-agent"
  }

  tags       = local.tags
  depends_on = [aws_iam_role_policy.ourhalf_insights]
}
[% endfor %]
