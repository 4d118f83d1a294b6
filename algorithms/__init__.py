"""Pure functions on graphs and columns, one algorithm in each file."""
