import { Check, Move } from "lucide-react";
import { Link } from "wouter";
import { mutate } from "../../app/client";
import { session, useStore } from "../../app/session";
import { useAnswer } from "../../app/useAnswer";
import {
  GroupSelectionDocument,
  type GroupAccountFragment,
  type GroupQuery,
  type GroupSelectionQuery,
  MarkCustomerDocument,
} from "../../generated/graphql";
import { RecordMark } from "../../marks/marks";
import { Facts, PanelSection } from "../../parts/Panel";
import { Sum } from "../../parts/Receipt";
import { Partial as PartialFailure } from "../../parts/States";
import { toast } from "../../parts/toasts";
import { accountMark } from "../../subjects/account";
import { day, humanized, moneyInFull, moneyInWords, percent } from "../../words/format";
import { words } from "../../words/words";
import type { Row } from "./pages";
import { type GroupLens, HIERARCHIES, variablesOf } from "./view";

const say = words("group");
const MOST_PARTS = 12;

interface Props {
  data: GroupQuery;
  lens: GroupLens;
  row: Row;
  setLens: (patch: Partial<GroupLens>) => void;
  move: () => void;
  again: () => void;
}

/** The selected account: what it brought, how that adds up, and where it hangs. */
export function GroupPanel(props: Props) {
  const { data, row } = props;
  if (data.selected?.id === row.account.id) return <Shown {...props} account={data.selected} />;
  return <Fetched key={row.account.id} {...props} />;
}

function Fetched(props: Props) {
  const { row, lens } = props;
  const variables = { sel: row.account.id, ...variablesOf(lens) };
  const answer = useAnswer<GroupSelectionQuery>("group-selection", JSON.stringify(variables), () => ({
    document: GroupSelectionDocument,
    variables,
  }));
  const account = answer.data?.selected;
  return (
    <>
      {account?.id === row.account.id ? <Shown {...props} account={account} /> : <Title row={row} />}
      {answer.failure && <PartialFailure failure={answer.failure} again={answer.again} />}
    </>
  );
}

function Title({ row, detail }: { row: Row; detail?: string }) {
  const { account } = row;
  return (
    <section className="p-sec">
      <h2 className="subject">
        <RecordMark kind={accountMark({ ...account, parent: row.parentId, accounts: row.accounts })} />
        <span className="cut">{account.name}</span>
        {account.relationship !== "CUSTOMER" && <span className="tag">{humanized(account.relationship)}</span>}
      </h2>
      <p className="dim small">{detail ?? account.city}</p>
    </section>
  );
}

