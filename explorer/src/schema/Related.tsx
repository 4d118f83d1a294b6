import { count } from "../words/format";
import { words } from "../words/words";
import { Table, type Column } from "../parts/Table";
import { labelOf } from "./labels";
import type { FieldShape, RelatedList } from "./records";
import { isEmpty, RecordLink, Value } from "./values";

const say = words("record");
const MOST_PROPERTIES = 5;

type Row = RelatedList["edges"][number] & { key: string };

/** The records at the other end of a relationship, with the properties that the relationship has. */
export function Related({ field, list }: { field: FieldShape; list: RelatedList }) {
  const rows: Row[] = list.edges.map((edge, index) => ({ ...edge, key: `${edge.node.id} ${index}` }));
  const properties = (field.edge ?? [])
    .filter(({ name }) => rows.some((row) => !isEmpty(row[name])))
    .slice(0, MOST_PROPERTIES);
  // On a phone a row has room for two of them: the last amount, and the first of the others with its label.
  const amount = properties.findLastIndex(({ kind }) => kind === "money");
  const atEnd = amount >= 0 ? amount : 1;
  const under = atEnd === 0 ? 1 : 0;
  const title = labelOf(field);
  const columns: Column<Row>[] = [
    {
      key: "node",
      label:
        list.totalCount > rows.length
          ? say("firstOf", { title, n: rows.length, total: list.totalCount })
          : `${title} ${count(list.totalCount)}`,
      heading: true,
      phone: "main",
      cell: ({ node }) => <RecordLink reference={node} />,
    },
    ...properties.map((property, index): Column<Row> => {
      const end = property.kind === "money" || property.type === "Int" || property.type === "Float";
      return {
        key: property.name,
        label: labelOf(property),
        end,
        width: `${end ? 13 : 16}%`,
        ...(index === under ? { phone: "under" as const } : index === atEnd ? { phone: "end" as const } : {}),
        cell: (row) => (
          <>
            {index === under && <span className="phone-only dim">{labelOf(property)} </span>}
            <Value field={property} value={row[property.name]} />
          </>
        ),
      };
    }),
  ];
  return (
    <section className="block">
      <Table label={title} rows={rows} total={list.totalCount} columns={columns} rowKey={({ key }) => key} />
    </section>
  );
}
