"""The GraphQL side of mutations: input and payload types, derived from their declarations, and one resolver."""
