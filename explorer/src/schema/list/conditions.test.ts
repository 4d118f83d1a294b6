import { expect, test } from "vitest";
import type { FieldShape, RecordShape } from "../records";
import { initialSort, orderFor, readCondition, whereFor, writeCondition, type Condition } from "./conditions";

function field(name: string, kind: FieldShape["kind"], type: string, order: boolean | string = true): FieldShape {
  return { name, description: "", many: false, kind, type, filter: true, order };
}

const ORDER = {
  name: "SalesOrder",
  label: "name",
  fields: [
    field("name", "scalar", "String"),
    field("state", "enum", "OrderState"),
    field("submitDate", "scalar", "Date"),
    field("totalAmount", "money", "Money"),
    field("account", "reference", "Account", "name"),
  ],
  common: [],
} as unknown as RecordShape;

const where = (texts: readonly string[], q = "") =>
  whereFor(
    ORDER,
    texts.map((text) => readCondition(text)!),
    q,
  );

test("a condition is read as it was written, whatever its value", () => {
  const condition: Condition = { field: "name", operator: "contains", value: "a.is.b, c" };
  expect(readCondition(writeCondition(condition))).toEqual(condition);
  expect(readCondition("nothing")).toBeNull();
});

test("values of one field are alternatives, and all else must hold", () => {
  expect(where(["state.is.ACTIVE", "state.is.INVOICED", "totalAmount.least.20000"], "pump")).toEqual({
    and: [
      { state: { in: ["ACTIVE", "INVOICED"] } },
      { totalAmount: { gte: 20_000 } },
      { name: { contains: "pump", ignoreCase: true } },
    ],
  });
  expect(where([])).toBeNull();
});

test("a link is to one of several records, or to none", () => {
  expect(where(["account.is.one"])).toEqual({ and: [{ account: { is: { id: { in: ["one"] } } } }] });
  expect(where(["account.is."])).toEqual({ and: [{ account: { exists: false } }] });
  expect(where(["account.is.", "account.is.one"])).toEqual({
    and: [{ or: [{ account: { is: { id: { in: ["one"] } } } }, { account: { exists: false } }] }],
  });
});

test("an unknown field and a comparison that a field does not have are left out", () => {
  expect(where(["other.is.1", "state.least.ACTIVE"])).toBeNull();
});

test("a list begins with the newest date, and sorts a link by the name of its record", () => {
  expect(initialSort(ORDER)).toBe("submitDate DESC");
  expect(orderFor(ORDER, "")).toEqual([{ submitDate: "DESC" }]);
  expect(orderFor(ORDER, "account ASC")).toEqual([{ account: { name: "ASC" } }]);
  expect(orderFor(ORDER, "nothing DESC")).toEqual([{ id: "DESC" }]);
});
