"""Readers, one file or folder a format: they turn bytes into resources and know no control."""
