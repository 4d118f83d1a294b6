import { useState } from "react";
import { Plus } from "lucide-react";
import { Link } from "wouter";
import { useKeys } from "../../app/keys";
import { useAnswer } from "../../app/useAnswer";
import {
  WhiteSpaceSelectionDocument,
  type OpenerFragment,
  type WhiteSpaceAccountFragment,
  type WhiteSpaceQuery,
  type WhiteSpaceSelectionQuery,
} from "../../generated/graphql";
import { Expected, Gauge } from "../../marks/marks";
import { PanelSection } from "../../parts/Panel";
import { Partial as PartialFailure } from "../../parts/States";
import { day, decimal, money, percent } from "../../words/format";
import { words } from "../../words/words";
import { medianLine, type Move, type Place } from "./matrix";
import { cellSentence, owned } from "./sentences";
import type { Writes } from "./useWrites";

const say = words("whiteSpace");
const REASONS = ["COMPETITOR", "OWN_SOLUTION", "NO_NEED"] as const;
const MOST_SIBLINGS = 5;
const MOST_LINES = 6;

interface Props {
  data: WhiteSpaceQuery;
  place: Place;
  writes: Writes;
  add: () => void;
}

interface Details {
  selected: WhiteSpaceAccountFragment | null;
  openers: readonly OpenerFragment[] | null;
}

/** The selected cell: its verdict and what to do, the products that are missing, what they have, and who opens it. */
export function CellPanel(props: Props) {
  const { data, place } = props;
  const { selected, openers } = data;
  if (selected?.id === place.row.account.id) return <Shown {...props} details={{ selected, openers: openers ?? [] }} />;
  return <Fetched key={place.row.account.id} {...props} />;
}

function Fetched(props: Props) {
  const sel = props.place.row.account.id;
  const answer = useAnswer<WhiteSpaceSelectionQuery>("white-space-selection", sel, () => ({
    document: WhiteSpaceSelectionDocument,
    variables: { sel },
  }));
  const { data } = answer;
  return (
    <>
      <Shown {...props} details={data?.selected?.id === sel ? (data as Details) : null} />
      {answer.failure && <PartialFailure failure={answer.failure} again={answer.again} />}
    </>
  );
}

type ShownProps = Omit<Props, "data"> & { details: Details | null };

/** A cell with what the matrix says about it, and with the details of its account if they are here. */
export function Shown({ place, writes, add, details }: ShownProps) {
  const { row, column, cell, key } = place;
  return (
    <>
      <section className="p-sec white-subject">
        <p className="dim">{row.account.name}</p>
        <h2>
          {column.name}
          {key === writes.justNow && <span className="tag you">{say("justNow")}</span>}
        </h2>
      </section>
      <section className="p-sec">
        <p className="judgement">{cellSentence(place)}</p>
        <Actions key={key} place={place} writes={writes} add={add} />
      </section>
      {cell.moves.length > 0 && (
        <PanelSection title={say("missing")} count={say("expectedSum", { money: money(cell.expected) })}>
          {cell.moves.map((move) => (
            <Missing key={move.product.id} move={move} />
          ))}
        </PanelSection>
      )}
      {cell.bought.amount > 0 && details?.selected && <Bought place={place} account={details.selected} />}
      {cell.moves.length > 0 && <Others place={place} />}
      {details?.openers && <Openers place={place} ties={details.openers} />}
    </>
  );
}

function Actions({ place, writes, add }: { place: Place; writes: Writes; add: () => void }) {
  const { cell } = place;
  const [asking, setAsking] = useState(false);
  const ask = cell.dismissal === null && !asking;
  useKeys({ n: () => (cell.dismissal ? writes.allow(place) : setAsking(!asking)) });
  if (asking && cell.dismissal === null)
    return (
      <div className="p-verbs white-why" role="group" aria-label={say("whyNot")}>
        <p className="dim">{say("whyNot")}</p>
        {REASONS.map((reason, index) => (
          <button
            key={reason}
            type="button"
            className="btn sm"
            autoFocus={index === 0}
            onClick={() => {
              setAsking(false);
              writes.dismiss(place, reason);
            }}
          >
            {say(reason)}
          </button>
        ))}
        <button type="button" className="btn sm ghost" onClick={() => setAsking(false)}>
          {say("cancel")}
        </button>
      </div>
    );
  return (
    <p className="p-verbs">
      {cell.moves.length > 0 && (
        <button type="button" className="btn sm pri" onClick={add}>
          <Plus aria-hidden="true" /> {say("add")} <kbd>A</kbd>
        </button>
      )}
      <button type="button" className="btn sm" onClick={() => (ask ? setAsking(true) : writes.allow(place))}>
        {say(ask ? "notForThem" : "allow")} <kbd>N</kbd>
      </button>
    </p>
  );
}

