import { type ReactNode } from "react";
import { Figure } from "../../parts/Receipt";
import { Verdict } from "../../parts/Verdict";
import { money, moneyInWords, shortName } from "../../words/format";
import { words } from "../../words/words";
import { cellKey, bestOf, type Cell, groupName, type Matrix, mostExpected, type Move, type Place } from "./matrix";
import type { WhiteSpaceLens } from "./view";

const say = words("whiteSpace");

/** Names in one phrase: `a`, `a and b`. */
export function both(names: readonly string[]): string {
  return names.length > 1 ? say("and", { one: names.slice(0, -1).join(", "), two: names.at(-1)! }) : (names[0] ?? "");
}

/** The products of the rule behind a move. */
export function owned({ rule }: Pick<Move, "rule">): string {
  return both(rule.antecedent.map(({ name }) => name));
}

interface Props {
  name: string;
  matrix: Matrix;
  lens: WhiteSpaceLens;
  setLens: (patch: Partial<WhiteSpaceLens>) => void;
}

/** In how many places they buy, and what is expected where. */
export function Sentence({ name, matrix, lens, setLens }: Props) {
  const show = (e: string) => setLens({ e, cell: "" });
  const figure = (key: string, text: ReactNode) => (
    <Figure key={key} name={key} open={lens.cell ? "" : lens.e} show={show}>
      {text}
    </Figure>
  );
  const places = figure("places", say("placesOf", { n: matrix.boughtPlaces, places: matrix.places }));
  if (matrix.boughtPlaces === 0)
    return (
      <Verdict>
        {say("neverBought", { name })} <span className="soft">{say("neverBoughtHelp")}</span>
      </Verdict>
    );
  if (matrix.expected.amount === 0)
    return (
      <Verdict>
        {say.rich("noMoves", { name, bought: places })} <span className="soft">{say("noMovesHelp")}</span>
      </Verdict>
    );
  const [one, two] = mostExpected(matrix).map((row) => {
    const key = cellKey(row, row.cells[bestOf(row)]!);
    return (
      <Figure key={key} name={key} open={lens.cell} show={(cell) => setLens({ cell })}>
        {shortName(row.account.name, name)}
      </Figure>
    );
  });
  const where = say.rich(two ? "atTwo" : one ? "atOne" : "nowhere", { one, two });
  return (
    <Verdict wide>
      {say.rich("verdict", {
        name: groupName(matrix, name),
        bought: places,
        expected: figure("expected", moneyInWords(matrix.expected)),
        where,
      })}
    </Verdict>
  );
}

/** What Kith concludes about a cell. */
export function cellSentence({ cell, column: { name } }: Place): string {
  const [best] = cell.moves;
  if (best)
    return say("saysMove", {
      owned: owned(best),
      product: best.product.name,
      orders: best.rule.orders,
      all: best.rule.antecedentOrders,
    });
  if (cell.dismissal) return say("saysDISMISSED", { column: name, reason: say(cell.dismissal) });
  const slots = (value: Cell["open"]) => ({ column: name, money: money(value) });
  if (cell.open.amount > 0) return say("saysOpen", slots(cell.open));
  if (cell.state === "BOUGHT") return say("saysBought", { column: name });
  if (cell.state === "LOST") return say("saysLost", slots(cell.lost));
  if (cell.state === "CANCELED") return say("saysCanceled", slots(cell.canceled));
  return say("saysWhite", { column: name });
}

/** The amounts of a cell in words. */
export function parts(cell: Cell): string {
  const amounts = [
    cell.bought.amount > 0 && say("cellBought", { money: money(cell.bought) }),
    cell.open.amount > 0 && say("cellOpen", { money: money(cell.open) }),
    cell.lost.amount > 0 && say("cellLost", { money: money(cell.lost) }),
    cell.canceled.amount > 0 && say("cellCanceled", { money: money(cell.canceled) }),
    cell.dismissal && say("stateDISMISSED"),
    cell.expected.amount > 0 && say("cellExpected", { money: money(cell.expected) }),
  ].filter((part) => typeof part === "string");
  return amounts.join(", ") || say("stateWHITE");
}
