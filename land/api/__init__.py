"""The land domain for applications, under `/api/land/`."""
