"""Every scene of a stage, played once without trouble: how each begins, and how it ends where nothing goes wrong."""

from __future__ import annotations

from datetime import timedelta

from scenery import touch_on_github, touch_on_jira, work_on_github, work_on_jira
from stage import Moment, Scene, Stage

from okrsync.app import RunRequest
from okrsync.model.hint import Hint
from okrsync.store import Store


def rehearse(stage: Stage) -> None:
    """Play every scene once without trouble, and remember how it began and ended."""
    config = stage.tracker
    Store(f"sqlite:///{stage.store}").close()
    empty = stage.store.read_bytes()
    _play(stage, "first", Scene(stage.moment(), "sync", RunRequest(), config=config))
    _play(stage, "check", Scene(stage.scenes["first"].begin, "check", RunRequest(), config=config))
    stage.enter("first")
    stage.run()
    stage.sandbox.clock.advance(timedelta(hours=1))
    settled = stage.moment()
    _play(stage, "clean", Scene(settled, "clean", RunRequest(full=True), config=config))
    _play(stage, "lost", Scene(Moment(settled.trackers, empty, settled.now), "sync", RunRequest(), config=config))
    _play(stage, "backfill", Scene(settled, "backfill", RunRequest(), config=config))
    stage.ledger.forget_some_histories()
    _play(stage, "few", Scene(stage.moment(), "backfill", RunRequest(), config=config))
    stage.put_back(settled)
    touched = touch_on_github(stage.state) if stage.tracker == "github" else touch_on_jira(stage.state)
    hints = {"it": [Hint(*row) for row in stage.ledger.ask("SELECT scope, id, key FROM items") if row[2] in touched]}
    stage.sandbox.clock.advance(timedelta(minutes=1))
    _play(stage, "hinted", Scene(stage.moment(), "sync", RunRequest(hints=hints), config=config))
    stage.put_back(settled)
    work = work_on_github if stage.tracker == "github" else work_on_jira
    work(stage.state)
    stage.sandbox.clock.advance(timedelta(minutes=30))
    second = Scene(stage.moment(), "sync", RunRequest(census=True), renamed=True, config=config)
    _play(stage, "second", second)
    begin = stage.scenes["first"].begin
    if stage.tracker == "jira":
        _play(stage, "several", Scene(begin, "sync", RunRequest(), config="several"))
    if stage.tracker == "github":
        _play(stage, "organisation", Scene(begin, "sync", RunRequest(), config="organisation"))
        _play(stage, "check-app", Scene(begin, "check", RunRequest(), config="organisation"))


def _play(stage: Stage, name: str, scene: Scene) -> None:
    stage.scenes[name] = scene
    stage.enter(name)
    if scene.kind == "check":
        scene.usual = stage.check()
        assert not [one for one in scene.usual if one.level == "error"], scene.usual
        return
    if scene.kind == "backfill":
        assert stage.backfill().exit_code == 0
        scene.kept = stage.ledger.past()
        return
    report = stage.run()
    assert report.exit_code == 0, (name, report.connections, [write for write in report.writes if write.error])
    scene.undisturbed, scene.kept = stage.remains(), stage.ledger.kept()
    stage.sandbox.clock.advance(timedelta(minutes=5))
    assert stage.run("plan" if scene.kind == "sync" else "plan_clean").plan.changes == (), name
