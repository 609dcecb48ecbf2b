"""The files that ``okrsync init`` writes: short, commented, and right from the first day."""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self
from urllib.parse import urlsplit

from okrsync.connector import is_exposed
from okrsync.errors import ConfigError

_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_PROJECT = re.compile(r"[A-Z][A-Z0-9_]*")
_ADDRESS = re.compile(r"https?://[\w.-]+(:\d+)?(/[\w./-]*)?", re.ASCII)
_GITHUB = re.compile(r"(https?://)?(www\.)?github\.com/")
_CLOUD = ".atlassian.net"
_EMAIL = re.compile(r"[\w.+-]+@[\w.-]+", re.ASCII)


def repositories(typed: Iterable[str]) -> tuple[str, ...]:
    """GitHub repositories as people type them, with addresses copied from a browser. Raises ConfigError."""
    names = [_GITHUB.sub("", name).removesuffix("/").removesuffix(".git") for name in _apart(typed)]
    return tuple(_expect(_REPOSITORY, name, "a repository such as acme/shop") for name in names)


def projects(typed: Iterable[str]) -> tuple[str, ...]:
    """Keys of Jira projects, also in small letters. Raises ConfigError."""
    return tuple(_expect(_PROJECT, key.upper(), "a Jira project key such as SHOP") for key in _apart(typed))


def email(typed: str) -> str:
    """Raises ConfigError for what is no address."""
    return _expect(_EMAIL, typed.strip(), "an e-mail address")


def address(typed: str) -> str:
    """With a scheme, and without the page that was open: Jira Cloud answers at the root. Raises ConfigError."""
    full = typed.strip() if "://" in typed or not typed.strip() else f"https://{typed.strip()}"
    parts = urlsplit(full)
    root = (parts.hostname or "").endswith(_CLOUD)
    url = f"{parts.scheme}://{parts.netloc}" if root else full.rstrip("/")
    _expect(_ADDRESS, url, "an address such as https://acme.atlassian.net")
    if is_exposed(url):
        raise ConfigError(
            f"{url} would send the token unencrypted; give the address with https://.",
            hint="Where there is none, write the file with it and change it there: "
            "http:// needs allow_http: true beside it.",
        )
    return url


def _expect(pattern: re.Pattern[str], value: str, expected: str) -> str:
    if value and not pattern.fullmatch(value):
        raise ConfigError(f"{value!r} is not {expected}.", hint="Correct it and run okrsync init again.")
    return value


