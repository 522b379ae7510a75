"""What can be done to concessions, one verb per file."""
