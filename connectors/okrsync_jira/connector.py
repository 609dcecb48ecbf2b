"""The Jira connector: the verbs of the plug-in boundary, each told in terms of search, translation and tickets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from okrsync.connector import Context, Finding
from okrsync.errors import ConnectionFailed, Gone
from okrsync.model.change import Change, Receipt, Shown
from okrsync.model.life import ItemHistory
from okrsync.model.work import Item, Milestone, Page, Quarantined, Ref, Scope, State
from okrsync_jira import check, jql
from okrsync_jira.answers import clean
from okrsync_jira.client import Client
from okrsync_jira.fields import doubt, field_names
from okrsync_jira.flavour import Flavour, flavour_of
from okrsync_jira.options import JiraOptions
from okrsync_jira.pages import Batch, batch_decoder
from okrsync_jira.past import Past, Statuses
from okrsync_jira.shapes import Bare, Issue, Project, ServerInfo, StatusInfo, Version
from okrsync_jira.site import Site, explore, recall, server_info
from okrsync_jira.tickets import Tickets
from okrsync_jira.translate import Translator

FORM = "jira 1"
"""Changes whenever what is read is understood differently, so that everything is read again."""

KEY = "key"
"""In ``Scope.data``: the project's key of today, where ``Scope.name`` keeps the one people configured."""

_read_project = msgspec.json.Decoder(Project).decode
_read_versions = msgspec.json.Decoder(list[Version]).decode
_read_statuses = msgspec.json.Decoder(list[StatusInfo]).decode
_read_ids = batch_decoder(Bare)


