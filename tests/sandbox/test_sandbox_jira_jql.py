"""JQL as the sandbox reads it: what matches, in which order, and how it says no."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okrsync.sandbox.jira import JiraState
from okrsync.sandbox.jira.criteria import Criteria
from okrsync.sandbox.jira.jql import Query, parse
from okrsync.sandbox.jira.site import Flavour
from okrsync.sandbox.jira.tokens import JqlError

NOW = datetime(2026, 10, 5, 8, 0, 30, 500_000, tzinfo=UTC)


def shop(flavour: Flavour = "cloud") -> JiraState:
    state = JiraState(lambda: NOW, flavour=flavour)
    state.add_project("SHOP", "The shop")
    state.add_project("INT", "Internal")
    state.add_version("SHOP", "2026.4", release_date="2026-12-15")
    old = NOW - timedelta(days=10)
    state.create("SHOP", "Payment in one step", type="Epic", at=old)
    state.add_sprint("Sprint 1")
    state.create(
        "SHOP",
        "Pay with a card",
        sprint="Sprint 1",
        epic="SHOP-1",
        points=5,
        labels=["Payment"],
        assignee="ben",
        at=old,
    )
    state.create("SHOP", "Draw the screen", type="Sub-task", parent="SHOP-2", description="Naïve café", at=old)
    state.create("SHOP", "Crash at midnight", type="Bug", priority="Highest", version="2026.4", at=NOW)
    state.create("INT", 'Say "hello" (world)', type="Task", labels=["payment", "ux"], points=2, at=NOW)
    state.transition("SHOP-2", "Done", resolution="Done", at=old)
    state.transition("INT-1", "In Review")
    return state


STATE = shop()


def found(jql: str, state: JiraState = STATE) -> list[str]:
    return [issue.key for issue in Criteria(parse(jql), state).select(state.issues.values())]


def refusal(jql: str, state: JiraState = STATE) -> str:
    with pytest.raises(JqlError) as caught:
        found(jql, state)
    return str(caught.value)


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("project = SHOP", "SHOP-1 SHOP-2 SHOP-3 SHOP-4"),
        ('project = "int"', "INT-1"),
        ('project = "The shop" AND type = Bug', "SHOP-4"),
        ("project in (SHOP, 10012)", "INT-1 SHOP-1 SHOP-2 SHOP-3 SHOP-4"),
        ("project not in (SHOP)", "INT-1"),
        ("issuetype in (Bug, 'sub-task')", "SHOP-3 SHOP-4"),
        ("type != Bug and project = SHOP", "SHOP-1 SHOP-2 SHOP-3"),
        ('status = "in review"', "INT-1"),
        ("statusCategory = Done", "SHOP-2"),
        ("statusCategory in ('In Progress', done)", "INT-1 SHOP-2"),
        ('statusCategory = "To Do" AND priority = Highest', "SHOP-4"),
        ("resolution = Unresolved", "INT-1 SHOP-1 SHOP-3 SHOP-4"),
        ("resolution is EMPTY", "INT-1 SHOP-1 SHOP-3 SHOP-4"),
        ("resolution is not null", "SHOP-2"),
        ("resolution != Duplicate", "SHOP-2"),
        ("labels = payment", "INT-1 SHOP-2"),
        ("labels in (ux)", "INT-1"),
        ("labels not in (ux)", "SHOP-2"),
        ("labels != nothing", "INT-1 SHOP-2"),
        ("labels is not empty and labels != ux", "SHOP-2"),
        ("assignee = ben", "SHOP-2"),
        ('assignee = "ben@acme.example"', "SHOP-2"),
        ("assignee in (EMPTY) AND project = 'INT'", "INT-1"),
        ("assignee in (ben, currentUser())", "SHOP-2"),
        ("reporter = ana and project = 'INT'", "INT-1"),
        ("fixVersion = 2026.4", "SHOP-4"),
        ("fixVersion is empty and type = Epic", "SHOP-1"),
        ("parent = SHOP-1", "SHOP-2"),
        ("parent = SHOP-2", "SHOP-3"),
        ('"Epic Link" = SHOP-1', "SHOP-2"),
        ("key = shop-3", "SHOP-3"),
        ("key in (SHOP-1, INT-1)", "INT-1 SHOP-1"),
        ("issuekey != SHOP-1 AND project = SHOP", "SHOP-2 SHOP-3 SHOP-4"),
        ('"Story Points" >= 3', "SHOP-2"),
        ("cf[10016] = 2", "INT-1"),
        ('"story points" is empty AND project = SHOP', "SHOP-1 SHOP-3 SHOP-4"),
        ("text ~ pay", "SHOP-2"),
        ('text ~ "pay*"', "SHOP-1 SHOP-2"),
        ('summary ~ "step payment"', "SHOP-1"),
        ('summary ~ "\\"in one step\\""', "SHOP-1"),
        ("description ~ café", "SHOP-3"),
        ("summary !~ pay AND project = SHOP", "SHOP-1 SHOP-3 SHOP-4"),
        ('summary ~ "say hello"', "INT-1"),
        ("created >= -1d", "INT-1 SHOP-4"),
        ("created < '-1w 2d'", "SHOP-1 SHOP-2 SHOP-3"),
        ("created >= startOfDay() and created <= now()", "INT-1 SHOP-4"),
        ("created >= startOfMonth() and updated < endOfYear()", "INT-1 SHOP-4"),
        ("resolved is not empty", "SHOP-2"),
        ("resolved is empty and type = Bug", "SHOP-4"),
        ("type = Bug OR type = Task AND labels = ux", "INT-1 SHOP-4"),
        ("(type = Bug OR type = Task) AND labels = ux", "INT-1"),
        ("type=Bug||type=Epic&&project=SHOP", "SHOP-1 SHOP-4"),
        ('sprint = "Sprint 1" or sprint = 1', "SHOP-2"),
        ('"Story Points" in (5, 8)', "SHOP-2"),
        ('"Story Points" < 5 or "Story Points" > 5', "INT-1"),
        ('"Story Points" <= 5', "INT-1 SHOP-2"),
        (f"created = {int(NOW.timestamp() * 1000)}", "INT-1 SHOP-4"),
        (f"created != {int(NOW.timestamp() * 1000)} AND type = Epic", "SHOP-1"),
        (f"updated not in ({int(NOW.timestamp() * 1000)}, 0) AND type = Epic", "SHOP-1"),
        ("description is empty AND project = SHOP", "SHOP-1 SHOP-2 SHOP-4"),
        ("description is not empty", "SHOP-3"),
        ("created <= endOfWeek() and created >= startOfWeek()", "INT-1 SHOP-4"),
        ("created > endOfDay()", ""),
        ("created > startOfYear() AND created < endOfMonth() AND type = Epic", "SHOP-1"),
        ("type = Bug OR type = Epic OR type = Task", "INT-1 SHOP-1 SHOP-4"),
        ("NOT (project = SHOP OR labels = nothing)", "INT-1"),
        ("not labels = ux", "SHOP-2"),
        ("! type = Bug and not not project = SHOP", "SHOP-1 SHOP-2 SHOP-3"),
    ],
)
def test_a_query_finds(jql: str, keys: str) -> None:
    assert sorted(found(jql)) == keys.split()


def test_ids_are_numbers_and_belong_to_issues() -> None:
    ids = [STATE.issue(key).id for key in ("SHOP-1", "SHOP-4")]
    assert found(f"id in ({', '.join(ids)}) ORDER BY id") == ["SHOP-1", "SHOP-4"]


@pytest.mark.parametrize(
    ("order", "keys"),
    [
        ("", "INT-1 SHOP-4 SHOP-3 SHOP-2 SHOP-1"),
        ("ORDER BY id", "SHOP-1 SHOP-2 SHOP-3 SHOP-4 INT-1"),
        ("ORDER BY key DESC", "SHOP-4 SHOP-3 SHOP-2 SHOP-1 INT-1"),
        ("ORDER BY created ASC, id ASC", "SHOP-1 SHOP-2 SHOP-3 SHOP-4 INT-1"),
        ("order by created desc, id asc", "SHOP-4 INT-1 SHOP-1 SHOP-2 SHOP-3"),
        ("ORDER BY priority DESC, key", "SHOP-4 INT-1 SHOP-1 SHOP-2 SHOP-3"),
        ('ORDER BY "Story Points" DESC, key ASC', "SHOP-2 INT-1 SHOP-1 SHOP-3 SHOP-4"),
        ("ORDER BY type, key", "SHOP-4 SHOP-1 SHOP-2 SHOP-3 INT-1"),
    ],
)
def test_results_come_in_the_order_asked_for(order: str, keys: str) -> None:
    assert found(f"project in (SHOP, 'INT') {order}") == keys.split()


def test_milliseconds_are_exact_on_cloud_and_cut_to_seconds_on_data_center() -> None:
    later = f"key in (SHOP-4, SHOP-1) AND updated >= {int(NOW.timestamp() * 1000) + 1}"
    assert found(later) == []
    assert found(later, shop("dc")) == ["SHOP-4"]


def test_quoted_dates_are_read_by_the_minute_in_the_account_s_time_zone() -> None:
    assert found('created >= "2026-10-05 10:00"') == ["INT-1", "SHOP-4"]
    assert found('created >= "2026/10/05 10:01"') == []
    assert found('created <= "2026-10-05 10:00" AND type = Bug') == []
    assert found('created > "2026-10-04"') == ["INT-1", "SHOP-4"]


def test_on_data_center_only_sub_tasks_have_parents() -> None:
    state = shop("dc")
    assert (found("parent = SHOP-1", state), found("parent = SHOP-2", state)) == ([], ["SHOP-3"])
    assert found("cf[10100] = SHOP-1", state) == ["SHOP-2"]


@pytest.mark.parametrize(
    ("jql", "told"),
    [
        ("nonsense = 1", "Field 'nonsense' does not exist or you do not have permission to view it."),
        ("status = Dnoe", "The value 'Dnoe' does not exist for the field 'status'."),
        ("project in (SHOP, NOPE)", "The value 'NOPE' does not exist for the field 'project'."),
        ("assignee = nobody", "The value 'nobody' does not exist for the field 'assignee'."),
        ("fixVersion = 9.9", "The value '9.9' does not exist for the field 'fixVersion'."),
        ("key = SHOP-99", "An issue with key 'SHOP-99' does not exist for field 'key'."),
        ("id = 99", "A value with ID '99' does not exist for the field 'id'."),
        ("project = INT", "Error in the JQL Query: 'INT' is a reserved JQL word. You must surround it"),
        ("type = Bug AND", "Error in the JQL Query: Expecting either a value, list or function but got 'end of the"),
        ("crash", "Error in the JQL Query: Expecting operator but got 'end of the query'. The valid operators are"),
        ("type Bug", "Error in the JQL Query: Expecting operator but got 'Bug'."),
        (
            "type = Bug type = Epic",
            "Error in the JQL Query: Expecting either 'OR' or 'AND' but got 'type'. (line 1, ch",
        ),
        ("(type = Bug", "Error in the JQL Query: Expecting ')' but got 'end of the query'. (line 1, character 12)"),
        ('summary ~ "open', "Error in the JQL Query: The quoted string 'open' has not been completed. (line 1, ch"),
        ("assignee = a@b.example", "Error in the JQL Query: The character '@' is a reserved JQL character."),
        ('summary ~ "\\q"', "Error in the JQL Query: '\\q' is an illegal JQL escape sequence."),
        ("project ~ SHOP", "The operator '~' is not supported by the 'project' field."),
        ("summary = pay", "The operator '=' is not supported by the 'summary' field."),
        ('updated >= "yesterday"', "Date value 'yesterday' for field 'updated' is invalid. Valid formats include:"),
        ('updated >= "1732877091000"', "Date value '1732877091000' for field 'updated' is invalid."),
        ("sprint in openSprints()", "Unable to find JQL function 'openSprints()'."),
        ("statusCategory = Doing", "The value 'Doing' does not exist for the field 'statusCategory'."),
        ("sprint = 99", "The value '99' does not exist for the field 'sprint'."),
        ("resolution = Maybe", "The value 'Maybe' does not exist for the field 'resolution'."),
        ("assignee = membersOf(team)", "Unable to find JQL function 'membersOf(team)'."),
        ("created > tomorrow()", "Unable to find JQL function 'tomorrow()'."),
        ("created > -99999999999w", "The period '-99999999999w' is too long."),
        ("labels is ux", "Error in the JQL Query: Expecting 'EMPTY' or 'NULL' but got 'ux'."),
        ("created > EMPTY", "The operator '>' is not supported by the 'created' field."),
        ("type = Bug ORDER BY created created", "Error in the JQL Query: Expecting ',' but got 'created'."),
        ("status was Done", "The history of issues cannot be searched here"),
        ('"Story Points" > many', "Value for field 'Story Points' is not a number."),
        ("type = Bug ORDER BY labels2", "Field 'labels2' does not exist"),
        ("type = Bug ORDER BY text", "Not able to sort using field 'text'."),
        ("type = Bug\nAND nope nope", "Error in the JQL Query: Expecting operator but got 'nope'."),
    ],
)
def test_a_wrong_query_is_refused_in_jira_s_words(jql: str, told: str) -> None:
    assert refusal(jql).startswith(told)


def test_a_refusal_tells_line_and_character() -> None:
    assert refusal("type = Bug\nAND nope nope").endswith("(line 2, character 10)")


def test_nesting_ends_somewhere() -> None:
    assert "nested too deeply" in refusal("(" * 5_000 + "type = Bug" + ")" * 5_000)


@given(st.text(max_size=40) | st.text("=<>!~()\"'\\,&| abcORANDNTIS[]1", max_size=40))
def test_any_text_is_a_query_or_refused(text: str) -> None:
    with suppress(JqlError):
        assert isinstance(parse(text), Query)


CLAUSES = st.sampled_from(
    ["type = Bug", "labels = ux", "labels is empty", "assignee != ben", "'Story Points' > 2", "created < -1d"]
)
QUERIES = st.recursive(
    CLAUSES,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda parts: f"({' '.join(parts)})")
        | inner.map(lambda query: f"NOT ({query})")
    ),
    max_leaves=8,
)


@given(QUERIES, QUERIES)
def test_and_is_what_both_find_and_or_what_either_finds(one: str, other: str) -> None:
    both, either = found(f"({one}) AND ({other})"), found(f"({one}) OR ({other})")
    assert set(both) == set(found(one)) & set(found(other))
    assert set(either) == set(found(one)) | set(found(other))


@given(QUERIES)
def test_not_undoes_itself_and_never_overlaps(query: str) -> None:
    assert found(f"NOT (NOT ({query}))") == found(query)
    assert set(found(f"NOT ({query})")).isdisjoint(found(query))


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_a_quoted_and_escaped_value_arrives_as_it_was(label: str) -> None:
    state = JiraState(lambda: NOW)
    state.add_project("SHOP", "Shop")
    state.create("SHOP", "One", labels=[label])
    escaped = label.replace("\\", "\\\\").replace('"', '\\"')
    assert found(f'labels = "{escaped}"', state) == ["SHOP-1"]
