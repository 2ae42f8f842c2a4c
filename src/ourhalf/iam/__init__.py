"""Evaluates policies as AWS does: who may do what, and who is let in."""
