"""Reads OKR files into the model. What concerns several files, or the trackers, is checked beside."""

from __future__ import annotations

from collections.abc import Mapping

from okrsync.connector import Plugin
from okrsync.errors import ConfigError, Problem
from okrsync.model.okr import Home, OkrFile, Okrs, Placed
from okrsync.okrfile.across import Source, Surroundings, problems_across
from okrsync.okrfile.salvage import salvage
from okrsync.wording import respelt
from okrsync.yamlfile import Document, refusal, survey_yaml


def load_okrs(surroundings: Surroundings, plugins: Mapping[str, Plugin]) -> Okrs:
    """Read all OKR files of a configuration (a ``Settings``), in file order.

    ``plugins`` holds the plug-in of each connection. Raises ConfigError with every problem of every file.
    """
    sources, problems = _legible(surroundings)
    complete = len(sources) == len(surroundings.okr_files)
    problems += problems_across(sources, surroundings, plugins, complete=complete)
    if problems:
        raise refusal(problems)
    return _collected(sources)


def read_all(surroundings: Surroundings) -> tuple[list[Source], list[Problem]]:
    """Every OKR file that is right by itself, and what is wrong with the others."""
    sources, problems = _legible(surroundings)
    wrong = {problem.file for problem in problems}
    return [source for source in sources if source.document.file not in wrong], problems


def _legible(surroundings: Surroundings) -> tuple[list[Source], list[Problem]]:
    """What can be understood of every OKR file, and what is wrong with each by itself."""
    sources: list[Source] = []
    problems: list[Problem] = []
    for path in surroundings.okr_files:
        try:
            source, found = _salvaged(survey_yaml(path, str(path)))
        except ConfigError as error:
            problems += error.problems
        else:
            sources += [source] if source else []
            problems += found
    return sources, problems


def _salvaged(document: Document) -> tuple[Source | None, list[Problem]]:
    """Raises ConfigError for what does not even look like an OKR file."""
    if not isinstance(document.data, dict):
        what = "is empty" if document.data is None else "must be fields with values"
        whole = document.problem((), f"{what}; begin with `cycle:` and `objectives:`")
        raise refusal(document.problems or [whole])
    left = salvage(document.data)
    misspelt = respelt(document, OkrFile) if left.found else []
    if misspelt:
        left = salvage(document.data)
    source = Source(document, left.content, left.replaced | document.doubtful) if left.content else None
    found = (document.problem(place, message) for place, message in left.found if not document.doubts(place))
    return source, [*document.problems, *misspelt, *found]


def understood(document: Document) -> Source:
    """The OKR file in a YAML document. Raises ConfigError with everything that is wrong with it by itself."""
    source, problems = _salvaged(document)
    if problems or source is None:
        raise refusal(problems)
    return source


def _collected(sources: list[Source]) -> Okrs:
    return Okrs(
        placed=tuple(
            Placed.model_construct(
                key_result=key_result,
                objective=objective,
                cycle=source.content.cycle,
                file=source.document.file,
                line=source.document.line(place),
                measure_line=source.document.line((*place, "measure")),
                link_lines=tuple(
                    source.document.line((*place, "links", position)) for position in range(len(key_result.links))
                ),
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
