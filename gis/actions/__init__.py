"""What every change to the province's records does: permission, rules, the write, history, the event."""
