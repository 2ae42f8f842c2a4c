resource "aws_detective_graph" "ourhalf" {
  tags = local.tags
[% if wanted("guardduty") %]

  depends_on = [aws_guardduty_detector.ourhalf]
[% endif %]
}
