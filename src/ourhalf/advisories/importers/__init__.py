"""Importers: one file a format of advisories."""
