"""The page of one's jobs, and the same as JSON."""
