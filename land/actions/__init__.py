"""What can be done to parcels, one verb per file."""
