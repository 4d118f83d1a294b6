"""`make bench`: Kith beside a peer and beside the bare driver, on one Neo4j, in one run."""
