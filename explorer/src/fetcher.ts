import type { GraphiQLProps } from "graphiql";

type Fetcher = GraphiQLProps["fetcher"];

/** Sends one operation to the address of this page and gives back the answer, also when it is only errors. */
export const fetcher: Fetcher = async (request, options) => {
  const { operationName, query, variables } = request;
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

function unanswered(message: string, remedy: string) {
  return { errors: [{ message, extensions: { code: "UNAVAILABLE", remedy } }] };
}
