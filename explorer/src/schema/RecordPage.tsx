import { useState, type ReactNode } from "react";
import { Page, type Head } from "../parts/Page";
import { Facts, PanelSection } from "../parts/Panel";
import { Empty } from "../parts/States";
import { History, Timeline } from "../parts/Timeline";
import { Verdict } from "../parts/Verdict";
import { recordAddress } from "../app/addresses";
import { listAddress } from "../app/records";
import { masked, useStore } from "../app/session";
import { capitalized, count, humanized, moment } from "../words/format";
import { words } from "../words/words";
import { RecordActions } from "./forms/RecordActions";
import { useRecordEdit, type Editing } from "./forms/useRecordEdit";
import { groupsOf } from "./groups";
import { labelInText, labelOf } from "./labels";
import {
  nameOf,
  type FieldShape,
  type RecordData,
  type RecordShape,
  type Reference,
  type RelatedList,
} from "./records";
import { Related } from "./Related";
import { isEmpty, RecordLink, Value, Withheld } from "./values";
import { verdictOf } from "./verdict";

const say = words("record");
const forms = words("forms");

export type RecordNode = NonNullable<RecordData["node"]>;

interface Props {
  shape: RecordShape;
  node: RecordNode;
  editing: Editing;
  /** The head of a type that has lenses. */
  head?: Partial<Head>;
  /** What a type says of its own; without it, a sentence that follows from its fields. */
  verdict?: ReactNode;
  actions?: ReactNode;
  /** What stands over the fields, and the fields that it makes superfluous. */
  lead?: ReactNode;
  covered?: readonly string[];
  /** Puts a mark or a second value beside the value of a field; null leaves the field out. */
  decorate?: (field: FieldShape, value: ReactNode) => ReactNode;
  /** The moment of what stands over the fields, and what the honesty line says of it. */
  past?: { at: string; says: string; toNow: () => void } | undefined;
  /** The first sections of the panel, such as an open receipt. */
  evidence?: ReactNode;
  /** Blocks between the fields and the related lists. */
  blocks?: ReactNode;
}

/** Everything that Kith holds about a record, from the shape of its type. */
export function RecordPage(props: Props) {
  const { shape: whole, node: saved, editing, head, covered = [], decorate = (_field, value) => value } = props;
  const shape = { ...whole, fields: whole.fields.filter(({ name }) => !covered.includes(name)) };
  const title = titleOf(shape, saved);
  const { node, fresh, saving, form } = useRecordEdit(shape, saved, title, editing);
  const list = listAddress(shape.name);
  const kind = humanized(shape.name);
  const links = shape.fields.filter((field) => field.kind === "connection");
  // Activities are in the timeline; relationships with properties say the most.
  const shown = links
    .filter((field) => listOf(node, field).totalCount > 0 && field.type !== "Activity")
    .sort((one, other) => (other.edge?.length ?? 0) - (one.edge?.length ?? 0));
  return (
    <Page
      head={{
        title,
        tag: kind,
        subject: { type: shape.name, kind: "record", id: node.id, name: title },
        ...(list ? { crumbs: [{ label: capitalized(humanized(shape.plural!)), href: list }] } : {}),
        ...head,
      }}
      actions={
        <>
          {props.actions}
          <RecordActions shape={shape} id={node.id} version={node.version} title={title} editing={editing} />
        </>
      }
      verdict={props.verdict ?? <Verdict>{verdictOf(shape, node)}</Verdict>}
      panel={
        <>
          {props.evidence}
          <RecordPanel shape={shape} node={node} />
        </>
      }
      honesty={{ says: props.past?.says ?? say("honesty") }}
      moment={props.past?.at ?? ""}
      {...(props.past ? { toNow: props.past.toNow } : {})}
    >
      {props.lead}
      {form ?? <FieldGrid shape={shape} node={node} title={title} fresh={fresh} saving={saving} decorate={decorate} />}
      {props.blocks}
      {shown.map((field) => (
        <Related key={field.name} field={field} list={listOf(node, field)} />
      ))}
      <Timeline activities={node.timeline.nodes} total={node.timeline.totalCount} />
    </Page>
  );
}

function titleOf(shape: RecordShape, node: RecordNode): string {
  const texts = shape.fields
    .filter(({ kind, type }) => kind === "scalar" && type === "String")
    .map(({ name }) => node[name]);
  const named = [shape.label ? node[shape.label] : null, ...texts].find(
    (value) => typeof value === "string" && value !== "",
  );
  return typeof named === "string" ? named : nameOf(node as unknown as Reference);
}

