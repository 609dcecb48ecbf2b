"""What people do, by name: each act takes two numbers that say where and how, and happens in both worlds."""

from __future__ import annotations

from collections.abc import Callable
from operator import methodcaller
from typing import Any

from okr_folder import LINKS, OkrFolder
from two_worlds import ATTIC, ELSEWHERE, MARK, PREFIX, PROJECTS, READ, TwoWorlds

LABELS = ("ux", "latency", "urgent", "safety", f"{PREFIX}ignore", f"{PREFIX}somebody-else")
FOREIGN = {f"{PREFIX}ignore", f"{PREFIX}somebody-else"}
"""Labels in the namespace that okrsync did not put there and never takes away."""

DESCRIPTIONS = ("", "OKR: checkout-1", "OKR: bugs-1, api-1", "OKR: no-such-thing", "OKR: ops-1\nand more")
STATUSES = (("To Do", None), ("In Progress", None), ("Done", "Done"), ("Done", "Won't Do"), ("Done", "Duplicate"))
REASONS = ("completed", "not_planned", "duplicate")
MILESTONES = ("One page", "Later", None)

Act = Callable[["People", int, int], None]


class People:
    """The people of both worlds.

    ``unseen`` tells that something happened which lists of changed tickets do not show: a note of okrsync's was
    deleted, or a Jira project was archived, and so out of search, for a while."""

    def __init__(self, worlds: TwoWorlds, okrs: OkrFolder) -> None:
        self.worlds = worlds
        self.okrs = okrs
        self.unseen = False
        self._said = 0

    def act(self, name: str, where: int, how: int) -> None:
        ACTS[name](self, where, how)

    def everything_can_be_read(self) -> None:
        """No project is hidden or archived, and search keeps up."""
        for key in PROJECTS:
            self.worlds.both(None, methodcaller("archive_project", key, False))
        self.worlds.main.jira.index_lag = 0
        self.worlds.main.jira.hidden.clear()

    def everything_can_be_written(self) -> None:
        """Nothing is locked or archived."""
        for home in READ:
            self.worlds.both(methodcaller("archive", home, False))
        for home, number in self.worlds.issues():
            self.worlds.both(methodcaller("lock_issue", home, number, False))

    # On GitHub

    def _issue(self, where: int) -> tuple[str, int] | None:
        issues = self.worlds.issues()
        return issues[where % len(issues)] if issues else None

    def _on_issue(self, where: int, act: Callable[..., object]) -> None:
        if found := self._issue(where):
            self.worlds.both(lambda hub: act(hub, *found))

    def open_issue(self, where: int, how: int) -> None:
        home, title = READ[where % 2], f"Idea {how}"
        milestone = MILESTONES[how % 3] if home == "acme/shop" and self._has_milestone(how) else None
        self.worlds.both(lambda hub: hub.create(home, title, milestone=milestone, labels=[LABELS[how % 4]]))

    def open_sub_issue(self, where: int, how: int) -> None:
        self._on_issue(where, lambda hub, home, n: hub.create(home, f"Part {how}", parent=hub.issue(home, n)))

    def close_issue(self, where: int, how: int) -> None:
        self._on_issue(where, lambda hub, home, n: hub.close(home, n, REASONS[how % 3]))

    def reopen_issue(self, where: int, how: int) -> None:
        self._on_issue(where, lambda hub, home, n: hub.reopen(home, n))

    def delete_issue(self, where: int, how: int) -> None:
        self._on_issue(where, lambda hub, home, n: hub.delete(home, n))

    def transfer_issue(self, where: int, how: int) -> None:
        homes = (*READ, ATTIC)
        self._on_issue(
            where, lambda hub, home, n: hub.transfer(home, n, [one for one in homes if one != home][how % 2])
        )

    def label_issue(self, where: int, how: int) -> None:
        self._on_issue(where, lambda hub, home, n: hub.label(home, n, LABELS[how % len(LABELS)]))

    def unlabel_issue(self, where: int, how: int) -> None:
        self._on_issue(where, lambda hub, home, n: hub.unlabel(home, n, LABELS[how % len(LABELS)]))

    def change_milestone(self, where: int, how: int) -> None:
        wanted = MILESTONES[how % 3]
        if (found := self._issue(where)) and found[0] == "acme/shop" and self._has_milestone(how):
            self.worlds.both(lambda hub: hub.set_milestone(*found, wanted))

    def rename_milestone(self, where: int, how: int) -> None:
        title = ("One page", "Another page")[how % 2]
        self.worlds.both(lambda hub: hub.edit_milestone("acme/shop", 1, title=title))

    def close_milestone(self, where: int, how: int) -> None:
        self.worlds.both(lambda hub: hub.edit_milestone("acme/shop", 1, closed=how % 2 == 0))

    def rename_label(self, where: int, how: int) -> None:
        home, (old, new) = READ[where % 2], (("ux", "design"), ("design", "ux"), ("latency", "slow"))[how % 3]
        known = self.worlds.main.github.repository(home).labels
        if old in known and new not in known:
            self.worlds.both(lambda hub: hub.rename_label(home, old, new))

    def describe_issue(self, where: int, how: int) -> None:
        body = DESCRIPTIONS[how % len(DESCRIPTIONS)]
        self._on_issue(where, lambda hub, home, n: hub.edit(home, n, title=f"Title {how}", body=body))

    def talk_on_issue(self, where: int, how: int) -> None:
        self._said += 1
        self._on_issue(where, lambda hub, home, n: hub.comment(home, n, f"Remark {self._said}"))

    def lock_issue(self, where: int, how: int) -> None:
        self._on_issue(where, lambda hub, home, n: hub.lock_issue(home, n, how % 3 > 0))

    def archive_repository(self, where: int, how: int) -> None:
        self.worlds.both(lambda hub: hub.archive(READ[where % 2], how % 3 > 0))

    def rename_repository(self, where: int, how: int) -> None:
        self.worlds.both(lambda hub: hub.rename_repository("acme/api", ("acme/api", "acme/answers")[how % 2]))

    def _has_milestone(self, how: int) -> bool:
        titles = {one.title for one in self.worlds.main.github.repository("acme/shop").milestones.values()}
        return MILESTONES[how % 3] is None or MILESTONES[how % 3] in titles

    # On Jira

    def _ticket(self, where: int) -> str | None:
        tickets = self.worlds.tickets()
        return tickets[where % len(tickets)] if tickets else None

    def _on_ticket(self, where: int, act: Callable[..., object]) -> None:
        if key := self._ticket(where):
            self.worlds.both(None, lambda jira: act(jira, key))

    def open_ticket(self, where: int, how: int) -> None:
        kind, priority = (("Story", "Medium"), ("Bug", "Highest"), ("Epic", "Medium"))[how % 3]
        project = PROJECTS[where % 2]
        self.worlds.both(None, lambda jira: jira.create(project, f"Wish {how}", type=kind, priority=priority))

    def open_subtask(self, where: int, how: int) -> None:
        def act(jira: Any, key: str) -> None:
            above = jira.issue(key)
            if above.parent_issue is None and above.type != "Epic":
                jira.create(above.project.key, f"Step {how}", type="Sub-task", parent=key)

        self._on_ticket(where, act)

    def move_along(self, where: int, how: int) -> None:
        status, resolution = STATUSES[how % len(STATUSES)]
        self._on_ticket(where, lambda jira, key: jira.transition(key, status, resolution))

    def delete_ticket(self, where: int, how: int) -> None:
        self._on_ticket(where, lambda jira, key: jira.delete(key))

    def move_ticket(self, where: int, how: int) -> None:
        projects = (*PROJECTS, ELSEWHERE)

        def act(jira: Any, key: str) -> None:
            others = [one for one in projects if not key.startswith(f"{one}-")]
            if jira.issue(key).parent_issue is None:
                jira.move(key, others[how % 2])

        self._on_ticket(where, act)

    def label_ticket(self, where: int, how: int) -> None:
        self._on_ticket(where, lambda jira, key: jira.add_label(key, LABELS[how % len(LABELS)]))

    def unlabel_ticket(self, where: int, how: int) -> None:
        self._on_ticket(where, lambda jira, key: jira.remove_label(key, LABELS[how % len(LABELS)]))

    def change_epic(self, where: int, how: int) -> None:
        epics = [key for key in self.worlds.tickets() if self.worlds.main.jira.issue(key).type == "Epic"]
        wanted = [*epics, None][how % (len(epics) + 1)]

        def act(jira: Any, key: str) -> None:
            found = jira.issue(key)
            if found.type != "Epic" and found.parent_issue is None:
                jira.edit(key, epic=wanted)

        self._on_ticket(where, act)

    def change_version(self, where: int, how: int) -> None:
        def act(jira: Any, key: str) -> None:
            if key.startswith("SHOP-"):
                titles = {one.name for one in jira.project("SHOP").versions.values()}
                jira.edit(key, version="1.0" if how % 2 and "1.0" in titles else None)

        self._on_ticket(where, act)

    def rename_version(self, where: int, how: int) -> None:
        def act(jira: Any) -> None:
            (version,) = jira.project("SHOP").versions
            jira.edit_version(version, name=("1.0", "1.0 at last")[how % 2], released=how % 3 == 0)

        self.worlds.both(None, act)

    def estimate_ticket(self, where: int, how: int) -> None:
        self._on_ticket(where, lambda jira, key: jira.edit(key, points=(None, 1.0, 3.0, 8.0)[how % 4]))

    def describe_ticket(self, where: int, how: int) -> None:
        text = DESCRIPTIONS[how % len(DESCRIPTIONS)]
        self._on_ticket(where, lambda jira, key: jira.edit(key, summary=f"Summary {how}", description=text))

    def prioritize_ticket(self, where: int, how: int) -> None:
        self._on_ticket(where, lambda jira, key: jira.edit(key, priority=("Highest", "Low")[how % 2]))

    def talk_on_ticket(self, where: int, how: int) -> None:
        self._said += 1
        self._on_ticket(where, lambda jira, key: jira.add_comment(key, f"Remark {self._said}"))

    def archive_project(self, where: int, how: int) -> None:
        self.unseen = True
        self.worlds.both(None, lambda jira: jira.archive_project(PROJECTS[where % 2], how % 3 > 0))

    def hide_project(self, where: int, how: int) -> None:
        """The permission to see it is taken away, or given back."""
        hidden = self.worlds.main.jira.hidden
        hidden.clear() if how % 3 == 0 else hidden.add(PROJECTS[where % 2])

    def slow_search(self, where: int, how: int) -> None:
        self.worlds.main.jira.index_lag = (0.0, 30.0, 600.0)[how % 3]

    # With what okrsync wrote, which is there in one world only

    def take_our_label(self, where: int, how: int) -> None:
        hub, jira = self.worlds.main.github, self.worlds.main.jira
        for home, number in self.worlds.issues()[where % 3 :: 3]:
            for label in _ours(hub.label_names(home, number)):
                hub.unlabel(home, number, label)
        for key in self.worlds.tickets()[how % 3 :: 3]:
            for label in _ours(jira.issue(key).labels):
                jira.remove_label(key, label)

    def give_our_label(self, where: int, how: int) -> None:
        label = f"{PREFIX}{sorted(self.okrs.measures)[how % len(self.okrs.measures)]}"
        if issue := self._issue(where):
            self.worlds.main.github.label(*issue, label)
        if key := self._ticket(where):
            self.worlds.main.jira.add_label(key, label)

    def delete_our_definition(self, where: int, how: int) -> None:
        hub, home = self.worlds.main.github, READ[where % 2]
        ours = _ours([label.name for label in hub.repository(home).labels.values()])
        if ours:
            hub.delete_label(home, ours[how % len(ours)])

    def delete_our_note(self, where: int, how: int) -> None:
        for state, comment in self._notes()[where % 4 :: 4]:
            self.unseen = True
            state.delete_comment(comment)

    def edit_our_note(self, where: int, how: int) -> None:
        for state, comment in self._notes()[where % 4 :: 4]:
            state.edit_comment(comment, f"{comment.body}\nEdited {how}")

    def _notes(self) -> list[tuple[Any, Any]]:
        hub, jira = self.worlds.main.github, self.worlds.main.jira
        issues = [hub.issue(home, number) for home, number in self.worlds.issues()]
        return [
            *((hub, one) for issue in issues for one in issue.comments if MARK in one.body),
            *((jira, one) for key in self.worlds.tickets() for one in jira.issue(key).comments if MARK in one.body),
        ]

    # With the OKR file

    def add_key_result(self, where: int, how: int) -> None:
        self.okrs.add(sorted(LINKS)[where % len(LINKS)], how)

    def remove_key_result(self, where: int, how: int) -> None:
        self.okrs.remove(sorted(self.okrs.measures)[where % len(self.okrs.measures)])

    def rename_key_result(self, where: int, how: int) -> None:
        self.okrs.rename(sorted(self.okrs.measures)[where % len(self.okrs.measures)])

    def close_cycle(self, where: int, how: int) -> None:
        self.okrs.cycle = ("active", "closed", "grading")[how % 3]


def _ours(labels: list[str]) -> list[str]:
    return sorted(label for label in labels if label.startswith(PREFIX) and label not in FOREIGN)


ACTS: dict[str, Act] = {
    name: act
    for name, act in vars(People).items()
    if not name.startswith("_") and not name.startswith("everything") and name != "act"
}
