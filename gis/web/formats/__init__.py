"""How dates and numbers are written and read in each language (setting `FORMAT_MODULE_PATH`)."""
