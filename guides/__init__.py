"""A walkthrough told in one language, as bytes: PDF today, other formats beside it."""
