import { useState } from "react";
import { ChevronsDownUp, ChevronsUpDown, GitCompareArrows } from "lucide-react";
import { useLocation } from "wouter";
import { useKeys } from "../../app/keys";
import type { ViewProps } from "../../app/registry";
import type { GroupQuery } from "../../generated/graphql";
import { Page } from "../../parts/Page";
import { Figure } from "../../parts/Receipt";
import { Verdict } from "../../parts/Verdict";
import { accountHead } from "../../subjects/account";
import { day, moneyInWords } from "../../words/format";
import { words } from "../../words/words";
import { Differences } from "./Differences";
import { folded, isOpen, unknownBranches } from "./folding";
import "./group.css";
import { GroupPanel } from "./GroupPanel";
import { MoveDialog } from "./MoveDialog";
import { type Row, useTreePages } from "./pages";
import { biggestStep, SizeTrack, stepsOf } from "./SizeTrack";
import { TreeGrid } from "./TreeGrid";
import { type GroupLens, HIERARCHIES, otherOf, rowVariables } from "./view";

const say = words("group");
export type GroupData = NonNullable<GroupQuery["account"]>;

/** How big is this really, what hangs where, and what changed? */
export default function Group({ data, lens, setLens, again, stale }: ViewProps<GroupQuery, GroupLens>) {
  const account = data.account!;
  const { tree } = account;
  const [, navigate] = useLocation();
  const rows = useTreePages(tree.rows, rowVariables(account.id, lens));
  const [moving, setMoving] = useState<{ row: Row; parent?: { id: string; name: string } } | null>(null);
  const [moved, setMoved] = useState("");
  const selected = rows.loaded.find((row) => row.account.id === lens.sel) ?? tree.rows[0]!;
  const toggleFold = (row: Row, unfold: boolean) => setLens(folded(lens, [row.account.id], unfold));
  const startMove = () => selected.depth > 0 && setMoving({ row: selected });
  const step = (by: number) => {
    const days = [...stepsOf(account.sizeHistory).map(({ day: on }) => on), ""];
    const at = lens.at === "" ? days.length - 1 : days.findLastIndex((on) => on !== "" && on <= lens.at);
    const next = days[Math.min(days.length - 1, Math.max(0, at + by))];
    if (next !== undefined) setLens({ at: next });
  };
  useKeys({
    m: startMove,
    h: () => setLens({ h: HIERARCHIES[(HIERARCHIES.indexOf(lens.h) + 1) % HIERARCHIES.length]! }),
    t: () => setLens({ as: lens.as === "bars" ? "figures" : "bars" }),
    f: () => setLens({ fit: lens.fit === selected.account.id ? "" : selected.account.id }),
    c: () => setLens({ cmp: !lens.cmp }),
    "Shift+*": () => unfoldSiblings(),
    "*": () => unfoldSiblings(),
    "Shift+ArrowLeft": () => step(-1),
    "Shift+ArrowRight": () => step(1),
  });
  const unfoldSiblings = () => {
    const siblings = rows.loaded.filter(({ parentId, childCount }) => parentId === selected.parentId && childCount > 0);
    setLens(
      folded(
        lens,
        siblings.map((row) => row.account.id),
        true,
      ),
    );
  };
  const fitRow = rows.loaded.find((row) => row.account.id === lens.fit);
  return (
    <Page
      head={accountHead(account)}
      moment={lens.at}
      toNow={() => setLens({ at: "" })}
      verdict={<Sentence account={account} lens={lens} show={() => setLens({ sel: "" })} />}
      panel={<GroupPanel data={data} lens={lens} row={selected} setLens={setLens} move={startMove} again={again} />}
      honesty={{
        says: say(lens.at ? "honestyThen" : "honesty", {
          accounts: tree.rows[0]!.accounts,
          hierarchy: say(lens.h),
          rows: tree.total,
          day: lens.at ? day(lens.at) : "",
        }),
        hidden: tree.withheld,
      }}
    >
      <Controls account={account} lens={lens} setLens={setLens} />
      {lens.cmp && lens.only ? (
        <Differences account={account} lens={lens} select={(sel) => setLens({ sel })} />
      ) : (
        <TreeGrid
          account={account}
          rows={rows}
          total={tree.total}
          lens={lens}
          fit={fitRow}
          moved={moved}
          stale={stale}
          selected={selected.account.id}
          select={(sel) => setLens({ sel })}
          isOpen={(row) => isOpen(lens, row.account.id)}
          toggle={toggleFold}
          open={(row) => navigate(`/account/${row.account.id}`)}
          drop={(row, parent) => setMoving({ row, parent: parent.account })}
        />
      )}
      {moving && (
        <MoveDialog
          moving={moving}
          lens={lens}
          rows={rows.loaded}
          close={() => setMoving(null)}
          done={(id) => {
            setMoved(id);
            again();
          }}
        />
      )}
    </Page>
  );
}

