// Runs the recipes of docs/clients/relay.md against the server whose URL is the first argument.
import assert from "node:assert/strict";
import { createAll, relocate } from "./AccountBulk.js";
import { readAccount } from "./AccountDetail.js";
import { create, remove, rename } from "./AccountEdit.js";
import { save, submit } from "./AccountForm.js";
import { watchAccounts } from "./AccountList.js";
import { connect } from "./environment.js";
import { suggestions } from "./Typeahead.js";
import { chart } from "./WonChart.js";

const warnings = [];
console.error = (...texts) => warnings.push(texts.join(" "));
const environment = connect(process.argv[2]);
const prefix = "Relay recipe";
const where = { name: { startsWith: prefix } };
const names = (list) => list.accounts().edges.map(({ node }) => node.name);

const refused = await createAll(environment, [{ name: `${prefix} 00` }, { name: "" }]);
assert.equal(refused.count, 0);
assert.ok(refused.results[1].errors[0].field.endsWith("name"));
const items = Array.from({ length: 25 }, (_, at) => ({ name: `${prefix} ${String(at).padStart(2, "0")}` }));
const created = await createAll(environment, items);
assert.equal(created.count, 25);
const ids = created.results.map(({ recordId }) => recordId);
assert.ok((await relocate(environment, ids, "Ulm")).accounts.every(({ city }) => city === "Ulm"));

const all = items.map(({ name }) => name);
const list = watchAccounts(environment, where, 10);
await list.start();
assert.deepEqual(names(list), all.slice(0, 10));
await list.next();
assert.deepEqual(names(list), all.slice(0, 20));
await list.next();
assert.deepEqual(names(list), all);
assert.equal(list.accounts().pageInfo.hasNextPage, false);

const middle = watchAccounts(connect(process.argv[2]), where, 5, list.accounts().edges[12].cursor);
await middle.start();
assert.deepEqual(names(middle), all.slice(13, 18));
await middle.previous();
assert.deepEqual(names(middle), all.slice(8, 18));
await middle.previous();
await middle.previous();
assert.deepEqual(names(middle), all.slice(0, 18));
assert.equal(middle.accounts().pageInfo.hasPreviousPage, false);
assert.equal(middle.accounts().pageInfo.hasNextPage, true);
middle.dispose();

const account = await readAccount(environment, ids[0]);
assert.equal(account.city, "Ulm");
const cached = () => list.accounts().edges[0].node.name;
const renaming = rename(environment, account, `${prefix} renamed`);
assert.equal(cached(), `${prefix} renamed`);
const { changed, undo } = await renaming;
assert.equal(cached(), `${prefix} renamed`);
await undo();
assert.equal(cached(), account.name);

const conflict = await save(environment, account, `${prefix} lost`);
assert.equal(cached(), account.name);
assert.equal(conflict.theirs.name, account.name);
const kept = await save(environment, { ...account, version: conflict.version }, `${prefix} kept`);
assert.equal(kept.saved.name, `${prefix} kept`);
assert.notEqual(changed.version, kept.saved.version);

const form = await submit(environment, { name: "", revenue: { amount: 1, currency: "XXX" }, employees: -1 });
const fields = form.fields.map(([field]) => field);
for (const field of ["input.name", "input.employees"]) assert.ok(fields.includes(field), String(fields));

const added = await create(environment, { name: `${prefix} added` }, where);
assert.equal(names(list).at(-1), `${prefix} added`);
await added.undo();
assert.ok(!names(list).includes(`${prefix} added`));
assert.equal(await readAccount(environment, added.id), null);

const months = await chart(environment, "2020-01-01");
assert.ok(months.length > 1 && months.every(({ month, count }) => month && count > 0));
const suggest = suggestions(environment);
const stale = suggest("rel").catch((error) => error);
const hits = await suggest("relay reci");
assert.ok(hits.length > 0 && hits.every(({ name }) => name.startsWith(prefix)), JSON.stringify(hits));
await stale;

for (const id of ids) await remove(environment, id, where);
assert.deepEqual(names(list), []);
list.dispose();
assert.deepEqual(warnings, []);
