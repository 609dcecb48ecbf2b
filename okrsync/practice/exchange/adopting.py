"""Adopts OKRs of others: a table or an OKRchestra workspace becomes one new OKR file beside the configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from okrsync.errors import ConfigError
from okrsync.model.okr import Cycle
from okrsync.practice.exchange.foreign import make
from okrsync.practice.exchange.okrchestra import cycle_of, rows_of, units_of
from okrsync.practice.exchange.okrtext import okr_text
from okrsync.practice.exchange.site import Site, new_files
from okrsync.practice.exchange.table import Row, read_table
from okrsync.yamlfile import read_yaml


class Adopted(msgspec.Struct, frozen=True):
    """The file that was written, how much is in it, and what was passed over: columns that nobody mapped.

    ``unread`` names the file as ``okrs:`` of the configuration would, where that does not match it.
    """

    file: str
    objectives: int
    key_results: int
    passed_over: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def adopt_table(site: Site, file: Path, mapping: Mapping[str, str], cycle: Cycle, target: Path | None) -> Adopted:
    """Write the rows of a CSV file as an OKR file. Raises ConfigError, with nothing written, for what is not right."""
    table = read_table(_content(file), str(file), mapping)
    written = _adopt(site, table.rows, cycle, str(file), target or _default(site, file.stem))
    return msgspec.structs.replace(written, passed_over=table.passed_over)


def adopt_workspace(site: Site, place: Path, cycle: Cycle, target: Path | None) -> Adopted:
    """The same for the documents of an OKRchestra workspace, or for a single one."""
    metrics = place / "metrics" / "manual.yml"
    units = units_of(read_yaml(metrics, str(metrics)).data) if metrics.is_file() else {}
    rows = [row for file in documents(place) for row in rows_of(read_yaml(file, str(file)).data, str(file), units)]
    return _adopt(site, rows, cycle, str(place), target or _default(site, place.resolve().stem))


def cycle_told(place: Path) -> Cycle | None:
    """The cycle that an exported workspace tells of, where all its documents tell the same."""
    told = {cycle_of(read_yaml(file, str(file)).data) for file in documents(place)}
    found = told.pop() if len(told) == 1 else None
    return Cycle(id=found[0], start=found[1], end=found[2]) if found else None


def documents(place: Path) -> tuple[Path, ...]:
    """The OKR documents of an OKRchestra workspace, empty where there are none."""
    if place.is_file():
        return (place,)
    folder = place / "okrs" if (place / "okrs").is_dir() else place
    return tuple(sorted(file for file in folder.glob("*.yml") if file.name != "permissions.yml"))


def _adopt(site: Site, rows: Sequence[Row], cycle: Cycle, source: str, target: Path) -> Adopted:
    target, here = target.resolve(), [one.content for one in site.existing.values()]
    made = make(
        rows,
        cycle,
        source,
        objectives=[objective.id for one in here for objective in one.objectives],
        key_results=[result.id for one in here for objective in one.objectives for result in objective.key_results],
    )
    texts = {target: okr_text(made.content, _heading(source), made.remarks)}
    if target.exists():
        told = f"{site.shown(target)} exists already, and nothing is overwritten."
        raise ConfigError(told, hint="Name another with --output.")
    site.refuse_bad(texts)
    with new_files(texts):
        pass
    objectives = made.content["objectives"]
    return Adopted(
        file=site.shown(target),
        objectives=len(objectives),
        key_results=sum(len(one["key_results"]) for one in objectives),
        unread=tuple(site.unread(texts)),
    )


def _heading(source: str) -> tuple[str, ...]:
    return (
        f"Written by okrsync import, from {Path(source).name}.",
        "",
        "Numbers are reported at check-ins for now: okrsync checkin KR --value 2.4",
        "Where tickets tell the number, give the key result another `measure:` and `links:` to them.",
        "okrsync coach says what is worth a talk.",
    )


def _default(site: Site, stem: str) -> Path:
    """Beside the other OKR files, under the name of what is imported."""
    pattern = PurePosixPath(site.settings.okrs[0])
    folder = site.settings.base / pattern.parent if "*" not in str(pattern.parent) else site.settings.base
    suffix = pattern.suffix if pattern.suffix in (".yaml", ".yml") else ".yaml"
    return (folder / f"{stem}{suffix}").resolve()


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}.", hint="Name a CSV file with --csv.") from error
