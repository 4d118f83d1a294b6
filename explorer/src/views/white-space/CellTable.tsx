import { Expected } from "../../marks/marks";
import { Table, type Column } from "../../parts/Table";
import { capitalized, moneyOrNone, NONE } from "../../words/format";
import { words } from "../../words/words";
import type { GridProps } from "./MatrixGrid";
import { type Place, placeOf } from "./matrix";
import { cellSentence } from "./sentences";

const say = words("whiteSpace");

const COLUMNS: readonly Column<Place>[] = [
  { key: "account", label: say("account"), phone: "main", cell: ({ row }) => row.account.name },
  { key: "column", label: say("columns"), width: "120px", phone: "under", cell: ({ column }) => column.name },
  {
    key: "state",
    label: say("state"),
    width: "96px",
    cell: ({ cell }) => capitalized(say(`state${cell.state}`)),
  },
  {
    key: "bought",
    label: say("bought"),
    width: "84px",
    end: true,
    phone: "end",
    cell: ({ cell }) => moneyOrNone(cell.bought),
  },
  { key: "open", label: say("open"), width: "84px", end: true, cell: ({ cell }) => moneyOrNone(cell.open) },
  {
    key: "expected",
    label: say("expected"),
    width: "84px",
    end: true,
    phone: "figure",
    cell: ({ cell }) => (cell.expected.amount > 0 ? <Expected>{moneyOrNone(cell.expected)}</Expected> : NONE),
  },
  { key: "evidence", label: say("evidence"), cell: (place) => cellSentence(place) },
];

interface Props extends GridProps {
  /** Whether the cells with the most expected stand first, as in a list without the matrix. */
  bestFirst?: boolean;
}

function byExpected({ cell: one }: Place, { cell: other }: Place): number {
  return other.expected.amount - one.expected.amount || other.bought.amount - one.bought.amount;
}

/** The cells of the matrix as rows, with the words for their states. */
export function CellTable({ matrix, rows, selected, select, bestFirst = false }: Props) {
  const all = rows.flatMap((row) => row.cells.map((_, index) => placeOf(matrix, row, index)));
  const places = bestFirst ? all.sort(byExpected) : all;
  return (
    <Table
      label={say("tableLabel")}
      rows={places}
      total={places.length}
      columns={COLUMNS}
      rowKey={({ key }) => key}
      selected={selected}
      select={select}
      follow={!bestFirst}
    />
  );
}
