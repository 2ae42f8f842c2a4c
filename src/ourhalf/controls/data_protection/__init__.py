"""Encryption, secrets and where data goes."""
