"""The demo is the main job from end to end; it tells the truth or it fails."""

from __future__ import annotations

import re
import shlex
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from typer.testing import CliRunner
from waking import wait_for

from okrsync.cli import app, demo, live
from okrsync.cli.demo import how_to_call
from okrsync.cli.entry import OFFER
from okrsync.cli.session import Session
from okrsync.cli.story import Story
from okrsync.errors import OkrsyncError
from okrsync.sandbox.server import Sandbox
from okrsync.sandbox.world import build_world
from okrsync.store import Store

STEPS = (
    "check",
    "plan --tickets 2",
    "sync",
    "backfill",
    "checkin checkout-3 --who ben --value 2.6",
    "checkin --owner emeka --who emeka < emeka.txt",
    "status",
    "why checkout-1",
    "explain checkout-1",
    "explain checkout",
    "history checkout-1",
    "status --at 2026-10-19",
    "forecast checkout-1",
    "forecast --backtest",
    "checkin --list",
    "digest --role owner",
    "digest --role coach",
    "digest --role champion",
    "coach",
    "coach --check",
    "figures",
    "cycle close",
    "cycle carry-over",
    "cycle report 2026-Q4",
    "cycle report 2026-Q4 --format md",
    "export --output everything.json",
    "import everything.json",
    "import --csv goals.csv --map objective=Goal",
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the demo printed, told once for all tests here."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tempfile, "tempdir", str(folder))
        session = Session(environ={"COLUMNS": "120"}, now=lambda: datetime(2026, 11, 16, 9, 0, tzinfo=UTC))
        result = CliRunner(env={"COLUMNS": "120"}).invoke(app, ["demo"], obj=session)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_each_step_shows_the_command_a_user_would_type(told: str) -> None:
    for step in STEPS:
        assert f"$ okrsync {step}" in told


def test_every_command_can_be_typed_as_it_is_shown(told: str) -> None:
    """What is shown is what was run: nothing is left out, and each names a command that there is."""
    shown = re.findall(r"^\$ okrsync (.*)$", told, re.MULTILINE)
    assert len(shown) >= len(STEPS)
    for line in shown:
        assert "…" not in line
        assert shlex.split(line)[0] in OFFER


def test_what_came_out_and_went_in_again_comes_out_the_same(told: str) -> None:
    assert "everything.json and again.json say the same." in told


def test_answers_that_a_file_gives_are_shown_and_kept(told: str) -> None:
    listed = told[told.index("$ okrsync checkin --list") :].partition("─")[0]
    assert re.search(r"api-2 .*just now, emeka +6/10", listed)


def test_the_plan_tells_its_cost_and_the_ticket_that_names_a_key_result_nobody_has(told: str) -> None:
    assert re.search(r"Cost: \d+ API calls \(github \d+.*, jira \d+", told)
    assert re.search(r"acme/shop#\d+ says OKR: checkout-9", told)


def test_an_engineer_sees_label_and_note_on_both_trackers(told: str) -> None:
    for tracker in ("GitHub", "Jira"):
        panel = told[told.index(f"╭─ {tracker} ") :].partition("╰")[0]
        assert "okr:checkout-1" in panel
        assert "Ship the one-page checkout" in panel
        assert "okr:ignore" in panel


def test_after_a_week_the_status_moved_and_says_why(told: str) -> None:
    moved = told[told.index("What moved") :]
    assert re.search(r"checkout-1  Ship the one-page checkout  \d+ % → \d+ %  [+-]", moved)
    assert "because" in moved


def test_the_last_sync_reads_a_little_and_writes_nothing(told: str) -> None:
    requests = re.search(r"The trackers saw (\d+) requests, and 0 writes among them\.", told)
    assert requests
    assert int(requests[1]) <= 15


def test_what_only_we_wrote_is_read_back_and_counts_as_unchanged(told: str) -> None:
    last = told[told.index("Once more:") :]
    read = re.findall(r"^(?:github|jira) +\d+ +0 +(\d+) +(\d+) ", last, re.MULTILINE)
    assert len(read) == 2
    assert any(int(seen) for seen, _ in read)
    assert [changed for _, changed in read] == ["0", "0"]


def test_what_came_back_is_told_among_what_the_teams_did(told: str) -> None:
    week = told[told.index("The teams work the twelfth week") :]
    assert re.search(r"^· (reopened .*|took .* up again)$", week[: week.index("things more")], re.MULTILINE)


def test_the_story_ends_with_where_the_files_are(told: str) -> None:
    folder = Path(re.findall(r"^  (/.*okrsync-demo-\S+)$", told, re.MULTILINE)[-1])
    assert (folder / "okrsync.yaml").exists()
    assert "okrsync demo --keep" in told
    assert re.search(r"serve -c \S+ +the dashboard, at http://127\.0\.0\.1:8080$", told, re.MULTILINE)


def test_a_step_that_fails_fails_the_demo(tmp_path: Path) -> None:
    with Sandbox() as sandbox, pytest.raises(OkrsyncError, match="exit code 4"):
        Story(Session(), sandbox, tmp_path).expect(4)


def test_the_files_of_the_demo_are_left_with_the_page_for_the_review_and_the_next_cycle(told: str) -> None:
    folder = Path(re.findall(r"^  (/.*okrsync-demo-\S+)$", told, re.MULTILINE)[-1])
    assert "<svg" in next(folder.glob("okrs-*.html")).read_text()
    assert (folder / "everything.json").stat().st_size > 10_000
    assert len(list((folder / "elsewhere" / "okrs").glob("*.yaml"))) > 2


def test_a_copy_is_closed_and_where_the_dashboard_is_the_cycle_goes_on(told: str) -> None:
    folder = Path(re.findall(r"^  (/.*okrsync-demo-\S+)$", told, re.MULTILINE)[-1])
    closed = {}
    for place in (folder, folder / "elsewhere"):
        with Store(f"sqlite:///{place / 'okrsync.db'}") as store:
            closed[place.name] = store.closings.latest("2026-Q4") is not None
    assert closed == {folder.name: False, "elsewhere": True}


def test_coach_and_champion_are_named_and_hear_their_part(told: str) -> None:
    coach, champion = (told[told.index(f"$ okrsync digest --role {role}") :] for role in ("coach", "champion"))
    assert "for chloe" in coach[:400]
    assert "for dana" in champion[:400]
    assert "Silent for three weeks" in champion[:400]


def test_the_parts_of_a_change_are_told_with_their_tickets(told: str) -> None:
    assert "3 items added. Not a regression: no work was undone." in told


def test_a_kept_sandbox_has_a_dashboard_and_ends_calmly_on_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    seen: list[str] = []

    def interrupted(self: threading.Event, timeout: float | None = None) -> bool:
        (address,) = re.findall(r"The dashboard: (http://\S+)", capsys.readouterr().out)
        seen.append(requests.get(address, timeout=30).text)
        raise KeyboardInterrupt

    with Sandbox() as sandbox:
        build_world(sandbox)
        demo.write_files(tmp_path, sandbox, sandbox.clock.now().date())
        story = Story(Session(), sandbox, tmp_path)
        with monkeypatch.context() as patched:
            patched.setattr(story, "wait", lambda: interrupted(threading.Event()))
            demo._stay(story)
    assert "Ship the one-page checkout" in seen[0]
    assert "the files stay" in capsys.readouterr().err


@pytest.mark.real_time
def test_in_a_kept_sandbox_the_team_works_on_and_the_dashboard_follows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(live, "BETWEEN_ACTS", 0.2)
    with Sandbox(ticking=True) as sandbox:
        build_world(sandbox, weeks=1)
        demo.write_files(tmp_path, sandbox, sandbox.clock.now().date())
        story = Story(Session(), sandbox, tmp_path)
        with live.living(story) as address:

            def asked(path: str) -> requests.Response:
                return requests.get(f"{address}{path}", timeout=30)

            wait_for(lambda: asked("/readyz").status_code == 200)
            first = max(run["id"] for run in asked("/api/v1/runs").json())
            wait_for(lambda: any(run["id"] > first for run in asked("/api/v1/runs").json()))
            assert sandbox.postman.answers, "webhooks told the daemon"
            assert set(sandbox.postman.answers) <= {200, 202}
            assert asked("/readyz").status_code == 200
    assert not [thread for thread in threading.enumerate() if thread.name in ("daemon", "team")]


def test_the_demo_tells_how_to_call_it_from_where_one_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "okrsync"
    program.touch(mode=0o755)
    monkeypatch.setattr("sys.argv", [str(program), "demo"])
    monkeypatch.setenv("PATH", "")
    assert how_to_call() == str(program)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert how_to_call() == "okrsync"
