"""The HTTP application: content negotiation, the GraphQL endpoint, health checks, metrics and logs."""
