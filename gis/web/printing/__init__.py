"""Maps on paper: A4 and A3 sheets as PDF at a true scale, in the legal grid."""
