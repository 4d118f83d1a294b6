"""Questions that Python answers: one read, one pure function, at most one more read."""
