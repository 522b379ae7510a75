"""Picture tiles in Web Mercator, through the same drawing as every other picture."""
