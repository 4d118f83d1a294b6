"""x"""

VERBS: dict[str, str] = {}
