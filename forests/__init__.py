"""Forests: plots (lô rừng) with their type, condition and owner."""
