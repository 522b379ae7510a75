"""Signing in, the second factor, invitations, and each user's own page."""
