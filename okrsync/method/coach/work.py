"""Rules on work: what serves no objective, and what serves several."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from okrsync.method.coach.finding import Facts, Finding, about
from okrsync.method.coach.words import names
from okrsync.model.rules import RULES
from okrsync.words import percent, plural


def orphans(facts: Facts) -> Iterator[Finding]:
    """ORPHANS: one finding for each repository or project, the worst first."""
    for found in sorted(facts.orphans, key=lambda one: (-len(one.keys), one.connection, one.scope)):
        if found.keys:
            of_all = f"{plural(found.active, 'active ticket')} ({percent(len(found.keys) / found.active)})"
            verb = "is" if len(found.keys) == 1 else "are"
            reason = f"{found.scope}: {len(found.keys):,} of {of_all} {verb} linked to no key result: "
            fix = "Link what serves one (a selector in `links:`, or a line OKR: in the ticket), and ask about the rest."
            yield Finding(
                "ORPHANS",
                RULES["ORPHANS"].severity,
                f"{reason}{names(found.keys)}.",
                fix,
                scope=found.scope,
                tickets=found.keys,
            )


def overlaps(facts: Facts) -> Iterator[Finding]:
    """OVERLAP: one finding for each set of key results that share items, the largest first."""
    by_id = {placed.key_result.id: placed for placed in facts.okrs.live()}
    for found in sorted(facts.overlaps, key=lambda one: (-len(one.keys), one.key_results)):
        placed = [by_id[name] for name in found.key_results if name in by_id]
        if len(placed) > 1:
            ids = names([one.key_result.id for one in placed])
            verb = "counts" if len(found.keys) == 1 else "count"
            reason = f"{plural(len(found.keys), 'ticket')} {verb} for each of {ids}: {names(found.keys)}."
            fix = "Let it count where it matters most, and write `role: supports` on the other link."
            told = about("OVERLAP", placed[0], reason, fix, *placed[1:])
            yield msgspec.structs.replace(told, tickets=found.keys)
