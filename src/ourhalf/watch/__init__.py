"""Watching: assess again and again, keep what changed, and tell of it once."""
