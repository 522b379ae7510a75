"""The pages of docs/reference, written from what the code declares, so that they cannot be wrong."""