interface ControlProps {
  account: GroupData;
  lens: GroupLens;
  setLens: (patch: Partial<GroupLens>) => void;
}

function Controls({ account, lens, setLens }: ControlProps) {
  const { differing } = account.compareHierarchies;
  const top = account.tree.rows[0]!.account.id;
  const allFolded = lens.open.length === 1 && lens.open[0] === top && lens.fold.length === 0;
  return (
    <div className="group-controls">
      <div className="seg" role="group" aria-label={say("hierarchy")}>
        {HIERARCHIES.map((name) => {
          const { total: accounts } = account[name];
          return (
            <button
              key={name}
              type="button"
              aria-pressed={lens.h === name}
              className={accounts > 1 ? undefined : "struck"}
              title={accounts > 1 ? undefined : say("noLines")}
              onClick={() => setLens({ h: name })}
            >
              {say(name)} {accounts > 1 && <span className="num">{accounts}</span>}
            </button>
          );
        })}
      </div>
      <button
        type="button"
        className="btn sm"
        aria-pressed={lens.cmp}
        disabled={differing === 0 && !lens.cmp}
        onClick={() => setLens({ cmp: !lens.cmp, only: false })}
      >
        <GitCompareArrows aria-hidden="true" /> {say("compare", { other: say(otherOf(lens.h)), n: differing })}
      </button>
      {lens.cmp && (
        <button type="button" className="chip" aria-pressed={lens.only} onClick={() => setLens({ only: !lens.only })}>
          {say("only")}
        </button>
      )}
      <button
        type="button"
        className="btn sm icon"
        aria-label={say(allFolded ? "unfoldAll" : "foldAll")}
        title={say(allFolded ? "unfoldAll" : "foldAll")}
        onClick={() => setLens({ open: allFolded ? [] : [top], fold: [] })}
      >
        {allFolded ? <ChevronsUpDown aria-hidden="true" /> : <ChevronsDownUp aria-hidden="true" />}
      </button>
      <SizeTrack account={account} at={lens.at} setAt={(at) => setLens({ at })} />
    </div>
  );
}

function Sentence({ account, lens, show }: { account: GroupData; lens: GroupLens; show: () => void }) {
  const { tree, name } = account;
  const top = tree.rows[0]!;
  const complete = tree.rows.length === tree.total;
  const unknown = complete ? unknownBranches(tree.rows) : { accounts: 0, won: 0 };
  const { won } = top.sum;
  const figure = (key: string, text: string) => (
    <Figure key={key} name={key} open="" show={show}>
      {text}
    </Figure>
  );
  const jump = biggestStep(account);
  const { known, contacts } = top.account.reach;
  const rest =
    unknown.accounts > 0 && unknown.accounts < top.accounts
      ? say("knownRest", {
          known,
          people: contacts,
          n: unknown.accounts,
          money: moneyInWords({ ...won, amount: unknown.won }),
        })
      : jump && top.accounts > 1
        ? say("jump", { n: jump.by, day: day(jump.day) })
        : say("known", { known, people: contacts });
  if (top.accounts === 1)
    return (
      <Verdict>
        {say("alone", { name, hierarchy: say(lens.h) })} <span className="soft">{say("aloneHelp")}</span>
      </Verdict>
    );
  return (
    <Verdict>
      {say.rich(won.amount > 0 ? "verdict" : "verdictNothing", {
        name,
        accounts: figure("accounts", say("accountsFigure", { n: top.accounts })),
        won: figure("won", moneyInWords(won)),
      })}{" "}
      <span className="soft">{rest}</span>
    </Verdict>
  );
}
