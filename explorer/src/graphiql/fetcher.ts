import type { GraphiQLProps } from "graphiql";
import { Kind, parse } from "graphql";
import { fetchSignedIn } from "../app/signIn";

type Fetcher = GraphiQLProps["fetcher"];

/** Sends an operation to the URL of this page and returns the response, also when it contains only errors. */
export const fetcher: Fetcher = async (request, options) => {
  const { query, variables } = request;
  const operationName = hasSingleOperation(query) ? undefined : request.operationName;
  let response: Response;
  try {
    response = await fetchSignedIn(location.pathname, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json",
        ...options?.headers,
      },
      body: JSON.stringify({ operationName, query, variables }),
    });
  } catch {
    return unavailable("Kith did not answer.", "Check that the server is running (make run), then try again.");
  }
  try {
    return await response.json();
  } catch {
    return unavailable(
      `The response (HTTP ${response.status}) is not JSON, so it did not come from Kith.`,
      "Check the proxies between this page and Kith.",
    );
  }
};

/** GraphiQL updates the operation name with a delay; a document with a single operation does not need it. */
function hasSingleOperation(query: string): boolean {
  try {
    return parse(query).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length === 1;
  } catch {
    return false;
  }
}

function unavailable(message: string, remedy: string) {
  return { errors: [{ message, extensions: { code: "UNAVAILABLE", remedy } }] };
}
