"""What can be done to storms and rescue assets, one verb per file."""
