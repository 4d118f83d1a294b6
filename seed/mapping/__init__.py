"""Mapping files: how a source becomes the graph."""
