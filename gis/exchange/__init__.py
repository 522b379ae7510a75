"""Files coming in: what may be read, and an account of every row."""
