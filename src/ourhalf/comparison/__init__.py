"""What is new: against an earlier assessment, or against a revision in git."""
