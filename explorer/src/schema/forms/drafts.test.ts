import { expect, test } from "vitest";
import type { InputShape } from "../records";
import { changedFields, draftOf, draftsOf, valueOf } from "./drafts";

function input(name: string, kind: InputShape["kind"], type: string, rest: Partial<InputShape> = {}): InputShape {
  return { name, description: "", required: false, many: false, kind, type, ...rest };
}

const CASES: readonly [InputShape, unknown, unknown][] = [
  [input("name", "scalar", "String"), "Pump", "Pump"],
  [input("closeProbability", "scalar", "Int"), 60, 60],
  [input("creditOnHold", "scalar", "Boolean"), false, false],
  [input("state", "enum", "OrderState"), "ACTIVE", "ACTIVE"],
  [input("value", "money", "MoneyInput"), { amount: 12.5, currency: "EUR" }, { amount: 12.5, currency: "EUR" }],
  [input("account", "reference", "Account"), { __typename: "Account", id: "one", name: "One" }, "one"],
  [input("at", "scalar", "DateTime"), "2026-11-25T18:40:00.000Z", "2026-11-25T18:40:00.000Z"],
  [input("roles", "scalar", "String", { many: true }), ["a", "b"], ["a", "b"]],
];

test("what stands in a control is the value of the field again", () => {
  for (const [field, value, sent] of CASES) expect(valueOf(field, draftOf(field, value)), field.name).toEqual(sent);
});

test("an empty control is no value", () => {
  for (const [field] of CASES) expect(valueOf(field, draftOf(field, null)), field.name).toBeNull();
  const group = input("employment", "group", "EmploymentInput", { fields: CASES.map(([field]) => field) });
  expect(valueOf(group, draftOf(group, null))).toBeNull();
});

test("only the fields that differ are sent, and a text that is no number is left to the server", () => {
  const fields = CASES.map(([field]) => field);
  const before = draftsOf(fields, Object.fromEntries(CASES.map(([{ name }, value]) => [name, value])));
  const after = { ...before, closeProbability: "many" };
  expect(changedFields(fields, before, after).map(({ name }) => name)).toEqual(["closeProbability"]);
  expect(valueOf(fields[1]!, after.closeProbability)).toBe("many");
});
