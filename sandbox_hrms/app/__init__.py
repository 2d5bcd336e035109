"""What the practice HR system can do, one module a use."""
