import { describe, expect, test } from "vitest";
import {
  bestPlace,
  type Cell,
  changed,
  groupName,
  type Matrix,
  medianLine,
  mostExpected,
  type Move,
  placeAt,
  rowsOf,
  thousands,
  tone,
  tonesOf,
} from "./matrix";
import { shortName } from "../../words/format";

const usd = (amount: number) => ({ amount, currency: "USD" });

function move(id: string, amount: number, confidence = 0.5): Move {
  return {
    product: { id, name: id },
    accounts: [],
    accountCount: 1,
    expected: usd(amount),
    fewOrders: false,
    rule: { antecedent: [], orders: 10, antecedentOrders: 20, confidence, lift: 2 },
    siblings: [],
  };
}

function cell(column: string, bought: number, moves: Move[] = []): Cell {
  return {
    column,
    state: bought > 0 ? "BOUGHT" : "WHITE",
    dismissal: null,
    bought: usd(bought),
    open: usd(0),
    lost: usd(0),
    canceled: usd(0),
    expected: usd(moves.reduce((sum, { expected }) => sum + expected.amount, 0)),
    moves,
  };
}

function matrixOf(rows: Record<string, Cell[]>, mine: readonly string[] = []): Matrix {
  const sum = (cells: readonly Cell[], of: "bought" | "expected") =>
    usd(cells.reduce((total, each) => total + each[of].amount, 0));
  const all = Object.entries(rows);
  return {
    accounts: all.length,
    places: all.length * all[0]![1].length,
    boughtPlaces: 0,
    orders: 100,
    bought: sum(
      all.flatMap(([, cells]) => cells),
      "bought",
    ),
    expected: sum(
      all.flatMap(([, cells]) => cells),
      "expected",
    ),
    columns: all[0]![1].map(({ column }, at) => {
      const cells = all.map(([, each]) => each[at]!);
      return { column, name: column, owners: 0, bought: sum(cells, "bought"), expected: sum(cells, "expected") };
    }),
    rows: all.map(([id, cells]) => ({
      depth: 0,
      account: {
        id,
        name: id,
        relationship: "CUSTOMER",
        parent: null,
        team: { edges: mine.includes(id) ? [{ node: { id: "me" } }] : [] },
      },
      bought: sum(cells, "bought"),
      expected: sum(cells, "expected"),
      cells,
    })),
    moves: [],
  };
}

const HISTORIAN = move("historian", 6_660);
const MATRIX = matrixOf(
  {
    bakery: [cell("software", 30_000, [HISTORIAN, move("execution", 15_556)]), cell("drives", 0)],
    dairy: [cell("software", 0), cell("drives", 12_000, [move("converter", 9_000)])],
    steyr: [cell("software", 500), cell("drives", 0, [move("brake", 8_000)])],
  },
  ["dairy"],
);

