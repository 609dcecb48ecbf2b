"""The fields that JQL knows, and how the values people write are found: by name, id or key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from okrsync.sandbox.jira.catalogue import CATEGORIES, PRIORITIES, RESOLUTIONS, STATUSES, TYPES, Field
from okrsync.sandbox.jira.records import Issue
from okrsync.sandbox.jira.site import Site
from okrsync.sandbox.jira.tokens import JqlError

NOTHING = object()
"""What a written value resolves to that means an empty field: ``resolution = Unresolved``."""


@dataclass(frozen=True, slots=True)
class Choice:
    """``values`` are what an issue has; ``resolve`` finds those that a written value means."""

    values: Callable[[Issue], tuple[object, ...]]
    resolve: Callable[[str, str], Iterable[object]]
    sortable: bool = True


@dataclass(frozen=True, slots=True)
class Moment:
    value: Callable[[Issue], datetime | None]


@dataclass(frozen=True, slots=True)
class Number:
    value: Callable[[Issue], float | None]


@dataclass(frozen=True, slots=True)
class Text:
    text: Callable[[Issue], str]


Kind = Choice | Moment | Number | Text


def kinds(site: Site) -> dict[str, Kind]:
    """By name in lower case, the names of custom fields included."""
    known: dict[str, Kind] = {**_choices(site), **_MOMENTS, **_TEXTS}
    if not site.cloud:
        known.pop("statuscategorychangeddate")
    for field in site.fields:
        if field.type == "number":
            known.update({clause.lower(): _number(site, field) for clause in field.clauses})
    return known


def words(sought: str) -> Callable[[str], bool]:
    """Whether a text holds every word, as whole words; ``pay*`` is a prefix, an inner quoted text a phrase."""
    phrases = re.findall(r'"([^"]*)"', sought)
    singles = re.findall(r"\w+\*?", re.sub(r'"[^"]*"', " ", sought))
    patterns = [_word_pattern(single) for single in singles]
    patterns += [re.compile(rf"\b{re.escape(phrase)}\b", re.IGNORECASE) for phrase in phrases]
    return lambda text: all(pattern.search(text) for pattern in patterns)


def _word_pattern(word: str) -> re.Pattern[str]:
    tail = "" if word.endswith("*") else r"\b"
    return re.compile(rf"\b{re.escape(word.rstrip('*'))}{tail}", re.IGNORECASE)


def _number(site: Site, field: Field) -> Number:
    if field.id == site.points_field.id:
        return Number(lambda issue: issue.points)
    return Number(lambda issue: issue.numbers.get(field.id))


def _text(issue: Issue) -> str:
    return "\n".join([issue.summary, issue.description, *(comment.body for comment in issue.comments)])


_TEXTS: dict[str, Kind] = {
    "text": Text(_text),
    "summary": Text(lambda issue: issue.summary),
    "description": Text(lambda issue: issue.description),
    "comment": Text(lambda issue: "\n".join(comment.body for comment in issue.comments)),
}
_MOMENTS: dict[str, Kind] = {
    **dict.fromkeys(("created", "createddate"), Moment(lambda issue: issue.created)),
    **dict.fromkeys(("updated", "updateddate"), Moment(lambda issue: issue.updated)),
    **dict.fromkeys(("resolved", "resolutiondate"), Moment(lambda issue: issue.resolved)),
    "statuscategorychangeddate": Moment(lambda issue: issue.category_since),
}


def _choices(site: Site) -> dict[str, Kind]:
    finder = _Finder(site)
    keys = Choice(lambda issue: (issue.id,), finder.issue, sortable=False)
    types = Choice(lambda issue: (issue.type,), _named({name: id_ for name, (id_, _) in TYPES.items()}))
    epics = Choice(lambda issue: (issue.epic_issue.id,) if issue.epic_issue else (), finder.issue, sortable=False)
    versions = Choice(lambda issue: tuple(version.id for version in issue.versions), finder.version)
    known: dict[str, Kind] = {
        "project": Choice(lambda issue: (issue.project.id,), finder.project),
        **dict.fromkeys(("type", "issuetype"), types),
        "status": Choice(lambda issue: (issue.status,), _named({name: id_ for name, (id_, _) in STATUSES.items()})),
        "statuscategory": Choice(lambda issue: (STATUSES[issue.status][1].key,), _category),
        "priority": Choice(lambda issue: (issue.priority,), _named(PRIORITIES)),
        "resolution": Choice(lambda issue: (issue.resolution,) if issue.resolution else (), finder.resolution),
        "labels": Choice(lambda issue: tuple(map(str.casefold, issue.labels)), lambda text, _: (text.casefold(),)),
        "assignee": Choice(lambda issue: (issue.assignee,) if issue.assignee else (), finder.person),
        "reporter": Choice(lambda issue: (issue.reporter,), finder.person),
        "fixversion": versions,
        "sprint": Choice(lambda issue: tuple(sprint.id for sprint in issue.sprints), finder.sprint),
        "parent": Choice(finder.parents, finder.issue, sortable=False),
        "epic link": epics,
        **dict.fromkeys(("id", "key", "issue", "issuekey"), keys),
    }
    if site.epic_field is not None:
        known[site.epic_field.clauses[0].lower()] = epics
    return known


def _named(known: Mapping[str, str]) -> Callable[[str, str], tuple[object, ...]]:
    by_name = {name.casefold(): name for name in known}
    by_id = {id_: name for name, id_ in known.items()}

    def resolve(text: str, field: str) -> tuple[object, ...]:
        found = by_name.get(text.casefold()) or by_id.get(text)
        if found is None:
            raise unknown_value(text, field)
        return (found,)

    return resolve


def _category(text: str, field: str) -> tuple[object, ...]:
    for category in CATEGORIES:
        if text.casefold() in (category.key, category.name.casefold(), str(category.id)):
            return (category.key,)
    raise unknown_value(text, field)


def unknown_value(text: str, field: str) -> JqlError:
    return JqlError(f"The value '{text}' does not exist for the field '{field}'.")


class _Finder:
    """Finds what the account may see; to it, the rest does not exist."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def project(self, text: str, field: str) -> tuple[object, ...]:
        sought = text.casefold()
        for project in self._site.projects.values():
            if self._site.visible(project) and sought in (project.id, project.key.casefold(), project.name.casefold()):
                return (project.id,)
        raise unknown_value(text, field)

    def issue(self, text: str, field: str) -> tuple[object, ...]:
        try:
            issue = self._site.issue(text)
        except KeyError:
            issue = None
        if issue is not None and self._site.visible(issue.project):
            return (issue.id,)
        if text.isdigit():
            raise JqlError(f"A value with ID '{text}' does not exist for the field '{field}'.")
        raise JqlError(f"An issue with key '{text}' does not exist for field '{field}'.")

    def parents(self, issue: Issue) -> tuple[object, ...]:
        """On Cloud a story's epic is its parent; on Data Center only sub-tasks have one."""
        parent = issue.parent_issue or (issue.epic_issue if self._site.cloud else None)
        return (parent.id,) if parent else ()

    def person(self, text: str, field: str) -> tuple[object, ...]:
        sought = text.casefold()
        for person in self._site.people.values():
            names = (person.name, person.account, person.display.casefold(), person.email.casefold())
            if sought in names:
                return (person.name,)
        raise unknown_value(text, field)

    def version(self, text: str, field: str) -> tuple[object, ...]:
        projects = filter(self._site.visible, self._site.projects.values())
        versions = (version for project in projects for version in project.versions.values())
        found = tuple(each.id for each in versions if text in (each.id,) or text.casefold() == each.name.casefold())
        if not found:
            raise unknown_value(text, field)
        return found

    def sprint(self, text: str, field: str) -> tuple[object, ...]:
        sprints = self._site.sprints.values()
        found = tuple(each.id for each in sprints if text in (str(each.id), each.name))
        if not found:
            raise unknown_value(text, field)
        return found

    def resolution(self, text: str, field: str) -> tuple[object, ...]:
        if text.casefold() == "unresolved":
            return (NOTHING,)
        return _named(RESOLUTIONS)(text, field)
