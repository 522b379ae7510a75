"""Rules of land law: entered, and closed by a day. For lawyers."""
