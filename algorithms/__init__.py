"""Pure functions of graphs and columns: one idea per file."""
