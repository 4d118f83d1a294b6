import type { ReactNode } from "react";
import {
  Building2,
  Command,
  FileText,
  LogOut,
  Moon,
  Pencil,
  Phone,
  Plus,
  SquareArrowOutUpRight,
  Sun,
  SunMoon,
  Table2,
  type LucideIcon,
} from "lucide-react";
import type { FoundRecordFragment } from "../generated/graphql";
import { Person, RecordMark } from "../marks/marks";
import { capitalized, humanized, moneyOrNone } from "../words/format";
import { words } from "../words/words";
import { recordAddress, sameLens } from "./addresses";
import { openLog } from "../parts/dialogs";
import { TYPES } from "../schema/records";
import type { CurrentView } from "./lens";
import { createAddress, editAddress, listAddress } from "./records";
import { catalog, reportChoice, reportsAbout } from "./reports";
import { pinned, recent, session, theme, type Subject } from "./session";
import { togglePin } from "./settings";
import { signIn, signOut } from "./signIn";
import { markOf, PEOPLE } from "./subjects";
import { addressOf, lenses, RAIL, VIEWS } from "./views";

const say = words("palette");
const sayLog = words("log");

/** A row of the palette: a record to open, or something to do. */
export interface Item {
  id: string;
  mark: ReactNode;
  name: string;
  detail?: string;
  /** The figure or word at the end of the row. */
  end?: string;
  href?: string;
  act?: () => void;
  subject?: Subject;
}

export interface Group {
  label: string;
  items: Item[];
}

export type Scope = "all" | "people" | "accounts" | "deals" | "do";

/** The kinds that each scope searches for; those of `all` are all. */
export const SCOPES: readonly { scope: Scope; label: string; kinds?: FindKinds }[] = [
  { scope: "all", label: say("all") },
  { scope: "people", label: say("people"), kinds: ["CONTACT", "USER", "LEAD"] },
  { scope: "accounts", label: say("accounts"), kinds: ["ACCOUNT"] },
  { scope: "deals", label: say("deals"), kinds: ["OPPORTUNITY"] },
  { scope: "do", label: say("do") },
];
export type FindKinds = ("CONTACT" | "USER" | "LEAD" | "ACCOUNT" | "OPPORTUNITY")[];

type Hit = FoundRecordFragment;

const GROUPS: Readonly<Record<string, string>> = {
  Contact: say("people"),
  User: say("people"),
  Lead: say("people"),
  Account: say("accounts"),
  Opportunity: say("deals"),
};
const MOST_OF_A_KIND = 5;

function titleOf(hit: Hit): string {
  const node = hit as Record<string, unknown>;
  const found = [`label${hit.__typename ?? ""}`, "orderNumber"].map((key) => node[key]).find(Boolean);
  return typeof found === "string" ? found : humanized(hit.__typename ?? "");
}

function joined(...parts: (string | null | undefined)[]): string {
  return parts.filter(Boolean).join(", ");
}

function detailOf(hit: Hit): string {
  switch (hit.__typename) {
    case "Account":
      return joined(hit.parent?.name, hit.city);
    case "Contact":
      return joined(hit.jobTitle, hit.accounts.nodes[0]?.name);
    case "User":
      return joined(hit.jobTitle);
    case "Opportunity":
      return joined(hit.account?.name);
    default:
      return GROUPS[hit.__typename ?? ""] ? "" : capitalized(humanized(hit.__typename ?? ""));
  }
}

function markOfHit(hit: Hit, me: string | undefined): ReactNode {
  const type = hit.__typename ?? "";
  if (PEOPLE.has(type)) {
    const whose = hit.id === me ? "you" : type === "User" ? "ours" : "theirs";
    return <Person name={titleOf(hit)} whose={whose} />;
  }
  if (hit.__typename === "Account") {
    return <RecordMark kind={hit.relationship === "CUSTOMER" ? (hit.parent ? "account" : "root") : "prospect"} />;
  }
  return <RecordMark kind={markOf(type)} />;
}

/** The hits in groups by kind, in the order of the server, at most five of a kind. */
export function hitGroups(
  hits: readonly { node: Hit }[],
  current: CurrentView | null,
  me: string | undefined,
): Group[] {
  const groups = new Map<string, Item[]>();
  for (const { node } of hits) {
    const type = node.__typename ?? "";
    const label = GROUPS[type] ?? say("others");
    const items = groups.get(label) ?? [];
    groups.set(label, items);
    if (items.length >= MOST_OF_A_KIND) continue;
    const name = titleOf(node);
    const detail = detailOf(node);
    items.push({
      id: node.id,
      mark: markOfHit(node, me),
      name,
      detail,
      href: sameLens(current?.view ?? null, type, node.id),
      subject: { type, id: node.id, name, detail },
      ...(node.__typename === "Opportunity" ? { end: moneyOrNone(node.estimatedValue) } : {}),
    });
  }
  return [...groups].map(([label, items]) => ({ label, items }));
}