function Missing({ move }: { move: Move }) {
  const { rule, product, expected } = move;
  return (
    <div className="white-move">
      <p>
        <b>{product.name}</b> <Expected>{money(expected)}</Expected>
      </p>
      <p className="dim">
        {say("orders", { orders: rule.orders, all: rule.antecedentOrders, owned: owned(move) })}{" "}
        {move.fewOrders && <span className="tag">{say("fewOrders")}</span>}{" "}
        {say("chance", {
          chance: percent(rule.confidence * 100),
          lift: decimal(Math.round(rule.lift * 10) / 10),
          median: money({ ...expected, amount: medianLine(move) }),
        })}
      </p>
    </div>
  );
}

/** The products of the cell that the account has, and the orders that they are on. */
function Bought({ place: { cell, column }, account }: { place: Place; account: WhiteSpaceAccountFragment }) {
  const quantities = new Map<string, number>();
  const orders = account.orders.nodes.filter(({ lines }) => {
    const mine = lines.edges.filter(({ node }) => node.id === column.column || node.parent?.id === column.column);
    for (const { node, quantity } of mine)
      quantities.set(node.name, (quantities.get(node.name) ?? 0) + (quantity ?? 1));
    return mine.length > 0;
  });
  const named = orders.map(({ orderNumber, submitDate }) =>
    submitDate ? say("orderOn", { number: orderNumber ?? "", day: day(submitDate) }) : (orderNumber ?? ""),
  );
  const products = [...quantities].slice(0, MOST_LINES);
  return (
    <PanelSection title={say("bought")} count={money(cell.bought)}>
      <dl className="kv">
        {products.map(([product, quantity]) => (
          <div key={product}>
            <dt>{product}</dt>
            <dd>{decimal(quantity)}</dd>
          </div>
        ))}
      </dl>
      <p className="dimmer small">
        {named.length > 0
          ? say("onOrders", { n: named.length, first: named[0]!, last: named.at(-1)! })
          : say("noLines", { n: account.orders.nodes.length })}
      </p>
    </PanelSection>
  );
}

function Others({ place: { cell, row } }: { place: Place }) {
  const products = new Map<string, { name: string; has: string[] }>();
  for (const { product, siblings } of cell.moves)
    for (const { id, name } of siblings)
      if (id !== row.account.id) {
        const found = products.get(id) ?? { name, has: [] };
        products.set(id, { ...found, has: [...found.has, product.name] });
      }
  const accounts = [...products].sort(([, one], [, other]) => other.has.length - one.has.length);
  return (
    <PanelSection title={say("groupHas")} count={accounts.length || undefined}>
      {accounts.length === 0 && <p className="dim">{say("nobodyHas")}</p>}
      <ul className="white-others">
        {accounts.slice(0, MOST_SIBLINGS).map(([id, { name, has }]) => (
          <li key={id} className="dim">
            {say.rich("has", {
              account: (
                <Link key={id} href={`/account/${id}`} className="link">
                  {name}
                </Link>
              ),
              products: has.join(", "),
            })}
          </li>
        ))}
      </ul>
    </PanelSection>
  );
}

function Openers({ place: { row }, ties }: { place: Place; ties: readonly OpenerFragment[] }) {
  return (
    <PanelSection title={say("opener")}>
      {ties.length === 0 && <p className="dim">{say("noOpener")}</p>}
      {ties.map(({ from, to, strength, lastAt }) => (
        <div key={`${from.id} ${to.id}`} className="white-opener">
          <p>
            <span className="cut">
              <b>{to.name}</b>
              {"jobTitle" in to && to.jobTitle && <span className="dim">, {to.jobTitle.toLowerCase()}</span>}
            </span>
            <Gauge value={strength} figureFirst />
          </p>
          <p className="dimmer small">
            {say(lastAt ? "throughLast" : "through", { name: from.name, day: lastAt ? day(lastAt) : "" })}
          </p>
        </div>
      ))}
      <Link href={`/way/${row.account.id}`} className="btn sm">
        {say("findWay")}
      </Link>
    </PanelSection>
  );
}
