import { expect, test } from "vitest";
import { bestTie, peopleVerdict, type Contact } from "./verdict";

function contact(id: string, strength: number | null, lastSpokeAt: string | null = null): Contact {
  const ours = { __typename: "User", id: "u", name: "Nelna Beckbury" };
  const ties = strength === null ? [] : [{ strength, from: ours, to: { __typename: "Contact", id, name: id } }];
  return { id, ties, lastSpokeAt } as unknown as Contact;
}

test("the best tie is that of one of us, in either direction", () => {
  const [tie] = contact("c", 70).ties;
  expect(bestTie(contact("c", 70))).toMatchObject({ strength: 70, ours: { id: "u" } });
  expect(bestTie({ id: "c", ties: [{ ...tie!, from: tie!.to, to: tie!.from }] })).toMatchObject({ ours: { id: "u" } });
  expect(bestTie(contact("c", null))).toBeNull();
});

test("the verdict counts whom we know and have never spoken to when all are here", () => {
  const people = [contact("a", 80, "2026-01-01T00:00:00Z"), contact("b", 39), contact("c", null)];
  expect(peopleVerdict({ nodes: people, totalCount: 3 }, true)).toMatch(
    /^Three people at your accounts\. We know one of them, and .* ever spoken to two\.$/,
  );
  expect(peopleVerdict({ nodes: people.slice(0, 1), totalCount: 1 }, false)).toBe("One person. We know them.");
  expect(peopleVerdict({ nodes: people, totalCount: 300 }, false)).toBe("300 people at the accounts that you may see.");
  expect(peopleVerdict({ nodes: [], totalCount: 0 }, false)).toMatch(/matches\.$/);
});
