import { Users } from "lucide-react";
import { oneOf, text } from "../../app/codec";
import { view } from "../../app/registry";
import { DealRoomDocument, type DealRoomQuery } from "../../generated/graphql";
import { words } from "../../words/words";

const say = words("dealRoom");

export interface DealRoomLens {
  as: "grid" | "table";
  /** The selected seat. */
  sel: string;
  /** The open receipt. */
  e: string;
}

export default view<DealRoomQuery, DealRoomLens>({
  name: "committee",
  address: "/deal/:id/committee/:slug?",
  title: say("title"),
  area: "deals",
  tab: { subject: "deal", label: say("title"), icon: Users, order: 2 },
  lens: { as: oneOf(["grid", "table"]), sel: text(), e: text() },
  request: ({ id }) => ({ document: DealRoomDocument, variables: { id } }),
  requestKey: () => "",
  main: (data) => data.buyingCommittee,
  present: words("deal")("present"),
  component: () => import("./DealRoom"),
  keys: [
    { keys: ["←", "→"], does: say("stanceKey") },
    { keys: ["↑", "↓"], does: say("sayKey") },
    { keys: ["J", "K"], does: say("seatKey") },
    { keys: ["T"], does: say("tableKey") },
    { keys: ["S"], does: say("addKey") },
    { keys: ["E"], does: words("keys")("evidence") },
    { keys: ["O"], does: say("openKey") },
  ],
  sample: ({ deal }) => `/deal/${deal}/committee`,
});
