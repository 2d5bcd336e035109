"""A walkthrough told as a film: script, pictures, sound, captions, and what a finished film is checked for."""
