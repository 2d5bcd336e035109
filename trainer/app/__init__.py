"""Use cases of the trainer and the ports they need."""
