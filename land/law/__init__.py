"""The judge of previews: rules as dated rows, what each measures, and what it says where no rule can be relied on."""
