"""Reads from container registries by the OCI distribution API (github.com/opencontainers/distribution-spec)."""
