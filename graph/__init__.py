"""The graph: models, selections, the compiler, and the one door to Neo4j."""
