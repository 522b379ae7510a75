"""What changed, told to everybody who looks: outbox, listener, hub and snapshot."""
