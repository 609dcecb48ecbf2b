"""Which custom fields hold story points, epics, sprints and extra numbers on this site.

Ids differ from site to site and names are translated, so fields are found by the type that Jira's own add-ons
give them, and a person decides where two could be meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import msgspec

from okrsync.errors import ConnectionFailed
from okrsync_jira.client import Client
from okrsync_jira.options import JiraOptions
from okrsync_jira.shapes import STANDARD, Board, FieldInfo, Issue, issue_shape

_POINTS = "jsw-story-points"
_POINTS_NAMES = ("story points", "story point estimate")
_EPIC = "gh-epic-link"
_SPRINT = "gh-sprint"

_read_fields = msgspec.json.Decoder(list[FieldInfo]).decode
_read_board = msgspec.json.Decoder(Board).decode


class Fields(msgspec.Struct, frozen=True, omit_defaults=True):
    """Ids of the fields in use; ``numbers`` maps a configured name to its field's id.

    ``rivals`` are the names, by id, of fields of which any could hold story points; then none of them is read.
    """

    points: str | None = None
    points_name: str = ""
    epic: str | None = None
    sprints: str | None = None
    numbers: dict[str, str] = {}
    rivals: dict[str, str] = {}

    def asked(self, ignored: frozenset[str]) -> list[str]:
        """Everything a pull names, always in the same order, without the standard fields a product lacks."""
        custom = [self.points, self.epic, self.sprints, *self.numbers.values()]
        return [*(name for name in STANDARD if name not in ignored), *dict.fromkeys(filter(None, custom))]

    def shape(self) -> type[Issue]:
        """What an answer is decoded to, with the fields of this site in it."""
        return issue_shape(self.points, self.epic, self.sprints, list(self.numbers.values()))


def discover(client: Client, options: JiraOptions, *, epic_link: bool) -> Fields:
    """Asks Jira for its fields, and for the board where one is configured.

    Raises ConnectionFailed for a name that no numeric field has. Where two could hold story points nobody guesses.
    """
    known = client.read("field", _read_fields)
    candidates = _points(client, options, known)
    points = candidates[0] if len(candidates) == 1 else None
    return Fields(
        points=points.id if points else None,
        points_name=points.name if points else "",
        epic=_of_type(known, _EPIC) if epic_link else None,
        sprints=_of_type(known, _SPRINT),
        numbers={name: _numeric(known, name, "numbers").id for name in options.numbers},
        rivals={} if points else {field.id: field.name for field in candidates},
    )


def field_names(client: Client) -> dict[str, str]:
    """The name of every field, by id."""
    return {field.id: field.name for field in client.read("field", _read_fields)}


def wanted(options: JiraOptions) -> str:
    """What discovery depends on; a remembered result is good as long as this stays the same."""
    return msgspec.json.encode([options.url, options.story_points, options.board, options.numbers]).decode()


def doubt(fields: Fields, connection: str) -> tuple[str, str]:
    """What to say where several fields could hold story points: message and hint, which has the lines to write."""
    told = " and ".join(f'"{name}" ({id_})' for id_, name in fields.rivals.items())
    lines = [f"story_points: {choice}" for choice in (*fields.rivals, "false")]
    hint = f"Write one of these lines below `{connection}:` in okrsync.yaml: {', '.join(lines)}."
    return f"several Jira fields could hold story points: {told}", hint


def _points(client: Client, options: JiraOptions, known: Sequence[FieldInfo]) -> list[FieldInfo]:
    if options.story_points is False:
        return []
    if options.story_points is not None:
        return [_numeric(known, options.story_points, "story_points")]
    if options.board is not None:
        return _of_board(client, options.board, known)
    return _candidates(known)


def _candidates(known: Sequence[FieldInfo]) -> list[FieldInfo]:
    typed = {field.id: field for field in known if _custom(field).endswith(_POINTS)}
    named = {field.id: field for field in known if _is_number(field) and field.name.casefold() in _POINTS_NAMES}
    return list((typed | named).values())


def _of_board(client: Client, board: int, known: Sequence[FieldInfo]) -> list[FieldInfo]:
    """Nothing for a board that estimates by counting issues (or is a Kanban board)."""
    answer = client.read(f"board/{board}/configuration", _read_board, agile=True)
    place = answer.estimation.field.get("fieldId") if answer.estimation else None
    return [field for field in known if field.id == place]


def _numeric(known: Sequence[FieldInfo], name: str, option: str) -> FieldInfo:
    """By id first, then by name; names may be shared, and then only an id is clear."""
    found = [field for field in known if field.id == name]
    found = found or [field for field in known if field.name.casefold() == name.casefold() and _is_number(field)]
    if len(found) > 1:
        ids = ", ".join(field.id for field in found)
        raise ConnectionFailed(
            f'{option}: several Jira fields are called "{name}".', hint=f"Name one by its id: {ids}."
        )
    if not found or not _is_number(found[0]):
        raise ConnectionFailed(f'{option}: Jira has no numeric field "{name}".', hint=_nearest(known, name))
    return found[0]


def _nearest(known: Sequence[FieldInfo], name: str) -> str:
    numeric = [field.name for field in known if _is_number(field)]
    near = get_close_matches(name, numeric, n=1)
    return f'Did you mean "{near[0]}"?' if near else "Use the name or the id that Jira shows for the field."


def _of_type(known: Sequence[FieldInfo], suffix: str) -> str | None:
    return next((field.id for field in known if _custom(field).endswith(suffix)), None)


def _custom(field: FieldInfo) -> str:
    return field.schema.custom if field.schema else ""


def _is_number(field: FieldInfo) -> bool:
    return field.schema is not None and field.schema.type == "number"
