"""Headlines: what Kith concludes about a record in one or two sentences."""
