"""Templates: everything is escaped, and what is the same on every page is given once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from okrsync import __version__
from okrsync.report.review import coded
from okrsync.report.safe import plain, web_address
from okrsync.web import words
from okrsync.web.doors import WHO, csrf_token, room, serve, someone
from okrsync.web.shapes import FILTERS

HERE = Path(__file__).parent

NAVIGATION = (
    ("/", "Cycle"),
    ("/orphans", "Orphans"),
    ("/coach", "Coach"),
    ("/figures", "Figures"),
    ("/review", "Reviews"),
    ("/operations", "Operations"),
)


@cache
def environment() -> Environment:
    """The templates: everything is escaped, and a name that is missing is an error.

    Each is read once, so a process goes on with those that fit its code while newer ones are installed.
    """
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(plain=plain, web_address=web_address, coded=coded, **FILTERS, **words.FILTERS)
    return made


def render(request: Request, template: str, status: int = 200, **given: Any) -> HTMLResponse:
    """A page. ``given`` is what its template names beyond navigation, visitor and form secret."""
    return _page(
        template,
        status,
        here=request.url.path,
        visitor=someone(request),
        by_token=WHO in request.session,
        guarded=serve(request).guarded,
        csrf=csrf_token(request),
        trouble=room(request).trouble,
        **given,
    )


def render_bare(template: str, status: int, **given: Any) -> HTMLResponse:
    """A page that asks nothing of the request, neither who sent it nor what the files say."""
    return _page(template, status, here="", visitor=None, by_token=False, guarded=False, csrf="", trouble="", **given)


def _page(template: str, status: int, **given: Any) -> HTMLResponse:
    made = environment().get_template(template)
    return HTMLResponse(made.render(version=__version__, navigation=NAVIGATION, **given), status)
