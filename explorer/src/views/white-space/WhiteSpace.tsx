import { useState } from "react";
import { Grid3x3, Table2 } from "lucide-react";
import { useKeys } from "../../app/keys";
import type { ViewProps } from "../../app/registry";
import type { WhiteSpaceQuery } from "../../generated/graphql";
import { Expected } from "../../marks/marks";
import { Page } from "../../parts/Page";
import { PanelSection } from "../../parts/Panel";
import { Sum } from "../../parts/Receipt";
import { Empty } from "../../parts/States";
import { toast } from "../../parts/toasts";
import { useMedia } from "../../parts/useMedia";
import { accountHead } from "../../subjects/account";
import { count, money, moneyInFull } from "../../words/format";
import { words } from "../../words/words";
import { CellPanel, Shown } from "./CellPanel";
import { CellTable } from "./CellTable";
import { bestPlace, type Matrix, placeAt, type Place, rowsOf, tonesOf, type Tones } from "./matrix";
import { MatrixGrid } from "./MatrixGrid";
import { Moves } from "./Moves";
import { Sentence } from "./sentences";
import { useWrites } from "./useWrites";
import { ONLY, type WhiteSpaceLens } from "./view";
import "./white-space.css";

const say = words("whiteSpace");
const MOST_TERMS = 12;
/** The number of rows above which the best moves stand before the matrix. */
const LONG = 16;
const PHONE = "(max-width: 479px)";

/** What do they not buy yet, and what would they buy next? */
export default function WhiteSpace({ data, lens, setLens, again, stale }: ViewProps<WhiteSpaceQuery, WhiteSpaceLens>) {
  const account = data.account!;
  const writes = useWrites(account.whitespace, again);
  const matrix = writes.shown;
  const rows = rowsOf(matrix, lens.only, data.me?.user?.id ?? "");
  const chosen = lens.cell ? placeAt(matrix, lens.cell) : null;
  // Until the reader chooses a cell or a figure, it is the best one.
  const place = chosen ?? (lens.e ? null : bestPlace(matrix, rows));
  const phone = useMedia(PHONE);
  const as = lens.as || (phone ? "table" : "matrix");
  const tones = tonesOf(matrix);
  const select = (cell: string) => setLens({ cell });
  const add = (at: Place | null, product?: string) => {
    const move = product ? at?.cell.moves.find((each) => each.product.id === product) : at?.cell.moves[0];
    if (at && move) writes.propose(at, move);
    else toast({ message: say("nothingToAdd") });
  };
  /** The cell of a product at an account. */
  const placeOfMove = (id: string, product: string): Place | null => {
    const cells = matrix.rows.find((row) => row.account.id === id)?.cells ?? [];
    const found = cells.find(({ moves }) => moves.some((move) => move.product.id === product));
    return found ? placeAt(matrix, `${id}.${found.column}`) : null;
  };
  useKeys({
    a: () => add(place),
    f: () => setLens({ by: lens.by === "family" ? "product" : "family", cell: "" }),
    t: () => setLens({ as: as === "matrix" ? "table" : "matrix" }),
    Enter: () => document.querySelector<HTMLElement>(".panel")?.focus(),
  });
  const common = {
    name: account.name,
    matrix,
    rows,
    lens,
    tones,
    selected: place?.key ?? "",
    justNow: writes.justNow,
    select,
  };
  const head = accountHead(account);
  const expected = matrix.expected.amount > 0 ? `+${money(matrix.expected)}` : null;
  const first = rows.length > LONG;
  const moves = (
    <Moves
      name={account.name}
      moves={matrix.moves}
      folded={first}
      select={(id, product) => {
        const found = placeOfMove(id, product);
        if (found) select(found.key);
      }}
      add={(id, product) => {
        const found = placeOfMove(id, product);
        if (found) select(found.key);
        add(found, product);
      }}
    />
  );
  return (
    <Page
      head={{ ...head, counts: { ...head.counts, "white-space": expected } }}
      verdict={<Sentence name={account.name} matrix={matrix} lens={lens} setLens={setLens} />}
      panel={
        chosen ? (
          <CellPanel data={data} place={chosen} writes={writes} add={() => add(chosen)} />
        ) : (
          <>
            {place && <Shown place={place} writes={writes} add={() => add(place)} details={null} />}
            <Evidence matrix={matrix} lens={lens} select={select} />
          </>
        )
      }
      honesty={{
        says: say("honesty", { shown: matrix.rows.length, accounts: matrix.accounts, orders: matrix.orders }),
        unfinished: matrix.rows.length < matrix.accounts,
      }}
    >
      <Controls lens={lens} setLens={setLens} as={as} tones={tones} />
      <div aria-busy={stale}>
        {first && moves}
        {rows.length === 0 && (
          <Empty>
            <p>{say("nothing")}</p>
          </Empty>
        )}
        {rows.length > 0 &&
          (as === "matrix" ? <MatrixGrid {...common} /> : <CellTable {...common} bestFirst={phone} />)}
        {!first && moves}
      </div>
    </Page>
  );
}

