"""Vulnerabilities of what runs: whose move each is, until when, whether it matters here, and what to do."""
