"""Halong's shared house: everything the domains have in common, and nothing that knows a domain."""
