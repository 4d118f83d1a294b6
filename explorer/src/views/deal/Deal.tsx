import type { ViewProps } from "../../app/registry";
import { RecordMark, Steps } from "../../marks/marks";
import { Conclusion, Evidence } from "../../parts/Conclusion";
import { Verdict } from "../../parts/Verdict";
import { RecordPage } from "../../schema/RecordPage";
import { nameOf, type FieldShape, type Reference } from "../../schema/records";
import { editingOf, known } from "../../schema/request";
import { DealActions, dealSubject, type ClosableDeal } from "../../subjects/deal";
import { money, type Money } from "../../words/format";
import { words } from "../../words/words";
import { Seats } from "./Seats";
import { DEAL_TOP, type DealData, type DealLens } from "./view";

const say = words("deal");

/** A deal: what Kith concludes, its fields with the values that contradict, and who decides. */
export default function Deal({ data, lens, setLens, again }: ViewProps<DealData, DealLens>) {
  const node = data.node!;
  const room = data.room!;
  const account = node["account"] as Reference | null;
  const name = nameOf(node as unknown as Reference);
  const { headline } = room.opportunity;
  const show = (e: string) => setLens({ e });
  return (
    <RecordPage
      shape={known.get("Opportunity")!}
      node={node}
      editing={editingOf(lens, setLens)}
      head={{
        mark: <RecordMark kind="deal" />,
        tag: undefined,
        subject: dealSubject(node.id, name),
        counts: { committee: room.seats.length },
        ...(account ? { crumbs: [{ label: nameOf(account), href: `/account/${account.id}` }] } : {}),
      }}
      actions={<DealActions deal={node as unknown as ClosableDeal} again={again} />}
      verdict={
        headline && (
          <Verdict>
            <Conclusion sentence={headline} open={lens.e} show={show} />
          </Verdict>
        )
      }
      evidence={headline && <Evidence sentence={headline} open={lens.e} />}
      covered={DEAL_TOP.covers}
      decorate={(field, value) => decorated(field, value, node)}
      blocks={<Seats deal={node.id} seats={room.seats} />}
    />
  );
}

type Decorate = NonNullable<Parameters<typeof RecordPage>[0]["decorate"]>;

/** What stands beside the values of a deal: the lines against the estimate, the weighted value, and the stage as steps. */
function decorated(field: FieldShape, value: ReturnType<Decorate>, node: Record<string, unknown>) {
  const estimate = node["estimatedValue"] as Money | null;
  const lines = node["totalAmount"] as Money | null;
  const contradicts = estimate && lines && Math.abs(estimate.amount - lines.amount) >= 1;
  const beside: Partial<Record<string, () => ReturnType<Decorate>>> = {
    estimatedValue: () => contradicts && <span className="tag risk">{say("linesSay", { money: money(lines) })}</span>,
    closeProbability: () => {
      const chance = node["closeProbability"];
      if (!estimate || typeof chance !== "number" || node["state"] !== "OPEN") return null;
      const weighted = { amount: (estimate.amount * chance) / 100, currency: estimate.currency };
      return <span className="detail">{say("weighted", { money: money(weighted) })}</span>;
    },
    salesStage: () => {
      const stages = field.values ?? [];
      const at = stages.findIndex(({ name }) => name === node["salesStage"]);
      return at >= 0 && <Steps at={at} of={stages.length} />;
    },
  };
  // The two values that contradict stand side by side.
  if (field.name === "totalAmount" && contradicts) return null;
  return (
    <>
      {value} {beside[field.name]?.()}
    </>
  );
}
