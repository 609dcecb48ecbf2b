"""The API keeps the promise of its description, whatever it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from small_team import small_team

from okrsync.web import api
from okrsync.web.access import token_hash
from okrsync.web.room import Room
from okrsync.web.server import create

TOKEN = "a token for tests"
RULES = f"serve: {{users: {{max: {{role: admin, token: {token_hash(TOKEN)}}}}}}}\n"
CHECKED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
THERE = {"cycle": "2026-Q4", "name": "checkout-1", "number": 1}


def questions() -> Iterator[Any]:
    """Method, path, and whether the question makes sense; some have nothing about them that could be nonsense."""
    bare = FastAPI()
    for router in api.ROUTERS:
        bare.include_router(router)
    for path, methods in bare.openapi()["paths"].items():
        for method, told in methods.items():
            yield pytest.param(method.upper(), path, GenerationMode.POSITIVE, id=f"{method} {path} sense")
            asked = any(one["in"] == "query" for one in told.get("parameters", ()))
            if asked or "requestBody" in told or "{number}" in path:
                yield pytest.param(method.upper(), path, GenerationMode.NEGATIVE, id=f"{method} {path} nonsense")


def without_security(told: dict[str, Any]) -> dict[str, Any]:
    """The token is always sent here, so leaving it out is none of the nonsense."""
    for methods in told["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
    return told


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("api") / "acme"
    with small_team(folder) as acme:
        acme.run()
        acme.config.write_text(acme.config.read_text() + RULES)
        room = Room(acme.open, acme.config, acme.sandbox.clock.now)
        app = create(room, session_key="a key for tests")
        loaded = schemathesis.openapi.from_dict(without_security(app.openapi()))
        loaded.app = app
        yield loaded
        room.close()


@pytest.mark.parametrize(("method", "path", "mode"), questions())
def test_every_answer_is_as_described(described: Any, method: str, path: str, mode: GenerationMode) -> None:
    """Half of the questions that make sense are about something that is there."""
    operation = described[path][method]

    @settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), there=st.booleans())
    def asked(case: Any, there: bool) -> None:
        if there and mode is GenerationMode.POSITIVE:
            case.path_parameters = {name: THERE[name] for name in case.path_parameters}
        case.call_and_validate(checks=CHECKED, headers={"Authorization": f"Bearer {TOKEN}"})

    asked()