class JiraConnector:
    """One client of one Jira, used by one thread."""

    overlap = timedelta(minutes=15)
    """Jira indexes late; what appeared in the meantime is read again."""

    def __init__(self, options: JiraOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._client = Client(options, context)
        self._server: ServerInfo | None = None
        self._site: Site | None = None
        self._tickets = Tickets(self._client, context, self._flavour)

    def check(self) -> Iterator[Finding]:
        return check.findings(self._client, self._options, self._context)

    def scopes(self, known: Sequence[Scope]) -> Sequence[Scope]:
        """A known project costs no request unless it was archived: it may be open again."""
        remembered = {scope.name: scope for scope in known if self._recall(scope) and not scope.archived}
        told = self._told([key for key in self._options.projects if key not in remembered])
        found = [remembered.get(key) or self._scope(key, told.get(key)) for key in self._options.projects]
        return list({scope.id: scope for scope in found}.values())

    def asks(self, scope: Scope) -> str:
        """Read anew: a project with a new key, since all its issues have new ones, and one that is archived no more.

        Search did not find the issues of an archived project, so nobody has seen what changed last.
        """
        fields = self._site_of(scope).fields.asked(self._flavour().ignored)
        cancelled = ", ".join(sorted(self._options.cancelled_resolutions))
        archived = "; archived" if scope.archived else ""
        return f"{FORM}; {_key(scope)}{archived}; fields: {', '.join(fields)}; cancelled: {cancelled}"

    def pull(self, scope: Scope, since: datetime | None) -> Iterator[Page]:
        site = self._site_of(scope)
        translator = self._translator(scope, site)
        versions = self._client.read(f"project/{scope.id}/versions", _read_versions)
        as_of: datetime | None = self._client.server_time or self._context.now()
        milestones: tuple[Milestone, ...] | None = tuple(map(translator.milestone, versions))
        fields = site.fields.asked(site.flavour.ignored)
        clauses, key = [jql.projects([scope.id]), jql.since("updated", since) if since else ""], _key(scope)
        batches = site.flavour.pages(self._client, fields, batch_decoder(site.fields.shape()), *clauses)
        for batch in batches:
            items, misfits = _translated(batch, translator)
            yield Page(items=items, milestones=milestones, quarantined=misfits, as_of=as_of)
            milestones, as_of = None, None
            key = items[-1].key.rpartition("-")[0] if items else key
        if key != _key(scope):
            yield Page(scope=msgspec.structs.replace(scope, data={**scope.data, KEY: key}))

    def reread(self, scope: Scope, refs: Sequence[Ref]) -> Iterator[Page]:
        """Issues that moved to another project are left out; that project's pull finds them."""
        site = self._site_of(scope)
        translator = self._translator(scope, site)
        fields, decode = site.fields.asked(site.flavour.ignored), batch_decoder(site.fields.shape())
        for batch in site.flavour.fresh(self._client, fields, decode, [ref.id for ref in refs]):
            items, misfits = _translated(batch, translator)
            here = tuple(item for item in items if item.key.startswith(f"{_key(scope)}-"))
            yield Page(items=here, quarantined=misfits)

    def select(self, scopes: Sequence[Scope], query: str) -> frozenset[str]:
        condition = jql.guarded(query)
        if not scopes:
            return frozenset()
        return frozenset(self._ids(jql.projects([scope.id for scope in scopes]), condition))

    def probe(self, scopes: Sequence[Scope], query: str) -> None:
        condition = jql.guarded(query)
        if scopes:
            places = jql.projects([scope.id for scope in scopes])
            self._flavour().probe(self._client, _read_ids, places, condition)

    def observe(self, refs: Sequence[Ref]) -> Iterator[Shown]:
        return self._tickets.observe(refs)

    def cost(self, change: Change) -> int:
        return self._tickets.cost(change)

    def apply(self, change: Change) -> Receipt:
        return self._tickets.apply(change)

    def census(self, scope: Scope) -> Iterator[str]:
        return self._ids(jql.projects([scope.id]))

    def confirm(self, refs: Sequence[Ref]) -> Mapping[str, str]:
        """Where a ticket moved to another configured project, that project's pull finds it again."""
        places = {
            place.id: place.fields.project for place in self._flavour().places(self._client, [r.id for r in refs])
        }
        unreachable: dict[str, str] = {}
        for ref in refs:
            project = places.get(ref.id)
            if ref.id not in places:
                unreachable[ref.id] = "deleted, or hidden from this account"
            elif project and project.id != ref.scope and project.key not in self._options.projects:
                unreachable[ref.id] = f"moved to {project.key}"
        return unreachable

    def histories(self, scopes: Sequence[Scope], items: Sequence[Item]) -> Iterator[ItemHistory]:
        """An issue that nothing is told of and whose state says that something happened is looked for."""
        if not items:
            return
        site, by_id = self._site_of(scopes[0]), {item.id: item for item in items}
        statuses = Statuses(self._client.read("status", _read_statuses), items)
        names = field_names(self._client) if site.fields.numbers and not site.flavour.field_ids else {}
        past = Past(site.fields, statuses, self._translator(scopes[0], site), names)
        doubtful: list[str] = []
        for id_, lines in site.flavour.changelogs(self._client, list(by_id), past.fields):
            if lines is None and by_id[id_].state is not State.TODO:
                doubtful.append(id_)
            else:
                yield ItemHistory(id_, past.moments(by_id[id_], lines or ()))
        for place in site.flavour.places(self._client, doubtful):
            yield ItemHistory(place.id, past.moments(by_id[place.id], ()))

    def history_cost(self, scopes: Sequence[Scope], items: Sequence[Item]) -> int:
        if not items:
            return 0
        site = self._site_of(scopes[0])
        names = bool(site.fields.numbers) and not site.flavour.field_ids
        return 1 + names + site.flavour.changelog_cost(len(items))

    def close(self) -> None:
        self._client.close()

    def _translator(self, scope: Scope, site: Site) -> Translator:
        cancelled = self._options.cancelled_resolutions
        return Translator(self._context.connection, scope, site.base_url, site.fields, cancelled)

    def _ids(self, *clauses: str) -> Iterator[str]:
        for batch in self._flavour().ids(self._client, _read_ids, *clauses):
            yield from (row.id for row in batch.rows)
            yield from (misfit.id for misfit in batch.quarantined if misfit.id)

    def _told(self, keys: Sequence[str]) -> dict[str, Project]:
        """Those of several projects that one request tells of, by key."""
        many = self._flavour().projects(self._client, keys) if len(keys) > 1 else ()
        return {project.key: project for project in many}

    def _project(self, key: str) -> Project:
        try:
            return self._client.read(f"project/{key}", _read_project)
        except Gone as error:
            hint = "Check the key; the account may also lack the permission to browse it."
            raise Gone(f"Jira has no project {key}.", hint=hint) from error

    def _scope(self, key: str, told: Project | None) -> Scope:
        project = told or self._project(key)
        return Scope(project.id, key, project.archived, {**self._explored().memory(), KEY: project.key})

    def _explored(self) -> Site:
        if self._site is None:
            self._site = explore(self._client, self._options, self._known_server())
            if self._site.fields.rivals and self._context.points:
                message, hint = doubt(self._site.fields, self._context.connection)
                self._site = None
                raise ConnectionFailed(f"{message[0].upper()}{message[1:]}.", hint=hint)
        return self._site

    def _recall(self, scope: Scope) -> Site | None:
        """A site whose story points are in doubt is looked at again once a key result is made of them."""
        site = recall(scope.data, self._options)
        if site and site.fields.rivals and self._context.points:
            return None
        self._site = self._site or site
        return site

    def _site_of(self, scope: Scope) -> Site:
        return self._recall(scope) or self._explored()

    def _known_server(self) -> ServerInfo:
        if self._server is None:
            self._server = self._site.server if self._site else server_info(self._client)
        return self._server

    def _flavour(self) -> Flavour:
        return flavour_of(self._known_server().deploymentType)


def _key(scope: Scope) -> str:
    return scope.data.get(KEY, scope.name)


def _translated(batch: Batch[Issue], translator: Translator) -> tuple[tuple[Item, ...], tuple[Quarantined, ...]]:
    """One issue that cannot be understood never takes its page along."""
    items: list[Item] = []
    misfits = list(batch.quarantined)
    for issue in batch.rows:
        try:
            items.append(translator.item(issue))
        except (ValueError, OverflowError) as error:
            misfits.append(Quarantined(issue.id, issue.key, clean(f"Jira's data does not fit: {error}")))
    return tuple(items), tuple(misfits)
