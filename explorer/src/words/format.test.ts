import { expect, test } from "vitest";
import { day, daysUntil, humanized, initials, money, moneyInFull, moneyInWords, moneyOrNone } from "./format";

const usd = (amount: number) => ({ amount, currency: "USD" });
const NOW = new Date(2026, 10, 25, 18, 40);

test("money is whole in tables, full in sums, and short in sentences from a million on", () => {
  expect(money(usd(48_100.4))).toBe("$48,100");
  expect(moneyInFull(usd(69_250.5))).toBe("$69,250.50");
  expect(moneyInWords(usd(6_937_809.25))).toBe("$6.94M");
  expect(moneyInWords(usd(999_999))).toBe("$999,999");
  expect(money({ amount: 1200, currency: "EUR" }).replace(/\s/g, " ")).toBe("EUR 1,200");
  expect(moneyOrNone(null)).toBe("—");
  expect(moneyOrNone(usd(0))).toBe("—");
});

test("a day has its year only when it is another one", () => {
  expect(day("2026-12-24", NOW)).toBe("24 Dec");
  expect(day("2027-02-16", NOW)).toBe("16 Feb 2027");
  expect(daysUntil("2026-12-24", NOW)).toBe(29);
  expect(daysUntil("2026-11-25", NOW)).toBe(0);
  expect(daysUntil("2026-11-20", NOW)).toBe(-5);
});

test("names and codes become words", () => {
  expect(initials("Olmar Stenstig")).toBe("OS");
  expect(initials("Maria del Carmen Ruiz")).toBe("MR");
  expect(initials("𝒳")).toBe("𝒳");
  expect(humanized("estimatedCloseDate")).toBe("estimated close date");
  expect(humanized("QUALIFY_OUT")).toBe("qualify out");
});
