import { describe, expect, test } from "vitest";
import { en } from "./en";
import { fill, parsePattern, spelled } from "./patterns";

function filled(pattern: string, slots: Record<string, string | number>): string {
  return fill<string>(parsePattern(pattern), slots).join("");
}

describe("patterns", () => {
  test("slots are filled, and numbers are written for a reader", () => {
    expect(filled("{name} has {n}", { name: "Calinex", n: 12345 })).toBe("Calinex has 12,345");
    expect(filled("{n, spell} and {m, spell}", { n: 3, m: 12 })).toBe("three and 12");
    expect(spelled(0)).toBe("zero");
  });

  test("a sentence that ends with the full stop of a name has one", () => {
    expect(filled("It is {name}.", { name: "Calinex Inc." })).toBe("It is Calinex Inc.");
    expect(filled("{name}. {other}.", { name: "Ada", other: "Bo" })).toBe("Ada. Bo.");
  });

  test("a plural has exact numbers, one and other, and nests", () => {
    const pattern = "{n, plural, =0 {nothing} one {one deal} other {{n, spell} deals, # in all}}";
    expect(filled(pattern, { n: 0 })).toBe("nothing");
    expect(filled(pattern, { n: 1 })).toBe("one deal");
    expect(filled(pattern, { n: 4 })).toBe("four deals, 4 in all");
    expect(filled(pattern, { n: 1200 })).toBe("1,200 deals, 1,200 in all");
  });

  test("a choice takes its option or other", () => {
    const pattern = "{who, select, you {You know} other {{who} knows}} him";
    expect(filled(pattern, { who: "you" })).toBe("You know him");
    expect(filled(pattern, { who: "Nelna" })).toBe("Nelna knows him");
  });

  test.each(["{", "{n", "{n, plural, one {x}}", "a } b", "{n, other}", "{}"])("%s is refused", (pattern) => {
    expect(() => parsePattern(pattern)).toThrow();
  });

  test("a slot that is not filled is an error", () => {
    expect(() => filled("{name}", {})).toThrow("name");
  });

  test("every text of the explorer is a pattern", () => {
    for (const section of Object.values(en))
      for (const text of Object.values(section)) expect(() => parsePattern(text)).not.toThrow();
  });
});
