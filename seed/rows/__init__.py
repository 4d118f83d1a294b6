"""Rows of source files, read and converted to stored values."""
