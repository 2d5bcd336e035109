"""Column types that all tables share."""

from datetime import UTC, datetime

from sqlalchemy import Dialect, String, TypeDecorator


class Utc(TypeDecorator[datetime]):
    """An aware UTC time, kept as ISO text so that it sorts and reads the same everywhere."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> str | None:
        """Write the time as text."""
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, _dialect: Dialect) -> datetime | None:
        """Read the text back."""
        return None if value is None else datetime.fromisoformat(value)
