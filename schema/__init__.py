"""GraphQL: the types callers see, verbs, insights and limits."""
