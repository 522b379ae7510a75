"""What the OGC protocols share: reading parameters, boxes and reference systems, addresses, cache headers."""
