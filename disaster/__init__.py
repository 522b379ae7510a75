"""Disasters: storms, and the boats, vehicles and teams that are sent out."""
