import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { TriangleAlert } from "lucide-react";
import { client, mutate, type Failure } from "../../app/client";
import { Dialog } from "../../app/KeySheet";
import { GroupAccountsDocument, type GroupAccountsQuery, MoveAccountDocument } from "../../generated/graphql";
import { toast } from "../../parts/toasts";
import { day, money } from "../../words/format";
import { words } from "../../words/words";
import type { Row } from "./pages";
import type { GroupLens } from "./view";

const say = words("group");
const PAUSE_MS = 120;
const MOST = 8;

interface Choice {
  id: string;
  name: string;
}

interface Props {
  moving: { row: Row; parent?: Choice };
  lens: GroupLens;
  rows: readonly Row[];
  close: () => void;
  done: (id: string) => void;
}

async function reparent(lens: GroupLens, account: string, parent: string | null, validFrom: string, dryRun: boolean) {
  const input = { account, parent, hierarchy: lens.h.toUpperCase(), validFrom, dryRun };
  return (await mutate(MoveAccountDocument, input)).failure;
}

/** Moves an account below another one: choose it, see every total that changes, confirm. */
export function MoveDialog({ moving, lens, rows, close, done }: Props) {
  const { row } = moving;
  const [parent, setParent] = useState<Choice | null>(moving.parent ?? null);
  const [checked, setChecked] = useState<{ parent: string; failure: Failure | null } | null>(null);
  const [busy, setBusy] = useState(false);
  const [from, setFrom] = useState(lens.at);
  const dialog = useRef<HTMLDivElement>(null);
  const start = () => (from === "" ? new Date().toISOString() : `${from}T00:00:00Z`);
  const id = parent?.id;
  useEffect(() => {
    if (!id) return undefined;
    let live = true;
    const validFrom = from === "" ? new Date().toISOString() : `${from}T00:00:00Z`;
    void reparent(lens, row.account.id, id, validFrom, true).then((failure) => {
      if (live) setChecked({ parent: `${id} ${from}`, failure });
    });
    return () => {
      live = false;
    };
  }, [id, from, lens, row]);
  const ready = checked?.parent === `${id} ${from}`;
  const failure = ready ? checked.failure : null;

  const move = async () => {
    if (!parent || !ready || failure || busy) return;
    setBusy(true);
    const validFrom = start();
    const refused = await reparent(lens, row.account.id, parent.id, validFrom, false);
    setBusy(false);
    if (refused) return setChecked({ parent: `${parent.id} ${from}`, failure: refused });
    const undo = async () => {
      const kept = await reparent(lens, row.account.id, row.parentId, validFrom, false);
      if (kept) toast({ message: say("notMoved", { reason: kept.message }), refused: true });
      else done("");
    };
    dialog.current?.closest("dialog")?.close();
    toast({ message: say("movedTo", { name: row.account.name, parent: parent.name }), undo });
    done(row.account.id);
  };
  return (
    <Dialog close={close} label={say("moveTitle", { name: row.account.name })} className="move-dialog">
      <div ref={dialog} className="move">
        <h2>{say("moveTitle", { name: row.account.name })}</h2>
        <Chooser row={row} rows={rows} chosen={parent} choose={setParent} confirm={() => void move()} />
        {parent && !ready && (
          <p className="dim" role="status">
            {say("checking")}
          </p>
        )}
        {failure && (
          <p className="refusal" role="alert">
            <TriangleAlert aria-hidden="true" /> {say("notMoved", { reason: failure.message })} {failure.remedy}
          </p>
        )}
        {parent && ready && !failure && <Changes row={row} rows={rows} parent={parent} />}
        <p className="verbs">
          <label className="from">
            {say("from")} <input type="date" value={from} onChange={(event) => setFrom(event.target.value)} />
            {from === "" && <span className="dim">{say("fromNow")}</span>}
          </label>
          <span className="r">
            <button type="button" className="btn" onClick={(event) => event.currentTarget.closest("dialog")?.close()}>
              {say("cancel")}
            </button>
            <button
              type="button"
              className="btn pri"
              disabled={!ready || failure !== null || busy}
              onClick={() => void move()}
            >
              {say(from === "" ? "move" : "moveFrom", { day: from === "" ? "" : day(from) })} <kbd>↵</kbd>
            </button>
          </span>
        </p>
      </div>
    </Dialog>
  );
}

interface ChooserProps {
  row: Row;
  rows: readonly Row[];
  chosen: Choice | null;
  choose: (choice: Choice | null) => void;
  confirm: () => void;
}

