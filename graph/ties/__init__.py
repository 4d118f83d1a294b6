"""Ties between parties: derived from activities, kept current, read for the insights."""