describe("the matrix", () => {
  test("the tones follow what the group bought, at round thousands", () => {
    const bought = (amounts: number[]) => ({
      rows: matrixOf({ a: amounts.map((one, at) => cell(`${at}`, one)) }).rows,
    });
    expect(tonesOf(bought([2_000, 5_100, 8_400, 11_900, 23_000, 64_000]))).toEqual([8_000, 20_000]);
    expect(tonesOf(bought([41_000, 48_000, 66_000, 91_000, 120_000, 152_000]))).toEqual([70_000, 140_000]);
    expect(tonesOf(bought([0, 0]))).toEqual([1_000, 2_000]);
  });

  test("the best cell has the highest expected value of the rows on the page", () => {
    expect(bestPlace(MATRIX, MATRIX.rows)?.key).toBe("bakery.software");
    expect(bestPlace(MATRIX, MATRIX.rows.slice(1))?.key).toBe("dairy.drives");
    expect(bestPlace(MATRIX, [])).toBeNull();
  });

  test("amounts are written in thousands, and toned in three steps", () => {
    expect([30, 300, 4_800, 13_049, 138_000, 0].map(thousands)).toEqual(["0.1", "0.3", "4.8", "13", "138", "0"]);
    const toned = (amount: number) => tone(amount, [8_000, 20_000]);
    expect([7_999, 8_000, 19_999, 20_000].map(toned)).toEqual([1, 2, 2, 3]);
  });

  test("an address names a cell, or an account alone its best one", () => {
    expect(placeAt(MATRIX, "bakery.drives")?.cell).toBe(MATRIX.rows[0]!.cells[1]);
    expect(placeAt(MATRIX, "steyr")?.column.column).toBe("drives");
    expect([placeAt(MATRIX, "bakery.pumps"), placeAt(MATRIX, "other.drives"), placeAt(MATRIX, "")]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test("one or two accounts have over half of what is expected, or none does", () => {
    expect(mostExpected(MATRIX).map(({ account }) => account.id)).toEqual(["bakery"]);
    const even = matrixOf({
      a: [cell("x", 1, [move("p", 30)])],
      b: [cell("x", 1, [move("p", 30)])],
      c: [cell("x", 1, [move("p", 30)])],
    });
    expect(mostExpected(even).map(({ account }) => account.id)).toEqual(["a", "b"]);
    const many = matrixOf(Object.fromEntries(["a", "b", "c", "d"].map((id) => [id, [cell("x", 1, [move("p", 30)])]])));
    expect(mostExpected(many)).toEqual([]);
    expect(mostExpected(matrixOf({ a: [cell("x", 1, [move("p", 30)])] }))).toEqual([]);
  });

  test("filters leave the rows with an expectation, or mine", () => {
    const names = (only: string[]) => rowsOf(MATRIX, only, "me").map(({ account }) => account.id);
    expect(names([])).toEqual(["bakery", "dairy", "steyr"]);
    expect(names(["mine"])).toEqual(["dairy"]);
    expect(names(["mine", "expected"])).toEqual(["dairy"]);
    expect(rowsOf(matrixOf({ a: [cell("x", 1)] }), ["expected"], "me")).toEqual([]);
  });

  test("the first word of a group is left out of the names of its accounts", () => {
    expect(shortName("Orlumera Bakery GmbH", "Orlumera Group GmbH")).toBe("Bakery GmbH");
    expect(shortName("Orlumera Group GmbH", "Orlumera Group GmbH")).toBe("Orlumera Group GmbH");
    expect(shortName("Ralivik Germany AG", "Orlumera Group GmbH")).toBe("Ralivik Germany AG");
    expect(shortName("Orlumera", "Orlumera Group GmbH")).toBe("Orlumera");
    const group = matrixOf({ "Orlumera Group": [cell("x", 1)], "Orlumera Bakery": [cell("x", 1)] });
    expect([groupName(group, "Orlumera Group"), groupName(MATRIX, "bakery")]).toEqual(["Orlumera", "bakery"]);
  });
});

describe("a change that is on its way", () => {
  test("a proposed product is open, and nothing more is expected of it in the cell, the row, the column and in all", () => {
    const after = changed(MATRIX, "bakery.software", { kind: "proposed", move: HISTORIAN });
    const [mine] = after.rows;
    expect(medianLine(HISTORIAN)).toBe(13_320);
    expect(mine!.cells[0]).toMatchObject({ state: "BOUGHT", open: usd(13_320), expected: usd(15_556) });
    expect(mine!.cells[0]!.moves.map(({ product }) => product.id)).toEqual(["execution"]);
    for (const [of, before] of [
      [mine!, MATRIX.rows[0]!],
      [after.columns[0]!, MATRIX.columns[0]!],
      [after, MATRIX],
    ] as const)
      expect(before.expected.amount - of.expected.amount).toBe(6_660);
    expect(after.rows.slice(1)).toEqual(MATRIX.rows.slice(1));
    expect(after.columns[1]).toBe(MATRIX.columns[1]);
  });

  test("a cell that is not for them expects nothing, and may be proposed again", () => {
    const after = changed(MATRIX, "steyr.drives", { kind: "dismissed", reason: "NO_NEED" });
    expect(placeAt(after, "steyr.drives")?.cell).toMatchObject({
      state: "DISMISSED",
      dismissal: "NO_NEED",
      expected: usd(0),
    });
    expect(after.expected.amount).toBe(MATRIX.expected.amount - 8_000);
    const again = changed(after, "steyr.drives", { kind: "allowed" });
    expect(placeAt(again, "steyr.drives")?.cell).toMatchObject({ state: "WHITE", dismissal: null });
  });

  test("a change of a cell that is not there changes nothing", () => {
    expect(changed(MATRIX, "bakery.pumps", { kind: "allowed" })).toBe(MATRIX);
  });
});
