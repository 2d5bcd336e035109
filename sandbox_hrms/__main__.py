"""``python -m sandbox_hrms``."""

from sandbox_hrms.main import main

main()
