"""Tensors out of files that were proved safe, and into safetensors."""
