import { useMemo, useState } from "react";
import { mutate, type Failure } from "../../app/client";
import {
  AddProposedLineDocument,
  DismissProductDocument,
  EndDismissalDocument,
  ProposeProductDocument,
  TakeDismissalBackDocument,
  TakeProposalBackDocument,
} from "../../generated/graphql";
import { toast } from "../../parts/toasts";
import { words } from "../../words/words";
import { type Cell, type Change, changed, type Matrix, medianLine, type Move, type Place } from "./matrix";

const say = words("whiteSpace");
type Reason = NonNullable<Cell["dismissal"]>;

interface Pending {
  of: Matrix;
  changes: readonly (readonly [key: string, change: Change])[];
}

export interface Writes {
  /** The matrix with the changes that are on their way. */
  shown: Matrix;
  /** The cell that changed last. */
  justNow: string;
  propose: (place: Place, move: Move) => void;
  dismiss: (place: Place, reason: Reason) => void;
  allow: (place: Place) => void;
}

/** The changes of a matrix: each is shown at once, replaced by the answer, and undone with `Z`. */
export function useWrites(matrix: Matrix, again: () => void): Writes {
  const [pending, setPending] = useState<Pending>({ of: matrix, changes: [] });
  const [justNow, setJustNow] = useState("");
  const shown = useMemo(
    () =>
      pending.of === matrix
        ? pending.changes.reduce((now, [key, change]) => changed(now, key, change), matrix)
        : matrix,
    [pending, matrix],
  );
  const expect = (key: string, change: Change) => {
    setJustNow(key);
    setPending((now) => ({ of: matrix, changes: [...(now.of === matrix ? now.changes : []), [key, change]] }));
    return (pattern: "notAdded" | "notSaved" | "lineNotAdded", failure: Failure) => {
      setJustNow("");
      setPending((now) => ({ ...now, changes: now.changes.filter(([, each]) => each !== change) }));
      refuse(pattern, failure);
    };
  };
  const undo = (take: () => Promise<{ failure: Failure | null }>, message: string) => async () => {
    const { failure } = await take();
    if (failure) return refuse("notSaved", failure);
    setJustNow("");
    toast({ message });
    again();
  };

  const propose = async ({ row: { account }, key }: Place, move: Move) => {
    const refused = expect(key, { kind: "proposed", move });
    const price = { amount: medianLine(move), currency: move.expected.currency };
    const { product } = move;
    const name = product.name;
    const created = await mutate(ProposeProductDocument, { name, account: account.id, estimatedValue: price });
    const id = created.data?.createOpportunity?.opportunity?.id;
    if (created.failure || !id) return created.failure && refused("notAdded", created.failure);
    const takeBack = () => mutate(TakeProposalBackDocument, { id });
    const line = await mutate(AddProposedLineDocument, {
      record: id,
      product: product.id,
      quantity: 1,
      pricePerUnit: price,
    });
    if (line.failure) {
      await takeBack();
      return refused("lineNotAdded", line.failure);
    }
    toast({
      message: say("added", { product: name, account: account.name }),
      undo: undo(takeBack, say("addedBack", { product: name })),
    });
    again();
  };

  const dismiss = async ({ row: { account }, column, key }: Place, reason: Reason) => {
    const refused = expect(key, { kind: "dismissed", reason });
    const pair = { account: account.id, product: column.column };
    const { failure } = await mutate(DismissProductDocument, { ...pair, reason });
    if (failure) return refused("notSaved", failure);
    const slots = { column: column.name, account: account.name };
    toast({
      message: say("dismissed", slots),
      undo: undo(() => mutate(TakeDismissalBackDocument, pair), say("dismissedBack", slots)),
    });
    again();
  };

  const allow = async ({ row: { account }, column, cell, key }: Place) => {
    const reason = cell.dismissal;
    const refused = expect(key, { kind: "allowed" });
    const pair = { account: account.id, product: column.column };
    const { failure } = await mutate(EndDismissalDocument, pair);
    if (failure) return refused("notSaved", failure);
    const slots = { column: column.name, account: account.name };
    toast({
      message: say("dismissedBack", slots),
      undo: undo(() => mutate(DismissProductDocument, { ...pair, reason }), say("dismissed", slots)),
    });
    again();
  };
  return {
    shown,
    justNow,
    propose: (place, move) => void propose(place, move),
    dismiss: (place, reason) => void dismiss(place, reason),
    allow: (place) => void allow(place),
  };
}

function refuse(pattern: "notAdded" | "notSaved" | "lineNotAdded", { message, remedy }: Failure): void {
  toast({ message: say(pattern, { reason: [message, remedy].filter(Boolean).join(" ") }), refused: true });
}
