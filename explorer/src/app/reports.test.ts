import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { reportsAbout, reportUrl, type Report } from "./reports";

const report = (name: string, about: string, aboutRequired: boolean): Report => ({
  name,
  title: name,
  description: "",
  about,
  aboutRequired,
  formats: ["html"],
});
const ALL = [report("brief", "Account", true), report("risk", "User", false), report("deal", "Opportunity", true)];
const account = { type: "Account", id: "a&b=c", name: "Alder" };

describe("reports", () => {
  beforeEach(() => vi.stubGlobal("document", { baseURI: "http://kith.example/sub/" }));
  afterEach(() => vi.unstubAllGlobals());

  test("are those about the type of the record, or those that need no record", () => {
    expect(reportsAbout(ALL, account).map(({ name }) => name)).toEqual(["brief"]);
    expect(reportsAbout(ALL, { ...account, type: "Lead" })).toEqual([]);
    expect(reportsAbout(ALL, null).map(({ name }) => name)).toEqual(["risk"]);
  });

  test("have an address below the root, with the record and the day", () => {
    expect(reportUrl(ALL[0]!, "pdf", account, "2026-06-30")).toBe(
      "http://kith.example/sub/reports/brief.pdf?about=a%26b%3Dc&as-of=2026-06-30",
    );
    expect(reportUrl(ALL[1]!, "html", null, "")).toBe("http://kith.example/sub/reports/risk.html");
  });
});
