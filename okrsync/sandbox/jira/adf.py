"""Text as version 3 of Jira's API writes it: an Atlassian document, here of paragraphs only."""

from __future__ import annotations

from typing import Any

_BLOCKS = frozenset(("paragraph", "heading", "listItem", "blockquote", "codeBlock", "tableRow"))


def document(text: str) -> dict[str, Any]:
    """A paragraph for every line."""
    return {"type": "doc", "version": 1, "content": [_paragraph(line) for line in text.splitlines()]}


def text(document: Any) -> str:
    """The words of a document, a line for every block. Raises ValueError where it is none."""
    if not isinstance(document, dict) or document.get("type") != "doc":
        raise ValueError("not an Atlassian document")
    return _words(document).strip("\n")


def _paragraph(line: str) -> dict[str, Any]:
    return {"type": "paragraph", "content": [{"type": "text", "text": line}] if line else []}


def _words(node: dict[str, Any]) -> str:
    if node.get("type") == "hardBreak":
        return "\n"
    inside = str(node.get("text", "")) + "".join(_words(part) for part in node.get("content", []))
    return f"{inside}\n" if node.get("type") in _BLOCKS else inside
