"""Reads parts of layers: those that somebody wants, where a table of contents says where they lie."""
