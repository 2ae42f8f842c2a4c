# Made by `ourhalf monitor plan` as of [[ as_of ]]: what is not known to be on yet. Read it, then
#   terraform init && terraform plan
# Services of the account can be on although no file declares them. Terraform then says that they exist: import
# them, or take their block out. Everything goes to the region and account of your credentials.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25"
    }
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account        = data.aws_caller_identity.current.account_id
  partition      = data.aws_partition.current.partition
  region         = data.aws_region.current.region
  retention_days = [[ retention_days ]]

  tags = {
    made-by = "ourhalf-monitor-plan"
    purpose = "monitoring"
[% for key in required_tags %]
    [[ key ]] = [[ "FIXME" ]]
[% endfor %]
  }
}
