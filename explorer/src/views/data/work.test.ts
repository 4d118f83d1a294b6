import { describe, expect, it } from "vitest";
import { isBusy, isOpen, lacking, stepOf } from "./work";

const field = (name: string, required: boolean) => ({ name, description: "", kind: "text", required });
const column = (name: string, becomes: string | null) => ({ name, samples: [], field: becomes });

describe("an import job", () => {
  it("is at the step of its state", () => {
    expect(stepOf("UPLOADED")).toBe(2);
    expect(stepOf("CHECKED")).toBe(3);
    expect(stepOf("LOADING")).toBe(4);
    expect(stepOf("UNDONE")).toBe(5);
  });

  it("can be changed until it is loaded", () => {
    expect([isOpen("UPLOADED"), isOpen("CHECKED"), isOpen("CHECKING"), isOpen("LOADED")]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([isBusy("UNDOING"), isBusy("STOPPED")]).toEqual([true, false]);
  });

  it("lacks the required fields that no column becomes", () => {
    const targetFields = [field("name", true), field("city", false)];
    expect(lacking({ columns: [column("town", "city")], targetFields })).toEqual(["name"]);
    expect(lacking({ columns: [column("company", "name")], targetFields })).toEqual([]);
  });
});
