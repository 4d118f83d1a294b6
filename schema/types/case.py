"""A case, as callers see it."""

from __future__ import annotations

from schema.exposure import shows

shows(
    "Case",
    """ticketNumber title description caseType caseOrigin priority severity customerSatisfaction firstResponseStatus
    resolveByStatus isEscalated sentimentValue numberOfChildIncidents openedAt resolvedAt state status""",
    links="""account customer primaryContact responsibleContact product parent children master""",
    creates=True,
    updates=True,
)
