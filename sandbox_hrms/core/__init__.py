"""The rules of the practice HR system, free of pages, files and clocks."""
