import { useState } from "react";
import { Plus } from "lucide-react";
import type { WhiteSpaceMoveFragment } from "../../generated/graphql";
import { Expected } from "../../marks/marks";
import { Table, type Column } from "../../parts/Table";
import { money, shortName } from "../../words/format";
import { words } from "../../words/words";
import { both, owned } from "./sentences";

const say = words("whiteSpace");
const NAMED = 2;
/** The moves that are shown when there are more. */
const FIRST = 3;

interface Props {
  name: string;
  moves: readonly WhiteSpaceMoveFragment[];
  /** Shows the first ones, and the others on request. */
  folded: boolean;
  select: (account: string, product: string) => void;
  add: (account: string, product: string) => void;
}

/** The best products to propose over all accounts, each with its reason. */
export function Moves({ name, moves, folded, select, add }: Props) {
  const [all, setAll] = useState(false);
  const shown = folded && !all ? moves.slice(0, FIRST) : moves;
  if (moves.length === 0) return null;
  const columns: Column<WhiteSpaceMoveFragment>[] = [
    {
      key: "product",
      label: say("moveProduct"),
      width: "186px",
      phone: "main",
      cell: ({ product, accounts }) => (
        <button type="button" className="jump strong" onClick={() => select(accounts[0]!.id, product.id)}>
          {product.name}
        </button>
      ),
    },
    {
      key: "for",
      label: say("moveFor"),
      width: "232px",
      phone: "under",
      cell: ({ accounts, accountCount }) => {
        const names = accounts.map((one) => shortName(one.name, name));
        const text = accountCount > NAMED ? say("forMore", { name: names[0]!, n: accountCount - 1 }) : both(names);
        return (
          <span className="cut" title={text}>
            {text}
          </span>
        );
      },
    },
    {
      key: "because",
      label: say("because"),
      cell: (move) => (
        <>
          {say("because1", { orders: move.rule.orders, all: move.rule.antecedentOrders, owned: owned(move) })}{" "}
          {move.fewOrders && <span className="tag">{say("fewOrders")}</span>}
        </>
      ),
    },
    {
      key: "expected",
      label: say("expected"),
      width: "92px",
      end: true,
      phone: "figure",
      cell: ({ expected }) => <Expected>{money(expected)}</Expected>,
    },
    {
      key: "add",
      label: say("addShort"),
      width: "76px",
      end: true,
      phone: "end",
      cell: ({ product, accounts }) => {
        const label = say("addFor", { product: product.name, account: accounts[0]!.name });
        return (
          <button
            type="button"
            className="btn sm"
            aria-label={label}
            title={label}
            onClick={() => add(accounts[0]!.id, product.id)}
          >
            <Plus aria-hidden="true" /> {say("addShort")}
          </button>
        );
      },
    },
  ];
  return (
    <section className="block moves">
      <h2>
        {say("moves")}
        <span className="c">{say("firstMoves", { n: shown.length })}</span>
        {shown.length < moves.length && (
          <button type="button" className="link" onClick={() => setAll(true)}>
            {say("moreMoves", { n: moves.length - shown.length })}
          </button>
        )}
      </h2>
      <Table
        label={say("moves")}
        rows={shown}
        total={shown.length}
        columns={columns}
        rowKey={({ product }) => product.id}
      />
    </section>
  );
}
