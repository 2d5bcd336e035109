"""Versions of the platform tables: `rNNNN_what.py`, each made from the one before; an old one is never changed."""
