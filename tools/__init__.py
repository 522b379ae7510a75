"""Commands of the checkout: they start processes and import nothing of the house."""
