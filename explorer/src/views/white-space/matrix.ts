import type { WhiteSpaceQuery } from "../../generated/graphql";
import { firstWord, shortName } from "../../words/format";

export type Matrix = NonNullable<WhiteSpaceQuery["account"]>["whitespace"];
export type Row = Matrix["rows"][number];
export type Column = Matrix["columns"][number];
export type Cell = Row["cells"][number];
export type Move = Cell["moves"][number];

/** A cell with its row and its column. */
export interface Place {
  row: Row;
  column: Column;
  cell: Cell;
  key: string;
}

/** The amounts from which a bought cell has the second and the third tone. */
export type Tones = readonly [second: number, third: number];

/** An amount with its first digit alone. */
function rounded(amount: number): number {
  const unit = 10 ** Math.floor(Math.log10(amount));
  return Math.max(1000, Math.round(amount / unit) * unit);
}

/** The tones that divide what a group bought into three about equal parts, at round thousands. */
export function tonesOf({ rows }: Pick<Matrix, "rows">): Tones {
  const bought = rows.flatMap(({ cells }) => cells.map((cell) => cell.bought.amount)).filter((amount) => amount > 0);
  const sorted = bought.sort((one, other) => one - other);
  const at = (share: number) => rounded(sorted[Math.floor(sorted.length * share)] ?? 1000);
  const second = at(1 / 3);
  return [second, Math.max(at(2 / 3), 2 * second)];
}

export function tone(amount: number, [second, third]: Tones): 1 | 2 | 3 {
  return amount >= third ? 3 : amount >= second ? 2 : 1;
}

const EXACT_BELOW = 10_000;

/** An amount in thousands: `0.3`, `4.8`, `13`. */
export function thousands(amount: number): string {
  const digits = Math.abs(amount) < EXACT_BELOW ? 1 : 0;
  const [lowest, written] = [0.1, amount / 1000];
  return (amount > 0 && written < lowest ? lowest : written).toFixed(digits).replace(/\.0$/, "");
}

export function cellKey(row: Row, cell: Cell): string {
  return `${row.account.id}.${cell.column}`;
}

export function placeOf(matrix: Matrix, row: Row, index: number): Place {
  const cell = row.cells[index]!;
  return { row, column: matrix.columns[index]!, cell, key: cellKey(row, cell) };
}

/** The cell that the address names; for an account alone, its cell with the highest expected value. */
export function placeAt(matrix: Matrix, key: string): Place | null {
  const [account, column] = key.split(".");
  const row = matrix.rows.find((each) => each.account.id === account);
  if (!row) return null;
  const index = column ? row.cells.findIndex((cell) => cell.column === column) : bestOf(row);
  return index < 0 ? null : placeOf(matrix, row, index);
}

/** The index of the cell with the highest expected value; of the first one, where nothing is expected. */
export function bestOf(row: Row): number {
  return row.cells.reduce(
    (best, cell, index) => (cell.expected.amount > row.cells[best]!.expected.amount ? index : best),
    0,
  );
}

/** The cell with the highest expected value of all; null where nothing is expected. */
export function bestPlace(matrix: Matrix, rows: readonly Row[]): Place | null {
  const places = rows.map((row) => placeOf(matrix, row, bestOf(row)));
  const [best] = places.sort((one, other) => other.cell.expected.amount - one.cell.expected.amount);
  return best && best.cell.expected.amount > 0 ? best : null;
}

/** The rows that pass the filters. */
export function rowsOf(matrix: Matrix, only: readonly string[], me: string): Row[] {
  return matrix.rows.filter(
    ({ expected, account }) =>
      (!only.includes("expected") || expected.amount > 0) &&
      (!only.includes("mine") || account.team.edges.some(({ node }) => node.id === me)),
  );
}

/** The fewest accounts, at most two, that together have over half of what is expected. */
export function mostExpected(matrix: Matrix): Row[] {
  const sorted = matrix.rows
    .filter(({ expected }) => expected.amount > 0)
    .sort((one, other) => other.expected.amount - one.expected.amount);
  const half = matrix.expected.amount / 2;
  const [first, second] = sorted;
  if (!first || matrix.accounts === 1) return [];
  if (first.expected.amount > half) return [first];
  return second && first.expected.amount + second.expected.amount > half ? [first, second] : [];
}

/** The first word of a group, by which it is called where its accounts have it in common; otherwise its name. */
export function groupName({ rows }: Matrix, name: string): string {
  const common = rows.some(({ account }) => shortName(account.name, name) !== account.name);
  return common ? firstWord(name) : name;
}

/** The median amount of a line, from which the expected value of a move for one account comes. */
export function medianLine(move: Move): number {
  return Math.round((move.expected.amount / move.rule.confidence) * 100) / 100;
}

/** A change that was sent and is not in the data yet. */
export type Change =
  | { kind: "proposed"; move: Move }
  | { kind: "dismissed"; reason: NonNullable<Cell["dismissal"]> }
  | { kind: "allowed" };

function changedCell(cell: Cell, change: Change): Cell {
  const none = { ...cell.expected, amount: 0 };
  if (change.kind === "allowed")
    return { ...cell, dismissal: null, state: cell.state === "DISMISSED" ? "WHITE" : cell.state };
  if (change.kind === "dismissed") {
    const state = cell.state === "BOUGHT" || cell.state === "OPEN" ? cell.state : "DISMISSED";
    return { ...cell, state, dismissal: change.reason, expected: none, moves: [] };
  }
  const moves = cell.moves.filter(({ product }) => product.id !== change.move.product.id);
  return {
    ...cell,
    state: cell.state === "BOUGHT" ? "BOUGHT" : "OPEN",
    open: { ...cell.open, amount: cell.open.amount + medianLine(change.move) },
    expected: { ...cell.expected, amount: cell.expected.amount - change.move.expected.amount },
    moves,
  };
}

/** The matrix as it will be after a change of one cell: the sums of its row and its column change with it. */
export function changed(matrix: Matrix, key: string, change: Change): Matrix {
  const place = placeAt(matrix, key);
  if (!place) return matrix;
  const cell = changedCell(place.cell, change);
  const by = cell.expected.amount - place.cell.expected.amount;
  const plus = <T extends { expected: { amount: number } }>(of: T): T => ({
    ...of,
    expected: { ...of.expected, amount: of.expected.amount + by },
  });
  return {
    ...plus(matrix),
    columns: matrix.columns.map((column) => (column === place.column ? plus(column) : column)),
    rows: matrix.rows.map((row) =>
      row === place.row ? { ...plus(row), cells: row.cells.map((each) => (each === place.cell ? cell : each)) } : row,
    ),
  };
}
