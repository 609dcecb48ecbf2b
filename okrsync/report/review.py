"""The report of a cycle as one HTML page that needs nothing else: no script, no request, charts drawn inside.

Every text that comes from files, tickets and people is made plain and escaped on its way into the page. A policy in the
page forbids it to load anything, should something slip through; the only style it allows is its own, by its digest.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from okrsync import __version__
from okrsync.method.review import Review
from okrsync.method.words import team_name
from okrsync.report import reviewed
from okrsync.report.burnup_spec import NARROW, REPORT
from okrsync.report.charts import burn_up_figure, legend
from okrsync.report.safe import plain
from okrsync.report.teams import rows, span

_CODE = re.compile(r"`([^`]+)`")
TEMPLATES = Path(__file__).parent / "templates"


def review_html(review: Review, ways: Sequence[tuple[str, str]] = ()) -> str:
    """The page, for the screen in light and dark, and for A4. ``ways`` lead elsewhere on the site that serves it."""
    drawn = {
        one.ended.id: one.burn_up
        for objective in review.objectives
        for one in objective.key_results
        if one.burn_up is not None
    }
    return (
        _environment()
        .get_template("review.html")
        .render(
            review=review,
            style=Markup(_style()),  # noqa: S704 our own file
            policy=review_policy(),
            ways=ways,
            charts={name: burn_up_figure(one, REPORT, NARROW) for name, one in drawn.items()},
            legend=legend(*drawn.values()),
            version=__version__,
        )
    )


def review_policy() -> str:
    """What the page may load: nothing; its own style, by its digest, is all it may use."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _style() -> str:
    return (TEMPLATES / "review.css").read_text("utf-8")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_made_plain,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["coded"] = coded
    made.globals.update(
        {name: getattr(reviewed, name) for name in reviewed.__all__},
        figure_rows=rows,
        figure_span=span,
        team_name=team_name,
    )
    return made


def coded(text: str) -> Markup:
    """Plain text in which what stands between backticks is set as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(plain(text)))))  # noqa: S704 escaped before


def _made_plain(value: Any) -> Any:
    """Text without invisible characters; markup made here is left as it is."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value
