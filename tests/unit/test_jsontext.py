"""Answers of trackers understood, or refused by what can be done about them."""

from __future__ import annotations

import msgspec
import pytest

from okrsync.errors import BadAnswer, Transient
from okrsync.jsontext import decoded


class Named(msgspec.Struct):
    name: str


read = msgspec.json.Decoder(Named).decode


def test_an_answer_is_understood_also_with_half_a_character_in_it() -> None:
    assert decoded("GET x", b'{"name": "one"}', read, hint="Check url.").name == "one"
    assert decoded("GET x", b'{"name": "half \\ud83d of one"}', read, hint="Check url.").name == "half \ufffd of one"


@pytest.mark.parametrize("answer", [b'{"name": 1}', b'{"deep": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"])
def test_what_will_never_fit_is_a_bad_answer_with_the_hint(answer: bytes) -> None:
    with pytest.raises(BadAnswer, match=r"^GET x: the answer has an unexpected shape") as caught:
        decoded("GET x", answer, read, hint="Check url.")
    assert caught.value.hint == "Check url."


@pytest.mark.parametrize("answer", [b"", b'{"name": "o', b'{"name": "\xff'])
def test_what_was_cut_off_may_come_whole_in_a_moment(answer: bytes) -> None:
    with pytest.raises(Transient, match=r"^GET x: the answer was cut off"):
        decoded("GET x", answer, read, hint="Check url.")
