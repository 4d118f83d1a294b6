import { expect, test } from "vitest";
import { labelInText, labelOf, valueLabel } from "./labels";

test("a field has the title of the schema, or its name in words", () => {
  expect(labelOf({ name: "closeProbability", title: "Chance" })).toBe("Chance");
  expect(labelOf({ name: "openedAt" })).toBe("Opened at");
});

test("a label within a sentence begins with a small letter, unless it is an abbreviation", () => {
  expect(labelInText({ name: "closeProbability", title: "Chance" })).toBe("chance");
  expect(labelInText({ name: "lei", title: "LEI" })).toBe("LEI");
  expect(labelInText({ name: "duns", title: "D-U-N-S number" })).toBe("D-U-N-S number");
});

test("a value of an enum has its title too", () => {
  const values = [{ name: "OUT_SOLD", description: "", title: "Lost to a competitor" }];
  expect(valueLabel(values, "OUT_SOLD")).toBe("Lost to a competitor");
  expect(valueLabel(values, "IN_PROGRESS")).toBe("In progress");
});
