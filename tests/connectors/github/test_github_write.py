"""Labels, the one note, and looking for them again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from okrsync_github.connector import GitHubConnector
from okrsync_github.observe import BULK_FROM

from okrsync import marker
from okrsync.connector import Context
from okrsync.errors import AuthError, Closed, Forbidden, Gone, OutcomeUnknown, Rejected
from okrsync.model.change import (
    AddLabel,
    Change,
    DefineLabel,
    DeleteLink,
    DeleteNote,
    Done,
    Note,
    PutLink,
    PutNote,
    Receipt,
    RemoveLabel,
    UndefineLabel,
)
from okrsync.model.work import Item, Ref
from okrsync.sandbox.github import GitHubState
from okrsync.sandbox.server import Sandbox

Connect = Callable[..., GitHubConnector]
Items = Callable[[], dict[str, Item]]
LABEL = "okr:checkout-1"


@pytest.fixture
def ref(hub: GitHubState, items: Items) -> Ref:
    hub.create("acme/shop", "Slow checkout", labels=["bug"])
    return items()["acme/shop#1"].ref


def bodies(hub: GitHubState, number: int = 1) -> list[str]:
    return [comment.body for comment in hub.issue("acme/shop", number).comments]


class TestLabels:
    def test_a_humans_label_stays(self, connector: GitHubConnector, ref: Ref, hub: GitHubState) -> None:
        connector.apply(AddLabel(ref, LABEL))
        hub.label("acme/shop", 1, "urgent")
        connector.apply(AddLabel(ref, "okr:checkout-2"))
        connector.apply(RemoveLabel(ref, LABEL))
        assert hub.label_names("acme/shop", 1) == ["bug", "urgent", "okr:checkout-2"]

    def test_removing_what_is_not_there_is_done_already(self, connector: GitHubConnector, ref: Ref) -> None:
        assert connector.apply(RemoveLabel(ref, LABEL)) == Receipt(Done.ALREADY)

    def test_a_label_with_awkward_characters_can_be_removed(
        self, connector: GitHubConnector, ref: Ref, hub: GitHubState
    ) -> None:
        for label in ("okr:a/b", "okr:50 %?", "okr:#1&x=y", "okr:ä"):
            connector.apply(AddLabel(ref, label))
            assert connector.apply(RemoveLabel(ref, label)).done is Done.APPLIED
        assert hub.label_names("acme/shop", 1) == ["bug"]

    def test_a_label_is_defined_once_and_then_described(
        self, connector: GitHubConnector, ref: Ref, hub: GitHubState
    ) -> None:
        define = DefineLabel("github", ref.scope, LABEL, "Key result: " + "x" * 200, "#1D76DB")
        assert connector.apply(define).done is Done.APPLIED
        assert connector.apply(define).done is Done.ALREADY
        made = hub.repository("acme/shop").labels[LABEL]
        assert (made.color, len(made.description or "")) == ("1D76DB", 100)
        assert connector.apply(msgspec.structs.replace(define, description="New", exists=True)).done is Done.APPLIED
        assert made.description == "New"

    def test_describing_a_label_that_somebody_deleted_defines_it(
        self, connector: GitHubConnector, ref: Ref, hub: GitHubState
    ) -> None:
        define = DefineLabel("github", ref.scope, LABEL, "Key result", "1d76db", exists=True)
        assert connector.apply(define).done is Done.APPLIED
        assert hub.repository("acme/shop").labels[LABEL].description == "Key result"

    def test_a_definition_is_deleted_once(self, connector: GitHubConnector, ref: Ref, hub: GitHubState) -> None:
        hub.add_label("acme/shop", LABEL)
        change = UndefineLabel("github", ref.scope, LABEL)
        assert [connector.apply(change).done, connector.apply(change).done] == [Done.APPLIED, Done.ALREADY]

    def test_a_label_that_github_refuses_is_rejected(self, connector: GitHubConnector, ref: Ref) -> None:
        with pytest.raises(Rejected, match="name"):
            connector.apply(AddLabel(ref, "okr:" + "x" * 60))


class TestNote:
    def test_it_is_written_once_and_edited_in_place(
        self, connector: GitHubConnector, ref: Ref, hub: GitHubState, note: Note
    ) -> None:
        written = connector.apply(PutNote(ref, note))
        line = msgspec.structs.replace(note.lines[0], tenth=10)
        edited = connector.apply(PutNote(ref, Note((line,), note.ignore_label), written.note_id))
        assert written.note_id == edited.note_id
        [body] = bodies(hub)
        assert "reached" in body

    def test_it_is_found_again_by_its_mark(self, connect: Connect, ref: Ref, hub: GitHubState, note: Note) -> None:
        for number in range(120):
            hub.comment("acme/shop", 1, f"Comment {number}")
        receipt = connect().apply(PutNote(ref, note))
        [shown] = connect().observe([ref])
        assert shown.note is not None
        assert (shown.note.id, shown.note.digest) == (receipt.note_id, marker.digest(note))
        assert shown.note.tenths == {"checkout-1": 4}

    def test_an_edit_of_a_deleted_note_writes_a_new_one(
        self, connector: GitHubConnector, ref: Ref, hub: GitHubState, note: Note
    ) -> None:
        first = connector.apply(PutNote(ref, note))
        hub.delete_comment(hub.issue("acme/shop", 1).comments[0])
        second = connector.apply(PutNote(ref, note, first.note_id))
        assert second.note_id != first.note_id
        assert len(bodies(hub)) == 1

    def test_an_edit_of_a_deleted_note_uses_another_that_is_ours(
        self, connector: GitHubConnector, ref: Ref, hub: GitHubState, note: Note
    ) -> None:
        lost, kept = connector.apply(PutNote(ref, note)), connector.apply(PutNote(ref, note))
        hub.delete_comment(hub.issue("acme/shop", 1).comments[0])
        assert connector.apply(PutNote(ref, note, lost.note_id)).note_id == kept.note_id
        assert len(bodies(hub)) == 1

    def test_others_marks_are_not_ours(
        self, connector: GitHubConnector, ref: Ref, hub: GitHubState, note: Note, sandbox: Sandbox
    ) -> None:
        hub.comment("acme/shop", 1, marker.hidden(marker.mark("another", note)), author="okrsync-bot")
        hub.comment("acme/shop", 1, marker.hidden(marker.mark("acme", note)), author="mallory")
        [shown] = connector.observe([ref])
        assert shown.note is None
        assert shown.surplus == ()

    def test_a_second_note_is_surplus_and_the_oldest_stays(
        self, connector: GitHubConnector, ref: Ref, note: Note
    ) -> None:
        first, second = connector.apply(PutNote(ref, note)), connector.apply(PutNote(ref, note))
        [shown] = connector.observe([ref])
        assert shown.note is not None
        assert (shown.note.id, shown.surplus) == (first.note_id, (second.note_id,))

    def test_it_is_deleted_once(self, connector: GitHubConnector, ref: Ref, hub: GitHubState, note: Note) -> None:
        change = DeleteNote(ref, connector.apply(PutNote(ref, note)).note_id or "")
        assert [connector.apply(change).done, connector.apply(change).done] == [Done.APPLIED, Done.ALREADY]
        assert bodies(hub) == []

    @pytest.mark.parametrize("kind", ["committed-then-status", "committed-then-reset"])
    def test_a_lost_answer_is_unknown_and_the_note_can_be_seen(
        self, kind: str, connector: GitHubConnector, ref: Ref, hub: GitHubState, sandbox: Sandbox, note: Note
    ) -> None:
        sandbox.faults.add(kind, method="POST", path="/comments")
        with pytest.raises(OutcomeUnknown):
            connector.apply(PutNote(ref, note))
        [shown] = connector.observe([ref])
        assert shown.note is not None
        assert len(bodies(hub)) == 1

    def test_github_has_no_remote_links(self, connector: GitHubConnector, ref: Ref) -> None:
        for change in (PutLink(ref, "checkout-1", "t", "https://okr.example"), DeleteLink(ref, "checkout-1")):
            assert connector.cost(change) == 0
            assert connector.apply(change).done is Done.SKIPPED


def test_a_change_costs_what_the_plan_says(connector: GitHubConnector, ref: Ref, note: Note, context: Context) -> None:
    first = connector.apply(PutNote(ref, note))
    changes: list[Change] = [
        DefineLabel("github", ref.scope, LABEL, "d", "1d76db"),
        DefineLabel("github", ref.scope, LABEL, "e", "1d76db", exists=True),
        AddLabel(ref, LABEL),
        RemoveLabel(ref, LABEL),
        PutNote(ref, note, first.note_id),
        DeleteNote(ref, first.note_id or ""),
        UndefineLabel("github", ref.scope, LABEL),
    ]
    for change in changes:
        before = (context.meter.requests, context.meter.writes)
        connector.apply(change)
        after = (context.meter.requests - before[0], context.meter.writes - before[1])
        assert after == (connector.cost(change),) * 2


def _changes(ref: Ref, note: Note) -> list[Change]:
    return [AddLabel(ref, LABEL), PutNote(ref, note)]


@pytest.mark.parametrize("which", [0, 1])
class TestObstacles:
    def test_an_archived_repository_is_closed(
        self, which: int, connector: GitHubConnector, ref: Ref, hub: GitHubState, note: Note
    ) -> None:
        hub.archive("acme/shop")
        with pytest.raises(Closed, match="archived"):
            connector.apply(_changes(ref, note)[which])

    def test_a_transferred_ticket_takes_no_writes_with_it(
        self, which: int, connector: GitHubConnector, ref: Ref, hub: GitHubState, note: Note
    ) -> None:
        hub.add_repository("acme/api")
        hub.transfer("acme/shop", 1, "acme/api")
        with pytest.raises(Gone) as raised:
            connector.apply(_changes(ref, note)[which])
        assert raised.value.moved
        assert hub.label_names("acme/api", 1) == ["bug"]
        assert hub.issue("acme/api", 1).comments == []

    def test_a_deleted_ticket_is_gone(
        self, which: int, connector: GitHubConnector, ref: Ref, hub: GitHubState, note: Note
    ) -> None:
        hub.delete("acme/shop", 1)
        with pytest.raises(Gone):
            connector.apply(_changes(ref, note)[which])

    def test_a_token_that_may_only_read_is_forbidden_to_write(
        self, which: int, connect: Connect, ref: Ref, note: Note
    ) -> None:
        with pytest.raises(Forbidden, match="write access"):
            connect(token="github-read-only-token").apply(_changes(ref, note)[which])

    def test_a_revoked_token_is_an_authentication_error(
        self, which: int, connect: Connect, ref: Ref, note: Note
    ) -> None:
        with pytest.raises(AuthError):
            connect(token="revoked").apply(_changes(ref, note)[which])


def test_a_locked_ticket_is_closed(connector: GitHubConnector, ref: Ref, hub: GitHubState, note: Note) -> None:
    hub.lock_issue("acme/shop", 1)
    with pytest.raises(Closed, match="locked"):
        connector.apply(PutNote(ref, note))


class TestObserve:
    def test_only_labels_of_our_namespace_are_shown(
        self, connector: GitHubConnector, ref: Ref, hub: GitHubState
    ) -> None:
        for label in (LABEL, "okr:ignore", "okrs"):
            hub.label("acme/shop", 1, label)
        [shown] = connector.observe([ref])
        assert shown.labels == (LABEL,)

    def test_tickets_that_are_gone_are_left_out(
        self, connector: GitHubConnector, ref: Ref, hub: GitHubState, items: Items
    ) -> None:
        hub.create("acme/shop", "Stays")
        refs = [item.ref for item in items().values()]
        hub.delete("acme/shop", 1)
        assert [shown.ref.key for shown in connector.observe(refs)] == ["acme/shop#2"]

    def test_a_ticket_without_comments_costs_one_request(
        self, connector: GitHubConnector, ref: Ref, context: Context
    ) -> None:
        before = context.meter.requests
        list(connector.observe([ref]))
        assert context.meter.requests - before == 1

    @pytest.mark.parametrize("extra", [0, 500])
    def test_many_tickets_are_read_the_cheaper_way_with_the_same_result(
        self,
        extra: int,
        connector: GitHubConnector,
        hub: GitHubState,
        items: Items,
        note: Note,
        context: Context,
        sandbox: Sandbox,
    ) -> None:
        count = 3 * BULK_FROM
        for number in range(count + extra):
            hub.create("acme/shop", f"Issue {number}", labels=[LABEL])
        found = items()
        refs = [found[f"acme/shop#{number}"].ref for number in range(1, count + 1)]
        written = {ref.id: connector.apply(PutNote(ref, note)).note_id for ref in refs[::2]}
        for number in range(1, count + 1):
            for _ in range(extra // 10):
                hub.comment("acme/shop", number, "chat")
        before = context.meter.requests
        shown = {one.ref.id: one for one in connector.observe(refs)}
        spent = context.meter.requests - before
        assert {ref.id: (LABEL,) for ref in refs} == {id_: one.labels for id_, one in shown.items()}
        assert written == {id_: one.note.id for id_, one in shown.items() if one.note}
        assert spent <= (3 if extra == 0 else 6 + 1 + 16)

    def test_repositories_are_not_mixed_up(
        self, connect: Connect, hub: GitHubState, sandbox: Sandbox, note: Note
    ) -> None:
        hub.add_repository("acme/api")
        both = connect("acme/shop", "acme/api")
        for name in ("acme/shop", "acme/api"):
            hub.create(name, "One")
        refs = [item.ref for scope in both.scopes(()) for page in both.pull(scope, None) for item in page.items]
        both.apply(PutNote(refs[1], note))
        sandbox.clock.advance(timedelta(minutes=1))
        assert {one.ref.key: one.note is not None for one in both.observe(refs)} == {
            "acme/shop#1": False,
            "acme/api#1": True,
        }
