"""What HR has set for the forecast."""

from sqlmodel import Field, SQLModel


class ForecastRow(SQLModel, table=True):
    """Its settings, one row: per cent of people leaving a year, and whether invitations go out by themselves."""

    __tablename__ = "forecast"
    id: int = Field(default=1, primary_key=True)
    leaving_rate: float = 15.0
    automatic: bool = False
