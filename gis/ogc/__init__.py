"""OGC services: every protocol the same four files over the same layers."""
