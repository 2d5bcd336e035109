"""Migrations of the platform database, by Alembic: one file in `versions` for each version of its tables."""
