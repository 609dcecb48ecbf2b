"""Where what goes on is written: into new files, and below what stands in the next cycle's files already.

What stands there keeps every character; what is added is read again together with it before either is written.
"""

from __future__ import annotations

import copy
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from okrsync.errors import ConfigError, Problem
from okrsync.model.okr import Cycle, Objective, Phase, Placed
from okrsync.okrfile import load_okrs
from okrsync.practice.closing import files_of
from okrsync.practice.desk import Desk
from okrsync.practice.nextpage import Moving, NextPage, Steps, next_path
from okrsync.practice.okrfiles import checked, read, refused
from okrsync.practice.yamltext import Entry, YamlText
from okrsync.registry import Registry
from okrsync.yamlfile import parse_yaml, refusal

KEY_RESULTS = "key_results"

Thing = TypeVar("Thing")


class Following(msgspec.Struct, frozen=True):
    """The cycle to come as it is written, and what stands in its files already, by case-folded ids of the old one."""

    id: str
    start: date
    end: date
    key_results: Mapping[str, Placed]
    objectives: Mapping[str, Objective]
    draft: bool


class Wanted(Protocol):
    """Which cycle is to come."""

    @property
    def id(self) -> str: ...
    @property
    def start(self) -> date: ...
    @property
    def end(self) -> date: ...


def what_stands(desk: Desk, wanted: Wanted, named: Callable[[str], str]) -> Following:
    """What the files hold of the cycle to come. ``named`` gives the id that something old would get there.

    Raises ConfigError where the cycle has other days, or is closed.
    """
    objectives = [(one, cycle) for one, cycle in desk.okrs.objectives if cycle.id.casefold() == wanted.id.casefold()]
    for objective, cycle in objectives:
        where = desk.okrs.home(objective.id).file
        if (cycle.start, cycle.end) != (wanted.start, wanted.end):
            raise ConfigError(
                f"{cycle.id} runs from {cycle.start} to {cycle.end} in {where}.",
                hint=f"Say --start {cycle.start} --end {cycle.end}, or correct the file.",
            )
        if cycle.state is Phase.CLOSED:
            raise ConfigError(f"{cycle.id} is closed in {where}.", hint="--to names a cycle that is to come.")
    stand = [one for one in desk.okrs.placed if one.cycle.id.casefold() == wanted.id.casefold()]
    key_results, aims = {one.key_result.id: one for one in stand}, {one.id: one for one, _ in objectives}
    return Following(
        id=objectives[0][1].id if objectives else wanted.id,
        start=wanted.start,
        end=wanted.end,
        key_results=_by_old(desk.okrs.by_id(), key_results, lambda one: one.key_result.carried_from, named),
        objectives=_by_old([old.id for old, _ in desk.okrs.objectives], aims, lambda one: one.carried_from, named),
        draft=all(cycle.state is Phase.DRAFT for _, cycle in objectives),
    )


def _by_old(
    old: Iterable[str],
    stand: Mapping[str, Thing],
    carried_from: Callable[[Thing], str | None],
    named: Callable[[str], str],
) -> dict[str, Thing]:
    """By the id it had: as it says itself, or as its own id tells where somebody took that line away."""
    silent = {name.casefold(): one for name, one in stand.items() if carried_from(one) is None}
    guessed = {name.casefold(): silent[new] for name in old if (new := named(name).casefold()) in silent}
    return guessed | {before.casefold(): one for one in stand.values() if (before := carried_from(one))}


class Texts(msgspec.Struct, frozen=True):
    """Texts by path: those of files to come, and those of files that are there, with what they said ``before``."""

    created: Mapping[Path, str]
    changed: Mapping[Path, str]
    before: Mapping[Path, str]


