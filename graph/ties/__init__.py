"""Ties between parties: derived from activities, updated with them, and read by insights."""
