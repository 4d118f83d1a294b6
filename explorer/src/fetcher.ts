import type { GraphiQLProps } from "graphiql";
import { Kind, parse } from "graphql";

type Fetcher = GraphiQLProps["fetcher"];

/** Sends one operation to the address of this page and gives back the answer, also when it is only errors. */
export const fetcher: Fetcher = async (request, options) => {
  const { query, variables } = request;
  const operationName = isOnlyOne(query) ? undefined : request.operationName;
  let response: Response;
  try {
    response = await fetch(location.pathname, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json",
        ...options?.headers,
      },
      body: JSON.stringify({ operationName, query, variables }),
    });
  } catch {
    return unanswered("Kith did not answer.", "See whether it still runs (make run), then try again.");
  }
  try {
    return await response.json();
  } catch {
    return unanswered(
      `The answer (HTTP ${response.status}) is not JSON, so it did not come from Kith.`,
      "See what stands between this page and Kith, such as a proxy.",
    );
  }
};

/** GraphiQL knows the name of an operation only a moment after it was typed; where there is one, none is needed. */
function isOnlyOne(query: string): boolean {
  try {
    return parse(query).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length === 1;
  } catch {
    return false;
  }
}

function unanswered(message: string, remedy: string) {
  return { errors: [{ message, extensions: { code: "UNAVAILABLE", remedy } }] };
}
