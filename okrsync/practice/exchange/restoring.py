"""Brings an archive back: OKR files that are missing, and the history into a store that has none.

Everything is checked before anything is written, and it all happens or nothing does. What is there already must
be the same: importing twice changes nothing, and nothing is ever overwritten or mixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError

from okrsync.errors import ConfigError, Problem
from okrsync.model.okr import OkrFile
from okrsync.okrfile.read import understood
from okrsync.practice.exchange.archive import Archive, OkrSource, unfit
from okrsync.practice.exchange.okrtext import okr_text
from okrsync.practice.exchange.site import Site, new_files
from okrsync.store import Store
from okrsync.store.archive import TABLES, Unfit, key_of, stored
from okrsync.wording import findings
from okrsync.yamlfile import dotted, parse_yaml

Rows = dict[str, list[tuple[Any, ...]]]
"""By table, as the tables keep them."""


class Restored(msgspec.Struct, frozen=True):
    """What an import did. ``written`` and ``known`` are OKR files, ``unread`` those that the configuration does not
    match; ``rows`` counts what went into each table, and is empty when the store had it already. ``history`` tells
    whether there was any."""

    written: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    rows: Mapping[str, int] = {}
    history: bool = False


def restore(site: Site, archive: Archive, source: str) -> Restored:
    """Raises ConfigError, with nothing changed, for what is not right or not the same here; Busy during a run."""
    rows = _checked_rows(archive, source)
    texts, known = _new_texts(site, archive, source)
    site.refuse_bad(texts)
    with Store(site.settings.store) as store, store.held("import", site.now()):
        present = _already_there(store, rows, source)
        with new_files(texts), store.transaction():
            for name, values in rows.items() if not present else ():
                store.archive.add(name, values)
    return Restored(
        written=tuple(site.shown(path) for path in texts),
        known=known,
        unread=tuple(site.unread(texts)),
        rows={} if present else {name: len(values) for name, values in rows.items() if values},
        history=any(rows.values()),
    )


def _checked_rows(archive: Archive, source: str) -> Rows:
    """Every row as its table keeps it."""
    made: Rows = {}
    for name in TABLES:
        seen: dict[tuple[Any, ...], int] = {}
        made[name] = []
        for number, row in enumerate(archive.history.get(name, ())):
            place = f"history.{name}[{number}]"
            try:
                made[name].append(stored(name, row))
            except Unfit as error:
                raise unfit(source, f"{place}.{error.column}", f"must be {error.message}") from None
            if (first := seen.setdefault(key_of(name, row), number)) != number:
                raise unfit(source, place, f"is the same one as history.{name}[{first}]")
    return made


def _new_texts(site: Site, archive: Archive, source: str) -> tuple[dict[Path, str], tuple[str, ...]]:
    """The texts of OKR files that are not there yet, and the names of those that are, with the same content."""
    texts: dict[Path, str] = {}
    known: list[str] = []
    for number, one in enumerate(archive.okrs):
        content, path = _content(one, number, source), site.place(one.file)
        if not path.exists():
            texts[path] = _text(one, content, source)
            continue
        if _present(site, path) != content:
            problem = Problem(site.shown(path), None, "", "exists already, and says something else")
            hint = "Nothing was changed. Move the file away, or import into another folder."
            raise ConfigError(f"{source} cannot be imported here.", hint=hint, problems=(problem,))
        known.append(site.shown(path))
    return texts, tuple(known)


def _content(one: OkrSource, number: int, source: str) -> OkrFile:
    try:
        return OkrFile.model_validate(one.content)
    except ValidationError as error:
        place, message = findings(error, one.content, OkrFile)[0]
        raise unfit(source, f"okrs[{number}] ({one.file}).{dotted(place)}", message) from None


def _present(site: Site, path: Path) -> OkrFile | None:
    if found := site.existing.get(path):
        return found.content
    try:
        return understood(parse_yaml(path.read_bytes().decode("utf-8-sig"), site.shown(path))).content
    except (ConfigError, UnicodeDecodeError, OSError):
        return None


def _text(one: OkrSource, content: OkrFile, source: str) -> str:
    """As people wrote it where that is still what the content says, else written anew."""
    try:
        if one.text and understood(parse_yaml(one.text, one.file)).content == content:
            return one.text
    except ConfigError:
        pass
    return okr_text(one.content, [f"Written by okrsync import, from {source}."])


def _already_there(store: Store, rows: Rows, source: str) -> bool:
    """Whether the store holds exactly this. Raises ConfigError when it holds anything else."""
    with store.reading():
        counts = store.archive.counts()
        if not any(counts.values()):
            return False
        differing = [
            f"{name} ({counts[name]:,} here, {len(rows[name]):,} to import)"
            for name in TABLES
            if {stored(name, row) for row in store.archive.rows(name)} != set(rows[name])
        ]
    if differing:
        raise ConfigError(
            f"The store is not empty, and {source} holds something else: {', '.join(differing)}.",
            hint="Nothing was changed, since histories cannot be mixed. Point `store:` at a new file and import there.",
        )
    return True
