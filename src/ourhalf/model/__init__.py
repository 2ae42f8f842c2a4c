"""The vocabulary: what evidence, controls, verdicts and findings are. No I/O; imports nothing of ours."""
