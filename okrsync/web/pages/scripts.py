"""What makes charts answer to a pointer: Vega, as vl-convert bundles it.

The bundle takes seconds to make, so it is made once for each version, in the background, and kept beside the store.
Until then the page has its still drawing, as it has without JavaScript.
"""

from __future__ import annotations

import threading
from importlib.metadata import version
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from okrsync.store.file import place
from okrsync.web.doors import SignedIn, room

ENTRY = "window.vegaEmbed = vegaEmbed;"
"""What the bundle does when a page loads it."""

router = APIRouter(include_in_schema=False)
_making = threading.Lock()


@router.get("/scripts/vega.js")
def vega(request: Request, who: SignedIn) -> Response:
    """The script that draws charts; bundled in the background when it is first asked for."""
    file = _bundle(place(room(request).app.settings.store))
    if file.exists():
        return FileResponse(file, media_type="text/javascript", headers={"Cache-Control": "private, max-age=86400"})
    threading.Thread(target=_make, args=(file,), name="vega bundle", daemon=True).start()
    return Response("/* not made yet */", media_type="text/javascript")


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
