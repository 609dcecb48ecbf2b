"""Dates in JQL: epoch milliseconds, quoted dates to the minute, periods from now, and the functions of time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from okrsync.sandbox.jira.jql import Call, Operand
from okrsync.sandbox.jira.tokens import JqlError

_FORMATS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
_PERIOD = re.compile(r"(?P<sign>[+-]?)(?P<parts>(?:\d+[wdhm]\s*)+)")
_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_BOUNDS = re.compile(r"(?P<end>startof|endof)(?P<unit>day|week|month|year)")
_LARGEST = 253_402_300_799_999


def moment(operand: Operand, field: str, now: datetime, zone: tzinfo) -> datetime:
    """The instant an operand names. Quoted dates are read in the account's time zone. Raises JqlError."""
    if isinstance(operand, Call):
        return _function(operand, now.astimezone(zone))
    text = getattr(operand, "text", "")
    if text.isascii() and text.isdigit() and not getattr(operand, "quoted", True) and int(text) <= _LARGEST:
        return datetime.fromtimestamp(int(text) // 1000, UTC) + timedelta(milliseconds=int(text) % 1000)
    if period := _PERIOD.fullmatch(text.strip()):
        return now + _length(period)
    for format_ in _FORMATS:
        try:
            return datetime.strptime(text, format_).replace(tzinfo=zone)
        except ValueError:
            continue
    raise JqlError(
        f"Date value '{text}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
        "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
    )


def _length(period: re.Match[str]) -> timedelta:
    parts = re.findall(r"(\d+)([wdhm])", period["parts"])
    try:
        total = sum((int(count) * _UNITS[unit] for count, unit in parts), timedelta())
    except OverflowError:
        raise JqlError(f"The period '{period[0]}' is too long.") from None
    return -total if period["sign"] == "-" else total


def _function(call: Call, now: datetime) -> datetime:
    name = call.name.lower()
    if name == "now":
        return now
    bound = _BOUNDS.fullmatch(name)
    if bound is None or call.arguments:
        raise JqlError(f"Unable to find JQL function '{call}'.")
    begin = _begin(bound["unit"], now)
    if bound["end"] == "startof":
        return begin
    following = _begin(
        bound["unit"], begin + timedelta(days={"day": 1, "week": 7, "month": 31, "year": 366}[bound["unit"]])
    )
    return following - timedelta(milliseconds=1)


def _begin(unit: str, now: datetime) -> datetime:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "week":
        return midnight - timedelta(days=midnight.weekday())
    if unit == "month":
        return midnight.replace(day=1)
    return midnight.replace(month=1, day=1) if unit == "year" else midnight
