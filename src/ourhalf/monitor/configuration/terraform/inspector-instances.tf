resource "aws_inspector2_enabler" "instances" {
  account_ids    = [local.account]
  resource_types = ["EC2"]
[% if wanted("inspector-images") %]
  depends_on     = [aws_inspector2_enabler.images]
[% endif %]
}
