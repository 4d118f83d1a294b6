"""Fields that the database computes: one file each, the declaration beside its Cypher."""
