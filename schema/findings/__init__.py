"""Findings: what a planner should do about a record, one rule a file in `schema.findings.rules`."""
