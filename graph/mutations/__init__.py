"""Mutations: what changes the graph, each in one statement and one transaction."""
