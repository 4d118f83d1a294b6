"""Mapping files, which describe how a source becomes a part of the graph."""
