"""The words by which the coach tells results from work, and metrics from names. All in lower case."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_VERBS = {
    "launch": "launches launched launching",
    "deliver": "delivers delivered delivering",
    "build": "builds built building",
    "migrate": "migrates migrated migrating",
    "implement": "implements implemented implementing",
    "help": "helps helped helping",
    "analyse": "analyses analysed analysing",
    "analyze": "analyzes analyzed analyzing",
}
"""The output verbs of the method, each with its other forms."""

VERBS = frozenset(_VERBS)
FORMS = frozenset(form for forms in _VERBS.values() for form in forms.split())
DONE = frozenset(form for form in FORMS if form.endswith("ed") or form == "built") - {"helped"}
"""What ends a title that tells of something done; people who feel helped are a result."""

LEADING = _set("we will to please fully finally successfully and then or let us our team the teams")
"""May stand before the verb of a sentence that tells what somebody is going to do."""

BEING = _set("is are be been was were gets get fully")

COMPOUNDS = _set("""
    time times date dates day days minute minutes second seconds hour hours window windows failure failures error errors
    breakages rate rates cost costs speed quality size frequency performance stability success count
    pipeline pipelines queue server servers job jobs agent agents
    desk centre center page pages article articles ticket tickets request requests call calls chat text partners
""")
"""After an output verb they make a noun of it: build time, launch date, help desk."""

DETERMINERS = _set("the a an our all every each new its this these two three")
"""Before the object of a verb: "Launching the app" tells of work, "Launched products per year" of a number."""

NAMING = _set("""
    q h p v phase level tier version release wave part step sprint year week room track class type stage gen generation
    iso oauth http tls ipv python java windows web top number no priority
""")
"""A number after one of these is a name, not a metric."""

STOP = _set("a an and are as at be by for from in into is it its of on or our per than that the their to we with")
"""Words that say nothing by themselves."""
