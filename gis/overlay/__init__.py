"""What lies over what: one engine for every domain, from layers that declare that they take part (`Layer.overlay`)."""
