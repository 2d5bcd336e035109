"""What people see of the practice HR system, one module a page."""
