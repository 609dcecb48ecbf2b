"""A small Jira and a small GitHub on loopback, with a scripted team: for the demo, tests and benchmarks."""
