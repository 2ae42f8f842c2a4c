"""The formats of a plan: one file a format."""
