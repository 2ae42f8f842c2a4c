"""Formats of model files, one file a format; each is found by what the content is, never by its name."""
