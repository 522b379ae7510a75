"""The desk of land officers at `/land/edit/`: change parcels, and check and approve what others drew."""
