resource "aws_accessanalyzer_analyzer" "ourhalf" {
  analyzer_name = "ourhalf"
  type          = "ACCOUNT"
  tags          = local.tags
}
