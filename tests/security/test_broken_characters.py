"""Half an emoji in one title costs that character, and not the page, the run or the other connection."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from installation import Installation

from okrsync.jsontext import mended
from okrsync.sandbox.server import Sandbox
from okrsync.sandbox.wire import Answered, Wire

ANYTHING = st.text(st.characters(exclude_categories=()) | st.sampled_from("\\u\ud83d\ude00d8"), max_size=30)


@given(ANYTHING, st.booleans())
def test_what_is_legible_stays_and_the_rest_is_marked(text: str, ascii_only: bool) -> None:
    sent = json.dumps({text: [text]}, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    read = json.loads(mended(sent))
    wanted = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if ascii_only or wanted == text:
        assert read == {wanted: [wanted]}
    assert mended(mended(sent)) == mended(sent)


@given(st.binary(max_size=40))
def test_any_bytes_become_utf_8(raw: bytes) -> None:
    mended(raw).decode()


@pytest.mark.parametrize("half", [rb"\ud83d", b"\xff\xfe"], ids=["half an emoji", "no UTF-8"])
def test_a_title_that_is_no_text_is_read_nevertheless(
    acme: Installation, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, half: bytes
) -> None:
    deliver = Wire._outcome

    async def spoilt(self: Wire, *request: object) -> tuple[int | None, Answered | None]:
        handled, out = await deliver(self, *request)  # type: ignore[arg-type]
        if out is not None:
            out.body = out.body.replace(b"BROKEN", half)
        return handled, out

    sandbox.github.edit("acme/shop", 6, title="Cut BROKEN")
    sandbox.jira.edit("SHOP-122", summary="Cut BROKEN")
    monkeypatch.setattr(Wire, "_outcome", spoilt)
    assert acme.run().exit_code == 0
    with acme.open() as app:
        titles = [one.title for one in app.explain("checkout-1").contributions]
    assert sum(title.startswith("Cut \ufffd") for title in titles) == 2
