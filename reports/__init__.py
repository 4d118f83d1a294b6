"""Reports: answers to GraphQL queries, set for paper, and as data for other programs. See decision 0028."""
