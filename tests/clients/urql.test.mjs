// Runs the recipes of docs/clients/urql.md against the server whose URL is the first argument.
import assert from "node:assert/strict";
import { createAll, relocate } from "./bulk.js";
import { chart } from "./chart.js";
import { connect } from "./client.js";
import { readAccount } from "./detail.js";
import { create, remove, rename } from "./edit.js";
import { save, submit } from "./form.js";
import { introspect } from "./introspection.js";
import { watchAccounts } from "./list.js";
import { suggestions } from "./typeahead.js";

const warnings = [];
console.warn = (...texts) => warnings.push(texts.join(" "));
const schema = await introspect(process.argv[2]);
const client = connect(process.argv[2], schema);
const prefix = "Urql recipe";
const where = { name: { startsWith: prefix } };
const names = (list) => list.accounts().edges.map(({ node }) => node.name);

const refused = await createAll(client, [{ name: `${prefix} 00` }, { name: "" }]);
assert.equal(refused.count, 0);
assert.ok(refused.results[1].errors[0].field.endsWith("name"));
const items = Array.from({ length: 25 }, (_, at) => ({ name: `${prefix} ${String(at).padStart(2, "0")}` }));
const created = await createAll(client, items);
assert.equal(created.count, 25);
const ids = created.results.map(({ recordId }) => recordId);
assert.ok((await relocate(client, ids, "Ulm")).accounts.every(({ city }) => city === "Ulm"));

const all = items.map(({ name }) => name);
const list = watchAccounts(client, where, 10);
await list.start();
assert.deepEqual(names(list), all.slice(0, 10));
await list.next();
assert.deepEqual(names(list), all.slice(0, 20));
await list.next();
assert.deepEqual(names(list), all);
assert.equal(list.accounts().pageInfo.hasNextPage, false);

const middle = watchAccounts(connect(process.argv[2], schema), where, 5, list.accounts().edges[12].cursor);
await middle.start();
assert.deepEqual(names(middle), all.slice(13, 18));
await middle.previous();
assert.deepEqual(names(middle), all.slice(8, 18));
await middle.previous();
await middle.previous();
assert.deepEqual(names(middle), all.slice(0, 18));
assert.equal(middle.accounts().pageInfo.hasPreviousPage, false);
assert.equal(middle.accounts().pageInfo.hasNextPage, true);

const account = await readAccount(client, ids[0]);
assert.equal(account.city, "Ulm");
const cached = async () => (await readAccount(client, ids[0], "cache-only")).name;
const renaming = rename(client, account, `${prefix} renamed`);
assert.equal(await cached(), `${prefix} renamed`);
const { changed, undo } = await renaming;
assert.equal(await cached(), `${prefix} renamed`);
await undo();
assert.equal(await cached(), account.name);

const conflict = await save(client, account, `${prefix} lost`);
assert.equal(await cached(), account.name);
assert.equal(conflict.theirs.name, account.name);
const kept = await save(client, { ...account, version: conflict.version }, `${prefix} kept`);
assert.equal(kept.saved.name, `${prefix} kept`);
assert.notEqual(changed.version, kept.saved.version);

const form = await submit(client, { name: "", revenue: { amount: 1, currency: "XXX" }, employees: -1 });
const fields = form.fields.map(([field]) => field);
for (const field of ["input.name", "input.employees"]) assert.ok(fields.includes(field), String(fields));

const added = await create(client, { name: `${prefix} added` });
await added.undo();
assert.equal(await readAccount(client, added.id), null);

const months = await chart(client, "2020-01-01");
assert.ok(months.length > 1 && months.every(({ month, count }) => month && count > 0));
const shown = [];
const hits = await new Promise((resolve) => {
  const suggest = suggestions(client, (nodes) => (shown.push(nodes), resolve(nodes)));
  suggest("urq");
  suggest("urql reci");
});
assert.ok(hits.length > 0 && hits.every(({ name }) => name.startsWith(prefix)), JSON.stringify(hits));
assert.equal(shown.length, 1);

for (const id of ids) await remove(client, id);
assert.deepEqual(warnings, []);
