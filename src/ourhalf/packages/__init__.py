"""Packages in an image, one file an ecosystem."""