class NextFiles:
    """``objectives`` and ``moving`` are by the old id: what goes on, and the objectives above it."""

    def __init__(
        self,
        desk: Desk,
        cycle: Cycle,
        following: Following,
        objectives: Mapping[str, str],
        moving: Mapping[str, Moving],
    ) -> None:
        self._desk, self._cycle, self._following = desk, cycle, following
        self._objectives, self._moving = objectives, moving
        self._created: dict[Path, str] = {}
        self._additions: dict[Path, dict[Steps, list[Entry]]] = defaultdict(dict)

    def texts(self) -> Texts:
        """Everything that is to be written. Raises ConfigError for what would lose something or not pass the check."""
        for file in files_of(self._desk, self._cycle):
            self._carry(file)
        before = {path: read(path) for path in self._additions}
        changed = {path: self._with_additions(path, before[path]) for path in self._additions}
        found = Texts(self._created, changed, before)
        _refuse_wrong(self._desk, {**found.created, **found.changed})
        return found

    def _carry(self, file: str) -> None:
        text, path = read(Path(file)), next_path(Path(file), self._cycle.id, self._following.id)
        page = self._page(text, file, self._objectives)
        if not page.concerned:
            return
        carried = page.carried(self._following.id, self._following.start, self._following.end)
        data, source = parse_yaml(carried, file).data, YamlText(carried)
        new = [number for number, one in enumerate(data["objectives"]) if self._home(one["id"]) is None]
        for number, objective in enumerate(data["objectives"]):
            if number not in new:
                self._below(objective, source, number)
        if not new:
            return
        if path in self._there():
            entries = [source.entry(("objectives", number)) for number in new]
            self._additions[path].setdefault(("objectives",), []).extend(entries)
        elif path.exists():
            hint = "Name it under `okrs:` in okrsync.yaml, and it is added to; or move it away."
            raise ConfigError(f"{path} exists already, and nobody reads it.", hint=hint)
        else:
            own = {data["objectives"][number]["carried_from"] for number in new}
            chosen = {old: name for old, name in self._objectives.items() if old in own}
            page = self._page(text, file, chosen)
            self._created[path] = page.carried(self._following.id, self._following.start, self._following.end)

    def _page(self, text: str, file: str, objectives: Mapping[str, str]) -> NextPage:
        return NextPage(text, file, objectives, self._moving, self._objectives)

    def _below(self, objective: Mapping[str, Any], source: YamlText, number: int) -> None:
        """Key results of an objective that stands somewhere already."""
        home = self._home(objective["id"])
        count = len(objective.get(KEY_RESULTS) or ())
        if home is None or not count:
            return
        path, place = home
        entries = [source.entry(("objectives", number, KEY_RESULTS, at)) for at in range(count)]
        self._additions[path].setdefault(("objectives", place, KEY_RESULTS), []).extend(entries)

    def _home(self, id: str) -> tuple[Path, int] | None:
        """The file and the place in it of an objective of the cycle to come that stands already."""
        if all(one.id != id for one in self._following.objectives.values()):
            return None
        path = Path(self._desk.okrs.home(id).file)
        names = [one["id"] for one in parse_yaml(read(path), str(path)).data["objectives"]]
        return path, names.index(id)

    def _there(self) -> set[Path]:
        return {Path(home.file) for home in self._desk.okrs.homes.values()}

    def _with_additions(self, path: Path, text: str) -> str:
        wanted = copy.deepcopy(parse_yaml(text, str(path)).data)
        edits = YamlText(text)
        for place, entries in sorted(self._additions[path].items(), key=lambda one: -len(one[0])):
            try:
                edits.append(place, entries)
            except KeyError:
                raise refused(str(path)) from None
            _listed(wanted, place).extend(value for entry in entries for value in _values(entry))
        return checked(edits, wanted, str(path))


def _listed(data: Any, place: Steps) -> list[Any]:
    node = data
    for step in place[:-1]:
        node = node[step]
    found: list[Any] = node.setdefault(place[-1], [])
    return found


def _values(entry: Entry) -> list[Any]:
    """What an entry says, read on its own."""
    text = entry.text if entry.column is not None else f"- {entry.text}"
    found: list[Any] = parse_yaml(f"entries:\n{text}\n", "entry").data["entries"]
    return found


def _refuse_wrong(desk: Desk, texts: Mapping[Path, str]) -> None:
    """The files pass the same check as all others, together with them, before they are there."""
    settings, registry = desk.settings, Registry()
    plugins = {name: registry.plugin(options.type) for name, options in settings.connections.items()}
    replaced = {path.resolve() for path in texts}
    others = [path for path in settings.okr_files if path.resolve() not in replaced]
    with tempfile.TemporaryDirectory() as folder:
        drafts = {Path(folder) / str(number) / path.name: path for number, path in enumerate(texts)}
        for draft, path in drafts.items():
            draft.parent.mkdir()
            draft.write_text(texts[path], "utf-8", newline="")
        try:
            load_okrs(settings.model_copy(update={"okr_files": (*others, *drafts)}), plugins)
        except ConfigError as error:
            hint = "Nothing was written. Correct what carry-over was told, or the file that it comes from."
            raise refusal([_named(problem, drafts) for problem in error.problems], hint=hint) from None


def _named(problem: Problem, drafts: Mapping[Path, Path]) -> Problem:
    """The problem with the names that the files are to have."""
    file, message = problem.file, problem.message
    for draft, path in drafts.items():
        file, message = file.replace(str(draft), str(path)), message.replace(str(draft), str(path))
    return replace(problem, file=file, message=message)


def unread(desk: Desk, written: Sequence[Path]) -> Iterator[str]:
    """New files that no pattern of the configuration matches."""
    matched = {one.resolve() for pattern in desk.settings.okrs for one in desk.settings.base.glob(pattern)}
    return (str(path) for path in written if path.resolve() not in matched)
