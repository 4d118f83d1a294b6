import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from "@graphiql/react";
import { questions, type Question } from "./queries";

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

  function open(question: Question) {
    const already = tabs.findIndex((tab) => tab.query === question.query);
    if (already >= 0) return changeTab(already);
    addTab();
    queryEditor?.setValue(question.query);
    variableEditor?.setValue(question.variables ? JSON.stringify(question.variables, null, 2) : "");
  }

  return (
    <section className="kith-questions" aria-label="Questions">
      <h2>Questions</h2>
      <p>Kith knows who belongs to whom, who knows whom and who bought what. Four questions to begin with:</p>
      <ul>
        {questions.map((question) => (
          <li key={question.title}>
            <button type="button" onClick={() => open(question)}>
              <strong>{question.title}</strong>
              <span>{question.about}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The panel of questions to begin with, beside the documentation. */
export const questionsPlugin: GraphiQLPlugin = { title: "Questions", icon: Icon, content: Panel };
