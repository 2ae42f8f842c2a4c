"""The guide: a documentation site for the deployment at hand."""
