"""Rows of a layer as a file. Each form is written while the rows are read: memory stays flat, whatever their number."""

from gis.exchange.writers.forms import FORMS, Form, form_named
from gis.exchange.writers.table import Table

__all__ = ["FORMS", "Form", "Table", "form_named"]
