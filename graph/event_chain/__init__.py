"""The hash chain over events: each event is sealed with the hash of the one before. See decision 0034."""
