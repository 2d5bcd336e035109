"""The tests, and the builders they share."""
