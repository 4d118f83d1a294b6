"""`python -m bench --questions`: questions about the whole graph, from columns and by the database."""
