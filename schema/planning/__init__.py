"""From a GraphQL operation to a plan: one statement for each root field."""
