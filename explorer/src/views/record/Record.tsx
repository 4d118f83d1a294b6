import type { ViewProps } from "../../app/registry";
import { RecordPage } from "../../schema/RecordPage";
import type { RecordData } from "../../schema/records";
import { editingOf, known, type RecordLens } from "../../schema/request";

/** Any record without a view of its own. */
export default function Record({ data, lens, setLens, params }: ViewProps<RecordData, RecordLens>) {
  return <RecordPage shape={known.get(params["type"]!)!} node={data.node!} editing={editingOf(lens, setLens)} />;
}
