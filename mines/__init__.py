"""Mines: mining concessions with their corner points and depths."""
