"""Evidence bundles: what decided an assessment, kept so that anybody can check it."""
