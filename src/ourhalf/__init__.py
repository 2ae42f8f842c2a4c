"""Shared responsibility as code for deep-learning containers."""

__version__ = "0.1.0"
