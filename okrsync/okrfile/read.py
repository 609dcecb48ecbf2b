"""Reads OKR files into the model. What concerns several files, or the trackers, is checked beside."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from okrsync.connector import Plugin
from okrsync.errors import ConfigError, Problem
from okrsync.model.okr import Home, OkrFile, Okrs, Placed
from okrsync.okrfile.across import Source, Surroundings, problems_across
from okrsync.wording import findings
from okrsync.yamlfile import Document, read_yaml, refusal


def load_okrs(surroundings: Surroundings, plugins: Mapping[str, Plugin]) -> Okrs:
    """Read all OKR files of a configuration (a ``Settings``), in file order.

    ``plugins`` holds the plug-in of each connection. Raises ConfigError with every problem of every file.
    """
    sources, problems = read_all(surroundings)
    complete = len(sources) == len(surroundings.okr_files)
    problems += problems_across(sources, surroundings, plugins, complete=complete)
    if problems:
        raise refusal(problems)
    return _collected(sources)


def read_all(surroundings: Surroundings) -> tuple[list[Source], list[Problem]]:
    """Every OKR file that is right by itself, and what is wrong with the others."""
    sources: list[Source] = []
    problems: list[Problem] = []
    for path in surroundings.okr_files:
        try:
            sources.append(understood(read_yaml(path, str(path))))
        except ConfigError as error:
            problems += error.problems
    return sources, problems


def understood(document: Document) -> Source:
    """The OKR file in a YAML document. Raises ConfigError with everything that is wrong with it by itself."""
    if not isinstance(document.data, dict):
        what = "is empty" if document.data is None else "must be fields with values"
        raise refusal([document.problem((), f"{what}; begin with `cycle:` and `objectives:`")])
    try:
        return Source(document, OkrFile.model_validate(document.data))
    except ValidationError as error:
        found = findings(error, document.data, OkrFile)
        raise refusal([document.problem(place, message) for place, message in found]) from error


def _collected(sources: list[Source]) -> Okrs:
    return Okrs(
        placed=tuple(
            Placed.model_construct(
                key_result=key_result,
                objective=objective,
                cycle=source.content.cycle,
                file=source.document.file,
                line=source.document.line(place),
            )
            for source in sources
            for place, objective, key_result in source.key_results()
        ),
        objectives=tuple(
            (objective, source.content.cycle) for source in sources for objective in source.content.objectives
        ),
        homes={
            objective.id: Home(
                file=source.document.file,
                line=source.document.line(place),
                roles=source.content.roles,
                ignore=source.content.ignore,
            )
            for source in sources
            for place, objective in source.objectives()
        },
    )