function ofSubject(subject: Subject, current: CurrentView | null): Item {
  const { type, id, name, detail } = subject;
  const mark = PEOPLE.has(type) ? (
    <Person name={name} whose={type === "User" ? "ours" : "theirs"} />
  ) : (
    <RecordMark kind={markOf(type)} />
  );
  return {
    id: `${type} ${id}`,
    mark,
    name,
    subject,
    href: sameLens(current?.view ?? null, type, id),
    ...(detail ? { detail } : {}),
  };
}

/** What stands in the palette before anything is typed. */
export function restingGroups(current: CurrentView | null): Group[] {
  return [
    {
      label: say("recent"),
      items: recent
        .get()
        .slice(0, 6)
        .map((subject) => ofSubject(subject, current)),
    },
    { label: say("pinned"), items: pinned.get().map((subject) => ofSubject(subject, current)) },
  ].filter(({ items }) => items.length > 0);
}

function icon(Icon: LucideIcon): ReactNode {
  return <Icon aria-hidden="true" />;
}

/** The reports about a subject, or about the reader. */
function reports(subject: Subject | null): Item[] {
  return reportsAbout(catalog.get(), subject).map(({ name, title }) => ({
    id: `report ${name}`,
    mark: icon(FileText),
    name: subject ? say("report", { report: title, name: subject.name }) : say("reportYou", { report: title }),
    act: () => reportChoice.set({ subject, moment: "", first: name }),
  }));
}

/** What can be done with a subject: its lenses, and what every subject has. */
export function actionsWith(subject: Subject): Item[] {
  const own = VIEWS.find((view) => view.record === subject.type);
  const tabs = lenses([own?.tab?.subject ?? "record"].flat()[0]!);
  const type = TYPES.find(({ name }) => name === subject.type);
  return [
    ...tabs.map((view) => ({
      id: `lens ${view.name}`,
      mark: icon(view.tab!.icon),
      name: say("showLens", { lens: view.tab!.label, name: subject.name }),
      href: addressOf(view, { id: subject.id, type: subject.type }),
    })),
    ...reports(subject),
    {
      id: "log",
      mark: icon(Phone),
      name: sayLog("action", { name: subject.name }),
      act: () => openLog(subject.id),
    },
    ...(type?.update
      ? [
          {
            id: "edit",
            mark: icon(Pencil),
            name: say("edit", { name: subject.name }),
            href: editAddress(subject.type, subject.id),
          },
        ]
      : []),
    ...creatableFor(subject),
    {
      id: "pin",
      mark: icon(Building2),
      name: say("pin", { name: subject.name }),
      act: () => togglePin(subject),
    },
    {
      id: "copy",
      mark: icon(SquareArrowOutUpRight),
      name: say("copyLink", { name: subject.name }),
      act: () =>
        void navigator.clipboard.writeText(
          new URL(`.${recordAddress(subject.type, subject.id)}`, document.baseURI).href,
        ),
    },
  ];
}

/** The records that can be created with a link to a subject. */
function creatableFor({ type, id, name }: Subject): Item[] {
  return TYPES.flatMap((each) => {
    const link = each.create?.links.find(([, target]) => target === type);
    if (!link) return [];
    return [
      {
        id: `new ${each.name}`,
        mark: icon(Plus),
        name: say("newFor", { kind: humanized(each.name), name }),
        href: createAddress(each.name, { field: link[0], id }),
      },
    ];
  });
}

/** The lists and forms of the types without a view in the rail. */
function listsAndForms(): Item[] {
  const lists = TYPES.filter(({ name, plural }) => plural && !VIEWS.some((view) => view.lists === name));
  return [
    ...lists.map(({ name, plural }) => ({
      id: `list ${name}`,
      mark: icon(Table2),
      name: say("goTo", { name: capitalized(humanized(plural!)) }),
      href: listAddress(name)!,
    })),
    ...TYPES.filter(({ create }) => create).map(({ name }) => ({
      id: `new ${name}`,
      mark: icon(Plus),
      name: say("newRecord", { kind: humanized(name) }),
      href: createAddress(name),
    })),
  ];
}

/** What can be done anywhere. */
export function actions(): Item[] {
  return [
    ...RAIL.map((view) => ({
      id: `go ${view.name}`,
      mark: icon(view.rail!.icon),
      name: say("goTo", { name: view.title }),
      href: view.address,
      end: `G ${view.rail!.letter.toUpperCase()}`,
    })),
    ...listsAndForms(),
    ...(session.get().user ? reports(null) : []),
    { id: "dark", mark: icon(Moon), name: say("dark"), act: () => theme.set("dark") },
    { id: "light", mark: icon(Sun), name: say("light"), act: () => theme.set("light") },
    { id: "system", mark: icon(SunMoon), name: say("system"), act: () => theme.set("system") },
    ...(signIn.get()?.session
      ? [{ id: "sign-out", mark: icon(LogOut), name: say("signOut"), act: () => void signOut() }]
      : []),
    {
      id: "graphql",
      mark: icon(Command),
      name: say("graphql"),
      act: () => location.assign(new URL("graphql", document.baseURI)),
    },
  ];
}

/** The actions whose name has a word that begins with each of the words typed. */
export function matching(items: Item[], text: string): Item[] {
  const typed = text.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter(({ name }) => {
    const own = name.toLowerCase().split(/\s+/);
    return typed.every((word) => own.some((each) => each.startsWith(word)));
  });
}