function listOf(node: RecordNode, field: FieldShape): RelatedList {
  return (node[field.name] as RelatedList | null) ?? { totalCount: 0, edges: [] };
}

interface GridProps {
  shape: RecordShape;
  node: RecordNode;
  title: string;
  /** The fields that were just changed. */
  fresh: ReadonlySet<string>;
  saving: boolean;
  decorate: NonNullable<Props["decorate"]>;
}

/** Fields in two columns by their kind; the empty ones are named in one line. */
function FieldGrid({ shape, node, title, fresh, saving, decorate }: GridProps) {
  const [all, setAll] = useState(false);
  const owner: FieldShape = {
    name: "owner",
    description: "",
    many: false,
    kind: "reference",
    type: "Party",
    label: "name",
  };
  const fields = [...shape.fields.filter(({ kind, name }) => kind !== "connection" && name !== shape.label), owner];
  const values = node as unknown as Record<string, unknown>;
  const repeated = fields.filter(({ name }) => values[name] === title);
  const withheld = useStore(masked);
  const isWithheld = ({ name }: FieldShape) => withheld.has(`${shape.name}.${name}`);
  const empty = fields.filter((field) => isEmpty(values[field.name]) && !isWithheld(field));
  const value = (field: FieldShape) =>
    isWithheld(field) ? <Withheld /> : decorate(field, <Value field={field} value={values[field.name]} />);
  const shown = fields.filter(
    (field) => !repeated.includes(field) && (all || !empty.includes(field)) && value(field) !== null,
  );
  const { left, right, long } = groupsOf(shown, values);
  return (
    <section className="fields">
      {[left, right, ...(long.length > 0 ? [long] : [])].map((column, index) => (
        <dl key={index} className={column === long ? "long" : undefined}>
          {column.map((field) => (
            <div key={field.name}>
              <dt title={field.description}>{labelOf(field)}</dt>
              <dd>
                {value(field)}
                {fresh.has(field.name) && <span className="fresh"> {forms(saving ? "saving" : "justNow")}</span>}
              </dd>
            </div>
          ))}
        </dl>
      ))}
      {empty.length > 0 && (
        <p className="dimmer empties">
          {!all && say("empty", { n: empty.length, names: empty.map(labelInText).join(", ") })}{" "}
          <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
            {say(all ? "hide" : "show")}
          </button>
        </p>
      )}
    </section>
  );
}

function RecordPanel({ shape, node }: { shape: RecordShape; node: RecordNode }) {
  const references = shape.fields.filter(({ kind, name }) => kind === "reference" && !isEmpty(node[name]));
  const lists = shape.fields.filter(({ kind }) => kind === "connection");
  const full = lists.filter((field) => listOf(node, field).totalCount > 0);
  const none = lists.filter((field) => listOf(node, field).totalCount === 0);
  const related = node.connections.totalCount + node.connectedFrom.totalCount;
  return (
    <>
      <PanelSection title={say("connected")}>
        <Facts
          rows={[
            ...references.map(
              (field) => [labelOf(field), <RecordLink key="" reference={node[field.name] as Reference} />] as const,
            ),
            ...full.map((field) => [labelOf(field), count(listOf(node, field).totalCount)] as const),
            ...(related > 0 ? [[say("related"), count(related)] as const] : []),
          ]}
        />
        {references.length + full.length + related === 0 && (
          <Empty>
            <p>{say("alone")}</p>
          </Empty>
        )}
        {none.length > 0 && <p className="dimmer">{say("noLinks", { names: none.map(labelInText).join(", ") })}</p>}
      </PanelSection>
      <PanelSection title={say("history")} count={node.history.totalCount || undefined}>
        {node.history.nodes.length > 0 ? (
          <History events={node.history.nodes} />
        ) : (
          <p className="dim">{say("noHistory")}</p>
        )}
      </PanelSection>
      <PanelSection title={say("origin")}>
        <Facts
          rows={[
            [say("source"), [node.source, node.sourceKey].filter(Boolean).join(", ") || say("kith")],
            [say("created"), moment(node.createdAt)],
            [say("changed"), moment(node.modifiedAt)],
            [say("id"), <code key="id">{node.id}</code>],
            [say("address"), <code key="address">{recordAddress(shape.name, node.id)}</code>],
          ]}
        />
      </PanelSection>
    </>
  );
}
