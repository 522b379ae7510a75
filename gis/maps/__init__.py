"""Pictures of layers: drawing, picture tiles."""
