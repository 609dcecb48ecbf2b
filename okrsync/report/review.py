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
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from okrsync import __version__
from okrsync.method.review import Review
from okrsync.method.words import team_name
from okrsync.model.burnup import BurnUp
from okrsync.report import reviewed
from okrsync.report.burnup_spec import NARROW, REPORT
from okrsync.report.charts import burn_up_figure, burn_up_picture, legend
from okrsync.report.figures import rows, span
from okrsync.report.safe import plain

_CODE = re.compile(r"`([^`]+)`")
REMARKS_SHOWN = 60
"""Remarks on the last of several pages."""
TEMPLATES = Path(__file__).parent / "templates"


class Site(NamedTuple):
    """The site that serves the page: ``ways`` lead elsewhere on it, and it has the drawings below ``drawings``."""

    ways: Sequence[tuple[str, str]]
    drawings: str


def review_html(review: Review, site: Site | None = None) -> str:
    """The page, for the screen in light and dark, and for A4: a file by itself, or one that a site serves."""
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
            policy=review_policy(site),
            ways=site.ways if site else (),
            charts={name: _chart(one, site) for name, one in drawn.items()},
            few=REMARKS_SHOWN if review.pages > 1 else len(review.remarks),
            legend=legend(*drawn.values()),
            version=__version__,
        )
    )


def _chart(chart: BurnUp, site: Site | None) -> Markup:
    if site is None:
        return burn_up_figure(chart, REPORT, NARROW)
    return burn_up_picture(chart, f"{site.drawings}/{chart.key_result}.svg", REPORT, "(max-width: 40rem)")


def review_policy(site: Site | None = None) -> str:
    """What the page may load: nothing, or a site's drawings; and its own style, by its digest."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    images = "; img-src 'self'" if site else ""
    return f"default-src 'none'; style-src 'sha256-{digest}'{images}; base-uri 'none'; form-action 'none'"


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
