"""How what is wrong is worded."""

from scores.checks.issue import Issue

NAMES = (" config.", "agent_id", "subscore_id", "input_schema", "timeout_seconds", "is llm")


def names_its_settings(issue: Issue) -> bool:
    """Whether a form can say each field of the document by its label, however the message is worded."""
    return not any(name in issue.words.template for name in NAMES)
