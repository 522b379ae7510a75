"""Communes (xã, phường, đặc khu) and their outlines."""
