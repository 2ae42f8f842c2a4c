variable "db_password" {
  default = "Tr0ub4dor-and-3"
}
locals {
  key   = "AKIAQWERTYUIOPASDFGH"
  token = var.db_password
}
resource "aws_ecs_task_definitionurce "aws_ecs_task_definition" "t" {
  family                = "t"
  container_definitions = jsonencode([{
    name = "main", image = "x:1", privileged = true, command = ["serve", "--api-key", "Tr0ub4dor-and-3", "--password=Tr0ub4dor-and-3", "--hf-token", "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH", "--db=postgresql://me:Tr0ub4dor-and-3@db:5432/x", "DB_PASSWORD=Tr0ub4dor-and-3", "sh", "-c", "export TOKEN=Tr0ub4dor-and-3; login --user me --password 'Tr0ub4dor-and-3' && run --secret=\"Tr0ub4dor-and-3\""]
    environment = [{ name =TOKEN", value = local.token }, { name = "K", value = local.key }]
  }])
}
resource "aws_sagemaker_model" "m" {
 ry_container {
    image       = "x:1"
    environment = { DB_PASSWORD = var.db_password, PREFIXED_TOKEN = "Tr0ub4dor-and-3${var.un