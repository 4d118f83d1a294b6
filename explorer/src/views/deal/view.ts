import { Target } from "lucide-react";
import { text } from "../../app/codec";
import { view } from "../../app/registry";
import { DealTopFragmentDoc, type DealTopFragment } from "../../generated/graphql";
import { RECORD_KEYS } from "../../parts/keys";
import type { RecordData } from "../../schema/records";
import { recordLens, recordRequest, type RecordLens, type Top } from "../../schema/request";
import { words } from "../../words/words";

const say = words("record");

export type DealData = RecordData & DealTopFragment;

export interface DealLens extends RecordLens {
  /** The open receipt: a figure of the verdict. */
  e: string;
}

/** The verdict and the committee, which make the list of roles superfluous. */
export const DEAL_TOP: Top = { fragment: "DealTop", document: DealTopFragmentDoc, covers: ["stakeholders"] };

export default view<DealData, DealLens>({
  name: "deal",
  address: "/deal/:id/:slug?",
  title: say("deal"),
  area: "deals",
  record: "Opportunity",
  tab: { subject: "deal", label: say("dealTab"), icon: Target, order: 1 },
  lens: { ...recordLens, e: text() },
  requestKey: () => null,
  request: (params) => recordRequest("Opportunity", params, DEAL_TOP),
  main: (data) => data.node && data.room,
  present: words("deal")("present"),
  component: () => import("./Deal"),
  keys: RECORD_KEYS,
  sample: ({ deal }) => `/deal/${deal}`,
});
