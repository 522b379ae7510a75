"""The storm briefing: one HTML file about one storm that opens from a disk without a network."""
