"""A practice HR system that really stores, really fails and really recovers."""
