"""The trainee pages: lessons, practice, results."""
