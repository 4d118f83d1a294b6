import { cacheExchange, Client, CombinedError, fetchExchange } from "@urql/core";
import type { TypedDocumentString } from "../generated/graphql";
import { fetchSignedIn } from "./signIn";

/** The root of the application; the server tells it in the `base` element. */
export const ROOT = new URL(document.baseURI).pathname.replace(/\/$/, "");

export const client = new Client({
  url: new URL("graphql", document.baseURI).href,
  exchanges: [cacheExchange, fetchExchange],
  preferGetMethod: false,
  fetch: fetchSignedIn,
  // In this media type every well-formed request is answered with 200, also one that is refused. A browser writes an error
  // to the console for any other status, and a refusal is no fault of the page.
  fetchOptions: { headers: { accept: "application/json" } },
});

/** What went wrong, in the words of the server. */
export interface Failure {
  code: string;
  message: string;
  remedy: string | null;
  requestId: string | null;
  /** The path of the input that is refused, such as `employment.account`. */
  field: string | null;
  /** The version that the record has, when it is not the one that a change was based on. */
  version: string | null;
}

/** The pauses before an unavailable server is asked again. */
export const PAUSES_MS = [1_000, 3_000, 9_000] as const;

/** Every error of an answer; the errors of an input come at once. */
export function failuresOf(error: CombinedError): Failure[] {
  const response = error.response as Response | undefined;
  const requestId = response?.headers.get("x-request-id") ?? null;
  if (error.graphQLErrors.length === 0) return [{ ...unavailable(error.networkError ?? error), requestId }];
  return error.graphQLErrors.map(({ message, extensions }) => {
    const { code, remedy, field, version } = extensions as Partial<Record<string, string>>;
    return {
      code: code ?? "INTERNAL",
      message,
      remedy: remedy ?? null,
      requestId,
      field: field?.replace(/^input\./, "") ?? null,
      version: version ?? null,
    };
  });
}

export function failureOf(error: CombinedError): Failure {
  return failuresOf(error)[0]!;
}

/** The failure of a request that got no answer. */
export function unavailable(error: unknown): Failure {
  return { code: "UNAVAILABLE", message: String(error), remedy: null, requestId: null, field: null, version: null };
}

/** Sends a mutation with its input, and returns its data, or why it was refused. */
export async function mutate<Data>(
  document: TypedDocumentString<Data, never>,
  input: Record<string, unknown>,
): Promise<{ data: Data; failure: null } | { data: null; failure: Failure }> {
  const { data, error } = await client.mutation<Data>(document.toString(), { input }).toPromise();
  if (error) return { data: null, failure: failureOf(error) };
  return data ? { data, failure: null } : { data: null, failure: unavailable("") };
}
