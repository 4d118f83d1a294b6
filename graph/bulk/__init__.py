"""Batched writes: many nodes or relationships a transaction.

They are run by an operator, who may read every record: their statements take no access shape. No request runs them.
"""