interface ControlProps {
  as: "matrix" | "table";
  tones: Tones;
  lens: WhiteSpaceLens;
  setLens: (patch: Partial<WhiteSpaceLens>) => void;
}

function Controls({ lens, setLens, as, tones }: ControlProps) {
  const only = (name: string) =>
    setLens({ only: lens.only.includes(name) ? lens.only.filter((each) => each !== name) : [...lens.only, name] });
  const [low, high] = tones.map((amount) => count(amount / 1000));
  return (
    <div className="white-controls">
      <div className="seg" role="group" aria-label={say("columns")}>
        {(["family", "product"] as const).map((by) => (
          <button key={by} type="button" aria-pressed={lens.by === by} onClick={() => setLens({ by, cell: "" })}>
            {say(by)}
          </button>
        ))}
      </div>
      <span className="white-legend">
        <span>
          {say("legendBought")} <i className="own l1" /> {say("toneBelow", { amount: low! })} <i className="own l2" />{" "}
          {say("toneBelow", { amount: high! })} <i className="own l3" /> {say("toneFrom", { amount: high! })}
        </span>
        <span>
          <i className="opn" /> {say("legendOpen")}
        </span>
        <span>
          <b>×</b> {say("legendLost")}
        </span>
        <span>
          <b>⊘</b> {say("legendCanceled")}
        </span>
        <span>
          <i className="w" /> {say("legendWhite")}
        </span>
        <span>
          <b className="opp">+</b> {say("legendExpected")}
        </span>
      </span>
      <span className="r chips">
        {ONLY.map((name) => (
          <button
            key={name}
            type="button"
            className="chip"
            aria-pressed={lens.only.includes(name)}
            onClick={() => only(name)}
          >
            {say(name === "mine" ? "onlyMine" : "onlyExpected")}
          </button>
        ))}
        <button
          type="button"
          className="btn sm icon"
          aria-pressed={as === "table"}
          aria-label={say(as === "table" ? "matrix" : "table")}
          title={say(as === "table" ? "matrix" : "table")}
          onClick={() => setLens({ as: as === "matrix" ? "table" : "matrix" })}
        >
          {as === "matrix" ? <Table2 aria-hidden="true" /> : <Grid3x3 aria-hidden="true" />}
        </button>
      </span>
    </div>
  );
}

/** The evidence of the verdict: where they buy, or where what is expected adds up. */
function Evidence({ matrix, lens, select }: { matrix: Matrix; lens: WhiteSpaceLens; select: (key: string) => void }) {
  const [all, setAll] = useState(false);
  if (lens.e === "places")
    return (
      <PanelSection title={say("boughtIn")} count={say("together", { n: matrix.accounts })}>
        <Sum
          rows={matrix.columns.map(({ column, name, owners }) => ({
            key: column,
            label: name,
            value: say("owners", { n: owners, all: matrix.accounts }),
          }))}
          total={{
            label: say("allPlaces"),
            value: say("owners", { n: matrix.boughtPlaces, all: matrix.places }),
          }}
        />
      </PanelSection>
    );
  const terms = matrix.rows
    .filter(({ expected }) => expected.amount > 0)
    .sort((one, other) => other.expected.amount - one.expected.amount);
  const shown = all ? terms : terms.slice(0, MOST_TERMS);
  const rest = matrix.expected.amount - shown.reduce((sum, { expected }) => sum + expected.amount, 0);
  return (
    <>
      <PanelSection title={say("expectedAt")}>
        <Sum
          rows={[
            ...shown.map(({ account, expected }) => ({
              key: account.id,
              label: (
                <button type="button" className="jump" onClick={() => select(account.id)}>
                  {account.name}
                </button>
              ),
              value: moneyInFull(expected),
            })),
            ...(terms.length > shown.length
              ? [
                  {
                    key: "",
                    label: (
                      <button type="button" className="jump" onClick={() => setAll(true)}>
                        {say("others", { n: terms.length - shown.length })}
                      </button>
                    ),
                    value: moneyInFull({ ...matrix.expected, amount: rest }),
                  },
                ]
              : []),
          ]}
          total={{ label: say("allExpected"), value: <Expected>{moneyInFull(matrix.expected)}</Expected> }}
        />
      </PanelSection>
      <PanelSection title={say("rule")}>
        <p className="dim">{say("ruleHelp")}</p>
      </PanelSection>
    </>
  );
}
