// The peer as its own manual sets it up: one Node process, graphql-yoga, one driver, types over the very nodes Kith keeps.
import { createServer } from "node:http";
import { Neo4jGraphQL } from "@neo4j/graphql";
import { createYoga } from "graphql-yoga";
import neo4j from "neo4j-driver";

const { NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD, NEO4J_DATABASE, PORT, UNIT } = process.env;
// With a unit, the caller may read the records of that unit only.
const rule = UNIT ? "@authorization(filter: [{ where: { node: { unitUid: { in: \"$jwt.units\" } } } }])" : "";

const typeDefs = /* GraphQL */ `
  type JWT @jwt {
    units: [String!]!
  }

  type Account @node ${rule} {
    uid: String!
    unitUid: String
    name: String!
    city: String
    contacts: [Contact!]! @relationship(type: "WORKS_AT", direction: IN)
  }

  type Contact @node ${rule} {
    uid: String!
    unitUid: String
    name: String!
    firstName: String
    lastName: String
    jobTitle: String
    department: String
    emailAddress1: String
    mobilePhone: String
    city: String
    country: String
    calls: [PhoneCall!]! @relationship(type: "PARTICIPATED_IN", direction: OUT)
  }

  type PhoneCall @node ${rule} {
    uid: String!
    unitUid: String
    subject: String
    startedAt: DateTime
  }
`;

const driver = neo4j.driver(NEO4J_URI, neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD));
const schema = await new Neo4jGraphQL({ typeDefs, driver }).getSchema();
const yoga = createYoga({
  schema,
  context: { sessionConfig: { database: NEO4J_DATABASE }, jwt: { units: [UNIT] } },
  graphiql: false,
  landingPage: false,
  logging: false,
  maskedErrors: false,
});
const server = createServer(yoga);
server.listen(Number(PORT), "127.0.0.1");

async function stop() {
  server.closeAllConnections();
  server.close();
  await driver.close();
  process.exit(0);
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
