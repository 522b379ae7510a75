"""The REST interface: its root and the form of its errors. Domains bring their own resources."""
