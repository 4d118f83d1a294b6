// Prints what graphql-http's audit of GraphQL over HTTP says about the server at the address given.
import { createRequire } from "node:module";

const [explorer, url] = process.argv.slice(2);
const { auditServer } = createRequire(explorer)("graphql-http");
const results = await auditServer({ url });
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
process.exit(0);
