"""A cycle ends and the next begins: what goes on reads what it ended with, by every ticket that counted for it."""

from __future__ import annotations

from datetime import date

from installation import Installation

from okrsync.practice.carryover import Next, carry_over


def test_what_is_carried_over_counts_the_same_tickets_and_tells_of_lines_with_the_old_id(acme: Installation) -> None:
    acme.run()
    ended = acme.value("checkout-1")
    linked = {key for key, labels in acme.labels().items() if "okr:checkout-1" in labels}
    with acme.open() as app:
        carry_over(app.desk(), "2026-Q4", Next("2027-Q1", date(2027, 1, 1), date(2027, 3, 31)), ["checkout-1"])
    new = acme.okrs.with_name("shop-2027-q1.yaml")
    new.write_text(new.read_text().replace("state: draft", "state: active"))
    acme.okrs.write_text(acme.okrs.read_text().replace("end: 2026-12-31}", "end: 2026-12-31, state: closed}"))
    report = acme.run(force=True)
    assert report.exit_code == 0
    assert acme.value("checkout-1-2027-q1") == ended
    assert {key for key, labels in acme.labels().items() if "okr:checkout-1-2027-q1" in labels} == linked
    followed = [one for one in report.dangling if one.counts_for == "checkout-1-2027-q1"]
    assert followed
    assert {one.names for one in followed} == {"checkout-1"}
    assert all(one.url.startswith("http") for one in followed)
    assert acme.run("plan").dangling == report.dangling
    assert acme.run().plan.changes == ()
