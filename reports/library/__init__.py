"""The reports; each is a folder with `report.py`, `query.graphql` and `page.html`."""
