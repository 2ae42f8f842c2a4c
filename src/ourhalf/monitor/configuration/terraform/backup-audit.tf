resource "aws_backup_framework" "ourhalf" {
  name        = "ourhalf"
  description = "Data and models are in a backup plan, and recovery points stay"
  tags        = local.tags

  control {
    name = "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN"

    scope {
      compliance_resource_types = [[ raw(hcl(backup_types)) ]]
    }
  }

  control {
    name = "BACKUP_RECOVERY_POINT_ENCRYPTED"
  }

  control {
    name = "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED"
  }
[% if part("recorder") %]

  depends_on = [aws_config_configuration_recorder_status.ourhalf]
[% endif %]
}
