"""Pages for people and the REST interface for applications."""
