"""Batched writes: many nodes or relationships a transaction."""
