# Holds for clusters that are made from now on; those that exist say it in their own configuration.

resource "aws_ecs_account_setting_default" "container_insights" {
  name  = "containerInsights"
  value = "enhanced"
}
