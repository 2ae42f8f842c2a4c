"""Terraform and OpenTofu: source modules and plans in JSON."""
