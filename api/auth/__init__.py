"""Authentication: who sends a request, and the pages and routes on which browsers sign in and out."""
