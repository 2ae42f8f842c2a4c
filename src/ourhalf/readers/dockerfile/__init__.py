"""Dockerfiles and Containerfiles: what a build puts into an image, as far as the file tells."""
