"""Loading files into the graph: planned, checked, written in batches, rejects reported."""
