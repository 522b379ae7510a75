"""The administration at `/admin/`: lists to look at, and actions to change by; nothing is saved past them."""
