import { useCallback, useMemo } from "react";
import { Plus } from "lucide-react";
import { Link, useLocation } from "wouter";
import { recordAddress } from "../../app/addresses";
import { useKeys } from "../../app/keys";
import { PAGE } from "../../app/lists";
import { createAddress } from "../../app/records";
import type { ViewProps } from "../../app/registry";
import { markOf, PEOPLE } from "../../app/subjects";
import { Person, RecordMark } from "../../marks/marks";
import { ListPage } from "../../parts/ListPage";
import type { Column } from "../../parts/Table";
import { atEnd, requestedFields, shownFields, widthOf } from "../../schema/list/columns";
import { initialSort } from "../../schema/list/conditions";
import { listDocument } from "../../schema/list/document";
import { FilterBar } from "../../schema/list/FilterBar";
import { recordsVariables, type RecordsData, type RecordsLens } from "../../schema/list/request";
import { nameOf, type FieldShape, type RecordShape, type Reference } from "../../schema/records";
import { known } from "../../schema/request";
import { labelInText, labelOf } from "../../schema/labels";
import { isEmpty, Value } from "../../schema/values";
import { capitalized, humanized, moneyInWords } from "../../words/format";
import { words } from "../../words/words";

const say = words("records");

/** The list of any record type, from the shape of the type. */
export default function Records({ data, lens, setLens, params, stale }: ViewProps<RecordsData, RecordsLens>) {
  const shape = known.get(params["type"]!)!;
  const first = data.list!;
  const fields = useMemo(() => requestedFields(shape, lens.c), [shape, lens.c]);
  const variables = useCallback((after: string | null) => recordsVariables(shape, lens, PAGE, after), [shape, lens]);
  const [, navigate] = useLocation();
  const create = shape.create ? createAddress(shape.name) : null;
  useKeys(create ? { n: () => navigate(create) } : {});
  const sort = lens.sort || initialSort(shape);
  const shown = shownFields(
    fields,
    ({ name }) => first.nodes.some((row) => !isEmpty(row[name])) || sort.startsWith(`${name} `),
    lens.c.length > 0,
  );
  return (
    <ListPage<RecordsData, Reference>
      type={shape.name}
      head={{ title: capitalized(humanized(shape.plural!)) }}
      verdict={<ListVerdict shape={shape} data={data} />}
      first={first}
      document={listDocument(shape, fields)}
      variables={variables}
      connection={(page) => page.list!}
      columns={() => columnsOf(shape, shown)}
      bar={(rows) => <FilterBar shape={shape} rows={rows} shown={shown} lens={lens} setLens={setLens} />}
      actions={
        create && (
          <Link href={create} className="btn">
            <Plus aria-hidden="true" /> {say("new", { kind: humanized(shape.name) })}
          </Link>
        )
      }
      href={shape.root || shape.abstract ? ({ __typename, id }) => recordAddress(__typename, id) : null}
      lens={{ ...lens, sort }}
      setLens={setLens}
      stale={stale}
    />
  );
}

function ListVerdict({ shape, data }: { shape: RecordShape; data: RecordsData }) {
  const { totalCount: n, aggregate } = data.list!;
  const field = shape.list!.sums.find((name) => (aggregate?.sum[name]?.amount ?? 0) !== 0);
  const sum = field && aggregate?.sum[field];
  return (
    <>
      {capitalized(say("verdict", { n, kind: humanized(shape.name), kinds: humanized(shape.plural!) }))}{" "}
      {field && sum && (
        <span className="soft">
          {say("sum", {
            n,
            field: labelInText(shape.fields.find(({ name }) => name === field) ?? { name: field }),
            money: moneyInWords(sum),
          })}
        </span>
      )}
    </>
  );
}

function columnsOf(shape: RecordShape, fields: readonly FieldShape[]): Column<Reference>[] {
  const places = phonePlaces(fields);
  return [
    {
      key: shape.label ?? "id",
      label: capitalized(humanized(shape.name)),
      sort: "ASC",
      phone: "main",
      cell: (row) => <RowName row={row} />,
    },
    ...fields.map((field): Column<Reference> => {
      const width = widthOf(field);
      const phone = places.get(field.name);
      return {
        key: field.name,
        label: labelOf(field),
        end: atEnd(field),
        ...(field.order ? { sort: atEnd(field) ? ("DESC" as const) : ("ASC" as const) } : {}),
        ...(width ? { width } : {}),
        ...(phone ? { phone } : {}),
        cell: (row) => <Value field={field} value={row[field.name]} short />,
      };
    }),
  ];
}

/** The columns that a row has on a phone: an amount beside the name, and a link or a text and a date below it. */
function phonePlaces(fields: readonly FieldShape[]): Map<string, "figure" | "under" | "end"> {
  const figure = fields.find(({ kind, type }) => kind === "money" || type === "Int" || type === "Float");
  const under = fields.find(({ kind }) => kind === "reference") ?? fields.find((field) => !atEnd(field));
  const end = fields.find((field) => field !== figure && field !== under && (atEnd(field) || field.kind === "enum"));
  const places = [[figure, "figure"] as const, [under, "under"] as const, [end, "end"] as const];
  return new Map(places.flatMap(([field, place]) => (field ? [[field.name, place] as const] : [])));
}

function RowName({ row }: { row: Reference }) {
  const name = nameOf(row);
  const type = row.__typename;
  return (
    <>
      {PEOPLE.has(type) ? (
        <Person name={name} whose={type === "User" ? "ours" : "theirs"} />
      ) : (
        <RecordMark kind={markOf(type)} />
      )}
      <span className="cut">{name}</span>
    </>
  );
}
