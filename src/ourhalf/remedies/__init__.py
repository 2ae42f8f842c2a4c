"""Remedies in the language of the file at hand."""
