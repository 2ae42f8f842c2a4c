"""Isolation of containers and hosts, and what the network lets in."""
