"""Python files and notebooks, by static analysis: nothing of them is imported or run."""