function Shown(props: Props & { account: GroupAccountFragment }) {
  const { account, row, lens, setLens, move } = props;
  const { figures } = account;
  const { user } = useStore(session);
  const yours = account.team.edges.some(({ node }) => node.id === user?.id);
  const detail = say("place", {
    city: account.city ?? say("noCity"),
    n: figures.accounts,
    levels: figures.depth + 1,
    yours: yours ? "yes" : "no",
  });
  const parts = [...figures.byChild].sort(
    (one, other) => Number(other.own) - Number(one.own) || other.won.amount - one.won.amount,
  );
  const rest = parts.slice(MOST_PARTS);
  return (
    <>
      <Title row={row} detail={detail} />
      <Judgement {...props} />
      <PanelSection title={say("addsUp")}>
        <Sum
          rows={[
            ...parts.slice(0, MOST_PARTS).map((part) => ({
              key: part.account.id + String(part.own),
              label: part.own ? (
                say("itsOwn")
              ) : (
                <button type="button" className="part cut" onClick={() => setLens({ sel: part.account.id })}>
                  {part.account.name} {part.accounts > 1 && <span className="dimmer">{part.accounts}</span>}
                </button>
              ),
              value: moneyInFull(part.won),
            })),
            ...(rest.length > 0
              ? [
                  {
                    key: "rest",
                    label: say("others", { n: rest.length }),
                    value: moneyInFull({ ...figures.won, amount: rest.reduce((sum, { won }) => sum + won.amount, 0) }),
                  },
                ]
              : []),
          ]}
          total={{ label: say("together"), value: moneyInFull(figures.won) }}
        />
      </PanelSection>
      <PanelSection title={say("hangs")}>
        <Facts
          rows={HIERARCHIES.map((name) => [
            say(name),
            account[name] ? (
              <span key={name}>
                <Link href={`/account/${account[name].id}/group`}>{account[name].name}</Link>
                {name === lens.h && row.parentSince && (
                  <span className="dim">{say("since", { day: day(row.parentSince) })}</span>
                )}
              </span>
            ) : (
              <span key={name} className="dimmer">
                {say(name === lens.h && row.depth === 0 ? "top" : "noLineDrawn")}
              </span>
            ),
          ])}
        />
      </PanelSection>
      <PanelSection
        title={say("peopleThere")}
        count={say("peopleKnownOf", { known: figures.known, people: figures.contacts })}
      >
        <p className="dim small">{reachSentence(account)}</p>
      </PanelSection>
      {row.depth > 0 && (
        <PanelSection title={say("moveIt")}>
          <p className="dim small">{say("moveHelp")}</p>
          <p className="verbs">
            <button type="button" className="btn sm" onClick={move}>
              <Move aria-hidden="true" /> {say("moveTo")} <kbd>M</kbd>
            </button>
          </p>
        </PanelSection>
      )}
    </>
  );
}

function reachSentence({ figures }: GroupAccountFragment): string {
  const known = figures.byChild.filter((part) => part.known > 0).sort((one, other) => other.known - one.known);
  if (figures.contacts === 0) return say("nobodyOnRecord");
  if (known.length === 0) return say("nobodyKnown");
  const names = known
    .slice(0, 4)
    .map((part) => say("knownAt", { name: part.account.name, n: part.known, below: part.own ? 0 : part.accounts - 1 }));
  return say("knownIn", { names: names.join(", "), rest: Math.max(0, known.length - 4) });
}

function Judgement({ account, data, row, again }: Props & { account: GroupAccountFragment }) {
  const { won } = account.figures;
  const top = data.account!.tree.rows[0]!.sum.won;
  const own = account.figures.byChild.find((part) => part.own)?.won.amount ?? 0;
  const prospect = account.relationship === "PROSPECT" && won.amount > 0;
  const mark = () => {
    const set = async (relationship: string) => {
      const { failure } = await mutate(MarkCustomerDocument, { id: account.id, relationship });
      if (failure) return void toast({ message: say("notMarked", { reason: failure.message }), refused: true });
      again();
      if (relationship === "CUSTOMER")
        toast({ message: say("marked", { name: account.name }), undo: () => set("PROSPECT") });
    };
    void set("CUSTOMER");
  };
  return (
    <section className="p-sec">
      <p className="judgement">
        {prospect
          ? say.rich(own > 0 ? "prospectOwn" : "prospectBelow", { money: <b key="money">{moneyInWords(won)}</b> })
          : won.amount === 0
            ? say("nothingWon")
            : row.depth === 0
              ? say("whole", {
                  money: moneyInWords(won),
                  own: own <= 0 ? "none" : own / won.amount < 0.01 ? "little" : "some",
                  share: percent((own / won.amount) * 100),
                })
              : say("share", {
                  money: moneyInWords(won),
                  share: percent((won.amount / Math.max(1, top.amount)) * 100),
                  top: data.account!.name,
                })}{" "}
        {prospect && <span className="dim">{say("markIt")}</span>}
      </p>
      <p className="verbs">
        {prospect && (
          <button type="button" className="btn pri sm" onClick={mark}>
            <Check aria-hidden="true" /> {say("markCustomer")}
          </button>
        )}
        <Link href={`/account/${account.id}`} className="btn sm">
          {say("openAccount")}
        </Link>
      </p>
    </section>
  );
}
