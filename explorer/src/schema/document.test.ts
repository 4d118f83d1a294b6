import { expect, test } from "vitest";
import { recordDocument } from "./document";
import type { RecordShape } from "./records";

test("the page of a record reads the root field of its type, so that further types add nothing to its request", () => {
  const name = { name: "name", description: "", many: false, kind: "scalar", type: "String" };
  const shape = { name: "SalesOrder", root: "salesOrder", fields: [name] } as unknown as RecordShape;
  const document = recordDocument(shape);
  expect(document).toMatch(/node: salesOrder\(id: \$id\) \{ __typename \.\.\.RecordCommon name \}/);
  expect(document).not.toMatch(/\bnode\(/);
});
