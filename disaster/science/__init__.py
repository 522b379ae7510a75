"""Formulas and formats of storms, each with its source; knows no Django."""
