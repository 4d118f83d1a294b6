/** The first request of each view, which Kith sends to itself when it starts, so that no one waits for its plan. */
import { readLens } from "../src/app/codec";
import type { AnyView, Samples } from "../src/app/registry";
import { VIEWS, viewAt } from "../src/app/views";

// As long as the id of a record, because plans depend on the sizes of texts; no record has it.
const ID = "-".repeat(24);
const SAMPLES: Samples = {
  account: ID,
  group: ID,
  contact: ID,
  target: ID,
  employer: ID,
  deal: ID,
  order: ID,
  user: ID,
};

const place = ({ rail, tab }: AnyView) => rail?.order ?? 100 * (tab?.order ?? 10);

/** The requests as the server receives them: those of the rail, then the tabs in their order. */
export function requests(): Promise<{ query: string; variables: Record<string, unknown> }[]> {
  const found = VIEWS.filter(({ sample }) => sample).sort((one, other) => place(one) - place(other));
  return Promise.all(
    found.map(async ({ sample }) => {
      const [path = "", search = ""] = sample!(SAMPLES).split("?");
      const { view, params } = viewAt(path)!;
      const { document, variables } = await view.request(params, readLens<object>(view.lens, search));
      return { query: document.toString(), variables };
    }),
  );
}
