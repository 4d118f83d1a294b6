import { Plus } from "lucide-react";
import type { WhiteSpaceMoveFragment } from "../../generated/graphql";
import { Expected } from "../../marks/marks";
import { Table, type Column } from "../../parts/Table";
import { money } from "../../words/format";
import { words } from "../../words/words";
import { shortName } from "./matrix";
import { both, owned } from "./sentences";

const say = words("whiteSpace");
const NAMED = 2;

interface Props {
  name: string;
  moves: readonly WhiteSpaceMoveFragment[];
  select: (account: string, product: string) => void;
  add: (account: string, product: string) => void;
}

/** The best products to propose over all accounts, each with its reason. */
export function Moves({ name, moves, select, add }: Props) {
  if (moves.length === 0) return null;
  const columns: Column<WhiteSpaceMoveFragment>[] = [
    {
      key: "product",
      label: say("moveProduct"),
      width: "208px",
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
      width: "190px",
      phone: "under",
      cell: ({ accounts, accountCount }) => {
        const names = accounts.slice(0, NAMED).map((account) => shortName(account.name, name));
        const rest = accountCount - names.length;
        return rest > 0 ? say("forMore", { names: names.join(", "), n: rest }) : both(names);
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
        <span className="c">{say("firstMoves", { n: moves.length })}</span>
      </h2>
      <Table
        label={say("moves")}
        rows={moves}
        total={moves.length}
        columns={columns}
        rowKey={({ product }) => product.id}
      />
    </section>
  );
}
