"""The voice of the interview: a text becomes a sound file, in a process of its own that may die."""
