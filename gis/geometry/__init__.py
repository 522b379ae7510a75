"""Pure geometry of the province: reference systems, the millimetre grid, the antimeridian. Knows no Django."""
