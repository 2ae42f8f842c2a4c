"""The lines of source that decided a finding, without the secrets in them."""
