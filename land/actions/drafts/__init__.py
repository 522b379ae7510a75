"""The way of a draft into the register: saved, submitted, checked, approved or handed back."""
