import { Route } from "lucide-react";
import { view } from "../../app/registry";
import { WayDocument, type WayQuery } from "../../generated/graphql";
import { words } from "../../words/words";
import { LENS, type WayLens } from "./lens";

const say = words("way");

export default view<WayQuery, WayLens>({
  name: "way",
  opens: "way-in",
  address: "/way/:id/:slug?",
  title: say("title"),
  area: "people",
  tab: { subject: ["account", "contact"], label: say("title"), icon: Route, order: 4, letter: "w" },
  lens: LENS,
  request: ({ id }, { from, hops, not }) => ({
    document: WayDocument,
    variables: {
      to: id,
      from: from || null,
      start: from,
      other: from !== "",
      not: not.length > 0 ? not : null,
      someone: not.length > 0,
      hops,
    },
  }),
  requestKey: ({ from, hops, not }) => [from, hops, not],
  main: (data) => data.node,
  component: () => import("./Way"),
  keys: [
    { keys: ["1", "2", "3"], does: say("choose") },
    { keys: ["C"], does: say("copyKey") },
    { keys: ["X"], does: say("leaveOutKey") },
    { keys: ["T"], does: say("tableKey") },
    { keys: ["F"], does: say("fromKey") },
    { keys: ["O"], does: say("toKey") },
  ],
  sample: ({ target }) => `/way/${target}`,
});
