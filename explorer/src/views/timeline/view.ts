import { Clock } from "lucide-react";
import { list, text } from "../../app/codec";
import { PAGE } from "../../app/lists";
import { view } from "../../app/registry";
import { AccountTimelineDocument, type ActivityKind, type AccountTimelineQuery } from "../../generated/graphql";
import { ROW_KEYS } from "../../parts/keys";
import type { ListLens } from "../../parts/ListPage";
import { words } from "../../words/words";

const say = words("timeline");

/** The kinds that a reader can choose, by the name of their filter. */
export const KINDS = {
  meetings: "APPOINTMENT",
  calls: "PHONE_CALL",
  emails: "EMAIL",
  tasks: "TASK",
} as const satisfies Record<string, ActivityKind>;

function isKind(name: string): name is keyof typeof KINDS {
  return name in KINDS;
}

/** The variables of a page of the timeline. */
export function timelineVariables({ q, f }: Pick<ListLens, "q" | "f">, after: string | null = null) {
  const kinds = f.filter(isKind).map((name) => KINDS[name]);
  return { first: PAGE, after, kinds: kinds.length > 0 ? kinds : null, where: q ? { subject: { contains: q } } : null };
}

export default view<AccountTimelineQuery, ListLens>({
  name: "timeline",
  address: "/account/:id/timeline/:slug?",
  title: say("title"),
  area: "accounts",
  tab: { subject: "account", label: say("title"), icon: Clock, order: 7 },
  lens: { q: text(), f: list(), sort: text(), sel: text() },
  request: ({ id }, lens) => ({
    document: AccountTimelineDocument,
    variables: { id: id!, ...timelineVariables(lens) },
  }),
  requestKey: timelineVariables,
  main: (data) => data.account,
  component: () => import("./AccountTimeline"),
  keys: ROW_KEYS,
  sample: ({ group }) => `/account/${group}/timeline`,
});