def _apart(typed: Iterable[str]) -> list[str]:
    """Several at once, with commas between."""
    return [name.strip() for one in typed for name in one.split(",") if name.strip()]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person told about their trackers. Raises ConfigError for what does not do together."""

    repositories: tuple[str, ...] = ()
    jira_url: str = ""
    projects: tuple[str, ...] = ()
    email: str = ""

    def __post_init__(self) -> None:
        if not self.repositories and not self.jira_url:
            raise ConfigError("No tracker was named.", hint="Give --github owner/repo, --jira-url, or both.")
        if bool(self.jira_url) != bool(self.projects):
            raise ConfigError("Jira needs an address and a project.", hint="Give both --jira-url and --jira-project.")

    @classmethod
    def of(cls, github: Iterable[str], jira_url: str, jira_projects: Iterable[str], account: str) -> Self:
        """As people type it. Raises ConfigError for what cannot be right."""
        return cls(repositories(github), address(jira_url), projects(jira_projects), email(account))

    @property
    def cloud(self) -> bool:
        return (urlsplit(self.jira_url).hostname or "").endswith(_CLOUD)

    @property
    def installation(self) -> str:
        """A name for the ownership mark, from the organisation that the trackers belong to."""
        name = self.repositories[0].partition("/")[0] if self.repositories else urlsplit(self.jira_url).hostname or ""
        return re.sub(r"[^a-z0-9]+", "-", name.partition(".")[0].lower()).strip("-")[:40] or "okrsync"


def configuration(answers: Answers) -> str:
    """The text of ``okrsync.yaml``."""
    return "\n".join(
        [*_HEAD, f"installation: {json.dumps(answers.installation)}", *_FILES, *_connections(answers), *_TAIL]
    )


SCHEMAS = "schemas"
"""The folder beside the configuration from which editors complete both files."""

_HEAD = (
    f"# yaml-language-server: $schema={SCHEMAS}/okrsync.schema.json",
    "#",
    "# What okrsync reads, and what it writes on tickets.",
    "# Secrets never sit in this file; they come from the environment (see below).",
    f"# {SCHEMAS}/ is for completion in editors; after an upgrade write it anew:",
    f"#   python -m okrsync.schema --write --directory {SCHEMAS}",
    "",
    "# Marks the labels and notes as ours. Two installations on the same tickets need two names.",
)
_FILES = (
    "",
    "# Where the OKRs are written, and where readings are kept. Both relative to this file.",
    "okrs: [okrs/*.yaml]",
    "store: sqlite:///okrsync.db",
    "",
    "connections:",
)
_TAIL = (
    "",
    "# What linked tickets show. Each can be switched off: label: false, note: false, or write_back: false",
    "# to begin with reading only.",
    'write_back: {label: "okr:{key_result}", note: true, on: open}',
    "",
    "# For okrsync daemon: how often to look, and how often to search for tickets that are gone.",
    "schedule: {every: 5m, census: 1d}",
    "",
)


def _connections(answers: Answers) -> list[str]:
    lines = []
    if answers.repositories:
        lines += [
            "  # Token: GITHUB_TOKEN or GH_TOKEN. It needs to read and write issues and pull requests.",
            "  github:",
            "    type: github",
            f"    repositories: {json.dumps(answers.repositories)}",
            "    # url: https://github.example.com   # for Enterprise Server",
        ]
    if answers.jira_url:
        lines += [
            f"  # Token: JIRA_API_TOKEN{', and JIRA_EMAIL' if answers.cloud and not answers.email else ''}.",
            "  jira:",
            "    type: jira",
            f"    url: {json.dumps(answers.jira_url)}",
            f"    projects: {json.dumps(answers.projects)}",
            *([f"    email: {json.dumps(answers.email)}"] if answers.email else []),
            "    # story_points: Story Points         # when there is more than one such field",
        ]
    return lines


def quarter(day: date) -> tuple[str, date, date]:
    """The calendar quarter around a day: its name, first and last day."""
    first = (day.month - 1) // 3 * 3 + 1
    last = first + 2
    name = f"{day.year}-Q{first // 3 + 1}"
    return name, date(day.year, first, 1), date(day.year, last, monthrange(day.year, last)[1])


def okrs(answers: Answers, today: date) -> str:
    """The text of a first OKR file for the quarter around ``today``."""
    name, start, end = quarter(today)
    return _OKRS.format(
        schema=f"../{SCHEMAS}/okrs.schema.json",
        name=name,
        start=start,
        end=end,
        planned="\n          - ".join(_links(answers, "labels: [planned]")),
        bugs=_links(answers, "type: Bug")[-1],
    )


def _links(answers: Answers, selector: str) -> list[str]:
    """One link into each tracker; Jira, where every project has types, comes last."""
    scopes = [("github", "repository", answers.repositories), ("jira", "project", answers.projects)]
    return [
        f"{{connection: {connection}, {scope}: {json.dumps(names[0])}, {selector}}}"
        for connection, scope, names in scopes
        if names
    ]


_OKRS = """\
# yaml-language-server: $schema={schema}
#
# One file per team and cycle. Ids are what people write on tickets: a line "OKR: first-1" in the
# description of an issue links it, too.
cycle: {{id: {name}, start: {start}, end: {end}}}
objectives:
  - id: first
    title: Replace this with what your team wants to reach
    kind: aspirational          # or committed
    key_results:

      # Moves with the share of linked work that is delivered. By points: measure: {{type: completion, by: points}}
      - id: first-1
        title: Everything we planned is delivered
        measure: {{type: completion}}
        links:
          - {planned}

      # Counts tickets from a start to a target.
      - id: first-2
        title: Open bugs from 20 to 5
        measure: {{type: count, of: open, start: 20, target: 5}}
        links:
          - {bugs}

      # A number that no ticket knows; people give it: okrsync checkin first-3 --value 2.4
      - id: first-3
        title: Conversion from 2.1 % to 3 %
        measure: {{type: manual, start: 2.1, target: 3, unit: "%"}}
"""
