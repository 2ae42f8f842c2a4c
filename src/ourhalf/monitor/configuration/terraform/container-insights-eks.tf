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

resource "aws_iam_role_policy_attachment" "ourhalf_insights" {
  role       = aws_iam_role.ourhalf_insights.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/CloudWatchAgentServerPolicy"
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
  depends_on = [aws_iam_role_policy_attachment.ourhalf_insights]
}
[% endfor %]
