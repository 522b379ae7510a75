"""What people open in a browser: the shell, the live map, signing in, and the state of the service."""
