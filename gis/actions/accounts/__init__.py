"""What can be done to accounts, one verb per file."""
