"""What can be done to forest plots, one verb per file."""
