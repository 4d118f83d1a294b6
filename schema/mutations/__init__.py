"""The mutations as callers see them: input and payload types, derived from their declarations, and one resolver."""
