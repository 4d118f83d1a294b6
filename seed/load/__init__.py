"""Loads files into the graph in batches and reports rejected rows."""
