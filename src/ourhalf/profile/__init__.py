"""The profile: what a company asks of its workloads, read from a file and applied to subjects."""
