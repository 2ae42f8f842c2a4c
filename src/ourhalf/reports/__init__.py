"""Reports, one file a format. They know findings, and neither readers nor controls."""
