"""CloudFormation and SAM templates, CDK's synthesised ones among them."""
