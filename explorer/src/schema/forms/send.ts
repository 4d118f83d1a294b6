import { client, failuresOf, unavailable, type Failure } from "../../app/client";
import type { MutationShape } from "../records";

/** The record that a mutation wrote. */
export interface Written {
  __typename: string;
  id: string;
  version?: string;
}

export type Sent = { record: Written | null; failures: null } | { record: null; failures: readonly Failure[] };

function mutationDocument({ name, input, result, resultVersion }: MutationShape): string {
  const record = result ? `${result} { __typename id ${resultVersion ? "version" : ""} }` : "";
  return `mutation Write($input: ${input}!) { ${name}(input: $input) { ${record} event { id } } }`;
}

/** Sends a mutation; a refusal is an answer, with an error for each value that is refused. */
export async function send(mutation: MutationShape, input: Record<string, unknown>): Promise<Sent> {
  try {
    const { data, error } = await client
      .mutation<Record<string, Record<string, Written | null> | null>>(mutationDocument(mutation), { input })
      .toPromise();
    if (error) return { record: null, failures: failuresOf(error) };
    return { record: (mutation.result ? data?.[mutation.name]?.[mutation.result] : null) ?? null, failures: null };
  } catch (error) {
    return { record: null, failures: [unavailable(error)] };
  }
}
