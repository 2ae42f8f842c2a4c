"""Inventories: written as bills of materials, read from them, compared."""
