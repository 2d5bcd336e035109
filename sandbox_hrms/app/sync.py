"""A finished result is carried to the org side, exactly once."""

from sandbox_hrms.app.sandboxes import Sandbox


def carry(sandbox: Sandbox) -> int:
    """Deliver every waiting outbox row and return how many were delivered.

    The org side remembers the key of each delivery, so a repeat after a crash counts once.
    """
    raise NotImplementedError
