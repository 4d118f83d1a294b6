import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from "@graphiql/react";
import { examples, type Example } from "./queries";

function Icon() {
  return (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round">
      <path d="M6 4.5v11M6 11l8-5.5M8.6 9.2 14 15" />
      <circle cx="6" cy="4" r="1.7" fill="currentColor" />
      <circle cx="6" cy="16" r="1.7" fill="currentColor" />
      <circle cx="14.5" cy="5" r="1.7" fill="currentColor" />
      <circle cx="14.5" cy="15.5" r="1.7" fill="currentColor" />
    </svg>
  );
}

function Panel() {
  const tabs = useGraphiQL((state) => state.tabs);
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const { addTab, changeTab } = useGraphiQLActions();

  function open(example: Example) {
    const existing = tabs.findIndex((tab) => tab.query === example.query);
    if (existing >= 0) return changeTab(existing);
    addTab();
    queryEditor?.setValue(example.query);
    variableEditor?.setValue(example.variables ? JSON.stringify(example.variables, null, 2) : "");
  }

  return (
    <section className="kith-examples" aria-label="Examples">
      <h2>Examples</h2>
      <p>Four queries on hierarchies, reporting lines, relationships and purchases. Select one to open it in a tab.</p>
      <ul>
        {examples.map((example) => (
          <li key={example.title}>
            <button type="button" onClick={() => open(example)}>
              <strong>{example.title}</strong>
              <span>{example.about}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The panel of example queries, beside the documentation. */
export const examplesPlugin: GraphiQLPlugin = { title: "Examples", icon: Icon, content: Panel };
