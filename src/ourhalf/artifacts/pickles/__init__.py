"""Pickles: programs for a small machine, run here over what values may be, never over values."""
