"""GraphQL: types, queries, mutations, insights and limits."""
