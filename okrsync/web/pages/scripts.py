"""What makes charts answer to a pointer: Vega, as vl-convert bundles it, and the charts' descriptions.

The bundle takes seconds to make, so it is made once for each version, in the background, and kept beside the store.
Until then the page has its still drawing, as it has without JavaScript.
"""

from __future__ import annotations

import threading
from importlib.metadata import version
from pathlib import Path

import msgspec
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from okrsync.practice.burnup import burn_up
from okrsync.report.charts import INKS, burn_up_spec
from okrsync.report.readout import spots
from okrsync.store.file import place
from okrsync.web.doors import AtDesk, SignedIn, room, visible

ENTRY = "window.vegaEmbed = vegaEmbed;"
"""What the bundle does when a page loads it."""

router = APIRouter(include_in_schema=False)
_making = threading.Lock()


@router.get("/scripts/vega.js")
def vega(request: Request, who: SignedIn) -> Response:
    file = _bundle(place(room(request).app.settings.store))
    if file.exists():
        return FileResponse(file, media_type="text/javascript", headers={"Cache-Control": "private, max-age=86400"})
    threading.Thread(target=_make, args=(file,), name="vega bundle", daemon=True).start()
    return Response("/* not made yet */", media_type="text/javascript")


@router.get("/charts/{name}.json")
def chart(desk: AtDesk, who: SignedIn, name: str) -> JSONResponse:
    placed = visible(desk, who, name)
    with desk.store.reading():
        drawn, _ = burn_up(desk, placed)
    if drawn is None:
        raise HTTPException(404, "There is nothing to draw yet.")
    inks = {colour: f"var({name}, {fallback})" for colour, (name, fallback) in INKS.items()}
    told = [msgspec.to_builtins(one) for one in spots(drawn)]
    return JSONResponse({"spec": burn_up_spec(drawn), "inks": inks, "spots": told})


def _bundle(store: Path) -> Path:
    return store.with_name(f"{store.name}-vega-{version('vl-convert-python')}.js")


def _make(file: Path) -> None:
    """Whole or not at all; whoever comes while it is made does not make it again."""
    if not _making.acquire(blocking=False):
        return
    try:
        import vl_convert

        made = file.with_suffix(".part")
        made.write_text(vl_convert.javascript_bundle(ENTRY), "utf-8")
        made.replace(file)
    finally:
        _making.release()
