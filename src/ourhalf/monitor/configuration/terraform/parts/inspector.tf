# inspector: what it scans. Who runs no instances is billed for none.

resource "aws_inspector2_enabler" "ourhalf" {
  account_ids    = [local.account]
  resource_types = ["EC2", "ECR"]
}