/** The new parent: the accounts of this group by name, then all others that the search finds. */
function Chooser({ row, rows, chosen, choose, confirm }: ChooserProps) {
  const [text, setText] = useState(chosen?.name ?? "");
  const [hits, setHits] = useState<readonly Choice[]>([]);
  const [at, setAt] = useState(0);
  const list = useId();
  const typed = text.trim().toLowerCase();
  useEffect(() => {
    if (typed === "" || chosen) return undefined;
    let live = true;
    const timer = window.setTimeout(() => {
      void client
        .query<GroupAccountsQuery>(GroupAccountsDocument.toString(), { text: typed })
        .toPromise()
        .then(({ data }) => {
          const found = data?.search?.map(({ node }) => node) ?? [];
          if (live) setHits(found.flatMap((node) => (node.__typename === "Account" ? [node] : [])));
        });
    }, PAUSE_MS);
    return () => {
      live = false;
      window.clearTimeout(timer);
    };
  }, [typed, chosen]);
  const here = rows
    .filter(({ account }) => account.id !== row.account.id && account.name.toLowerCase().includes(typed))
    .map(({ account }) => account);
  const others = typed === "" ? [] : hits.filter((hit) => !here.some(({ id }) => id === hit.id));
  const choices = chosen ? [] : [...here, ...others].filter(({ id }) => id !== row.account.id).slice(0, MOST);
  const place = Math.min(at, choices.length - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && choices.length > 0) setAt((place + step + choices.length) % choices.length);
    else if (event.key === "Enter" && chosen) confirm();
    else if (event.key === "Enter" && choices[place]) take(choices[place]);
    else return;
    event.preventDefault();
  };
  const take = (choice: Choice) => {
    setText(choice.name);
    choose({ id: choice.id, name: choice.name });
  };
  return (
    <div className="chooser">
      <input
        type="text"
        role="combobox"
        aria-label={say("newParent")}
        placeholder={say("newParent")}
        aria-expanded={choices.length > 0}
        aria-controls={list}
        aria-activedescendant={choices[place] ? `${list}${place}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        autoFocus
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
          choose(null);
        }}
        onKeyDown={onKeyDown}
      />
      <div role="listbox" id={list} aria-label={say("newParent")} hidden={choices.length === 0}>
        {choices.map((choice, index) => (
          <div
            key={choice.id}
            id={`${list}${index}`}
            role="option"
            aria-selected={index === place}
            onPointerMove={() => setAt(index)}
            onClick={() => take(choice)}
          >
            {choice.name}
          </div>
        ))}
      </div>
    </div>
  );
}

/** The accounts above, before and after; those that are above both parents keep their totals. */
function Changes({ row, rows, parent }: { row: Row; rows: readonly Row[]; parent: Choice }) {
  const byId = new Map(rows.map((each) => [each.account.id, each]));
  const chain = (id: string | null): Row[] => {
    const found = id === null ? undefined : byId.get(id);
    return found ? [found, ...chain(found.parentId)] : [];
  };
  const [before, after] = [chain(row.parentId), chain(parent.id)];
  const lose = before.filter((each) => !after.includes(each));
  const gain = after.filter((each) => !before.includes(each));
  const lines = [...lose.map((each) => ({ each, sign: -1 })), ...gain.map((each) => ({ each, sign: 1 }))];
  const outside = !byId.has(parent.id);
  return (
    <>
      <p>{say("changes", { n: row.accounts, money: money(row.sum.won), parent: parent.name })}</p>
      {outside && <p className="dim">{say("outside", { name: parent.name })}</p>}
      {lines.length > 0 && (
        <div className="changes">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{say("account")}</th>
                <th scope="col" className="n">
                  {say("accountsColumn")}
                </th>
                <th scope="col" className="n">
                  {say("won")}
                </th>
                <th scope="col" className="n">
                  {say("open")}
                </th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ each, sign }) => (
                <tr key={each.account.id}>
                  <td data-phone="main">{each.account.name}</td>
                  <td className="n" data-phone="under">
                    {say("fromTo", { from: String(each.accounts), to: String(each.accounts + sign * row.accounts) })}
                  </td>
                  <td className="n" data-phone="figure">
                    {fromTo(each.sum.won, sign * row.sum.won.amount)}
                  </td>
                  <td className="n" data-phone="end">
                    {fromTo(each.sum.openPipeline, sign * row.sum.openPipeline.amount)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {lines.length === 0 && !outside && <p className="dim">{say("noChange")}</p>}
    </>
  );
}

function fromTo(value: { amount: number; currency: string }, by: number): string {
  if (by === 0) return money(value);
  return say("fromTo", { from: money(value), to: money({ ...value, amount: value.amount + by }) });
}
