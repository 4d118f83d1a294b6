export interface Folding {
  /** The accounts whose children have rows; empty for all of them. */
  open: readonly string[];
  /** The accounts whose children have no rows. */
  fold: readonly string[];
}

/** Whether the children of an account have rows. */
export function isOpen({ open, fold }: Folding, id: string): boolean {
  return !fold.includes(id) && (open.length === 0 || open.includes(id));
}

/** Folds or unfolds accounts. */
export function folded(state: Folding, ids: readonly string[], unfold: boolean): Folding {
  const without = state.fold.filter((id) => !ids.includes(id));
  if (!unfold) return { open: state.open, fold: [...without, ...ids] };
  const added = ids.filter((id) => !state.open.includes(id));
  return { open: state.open.length > 0 ? [...state.open, ...added] : [], fold: without };
}

interface Branch {
  accounts: number;
  parentId: string | null;
  account: { id: string; reach: { known: number } };
  sum: { won: { amount: number } };
}

/** The accounts in branches where we know no one, and what they brought; each branch counts once. */
export function unknownBranches(rows: readonly Branch[]): { accounts: number; won: number } {
  const inside = new Set<string>();
  let [accounts, won] = [0, 0];
  for (const { account, parentId, accounts: size, sum } of rows) {
    if (account.reach.known > 0) continue;
    const within = parentId !== null && inside.has(parentId);
    inside.add(account.id);
    if (within) continue;
    accounts += size;
    won += sum.won.amount;
  }
  return { accounts, won };
}

/** The share of a figure that a bar begins at and its length, for the branch that the bars are fitted to. */
export function fitted(
  bar: { start: number; length: number },
  branch: { start: number; length: number },
): { start: number; length: number } {
  if (branch.length <= 0) return { start: 0, length: 0 };
  const from = Math.min(1, Math.max(0, (bar.start - branch.start) / branch.length));
  const to = Math.min(1, Math.max(0, (bar.start + bar.length - branch.start) / branch.length));
  return { start: from, length: to - from };
}
