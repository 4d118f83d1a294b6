"""Sources become the graph: mappings and a generated world."""
