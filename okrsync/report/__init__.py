"""What a run found and did, as text for people, as Markdown and as JSON. Renders values, decides nothing."""
