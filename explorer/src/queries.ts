export interface Question {
  /** What a person would ask. */
  title: string;
  /** What the answer is good for, in a sentence. */
  about: string;
  query: string;
  variables?: Record<string, unknown>;
}

/** The questions the page opens with; the first is on top. */
export const questions: Question[] = [
  {
    title: "What is this group worth?",
    about: "Hierarchy rollup: everything won, open and ordered, over an account and all below it.",
    query: `query HierarchyRollup {
  accounts(
    first: 3
    orderBy: [{ rollup: { won: DESC } }]
  ) {
    nodes {
      name
      rollup {
        accounts
        depth
        won { amount currency }
        openPipeline { amount }
        winRate
        byChild {
          own
          account { name }
          won { amount }
        }
      }
    }
  }
}
`,
  },
  {
    title: "Who reports to whom?",
    about: "Org chart: solid and dotted lines, levels and spans, and what looks wrong.",
    query: `query OrgChart {
  accounts(
    first: 1
    orderBy: [{ employees: DESC }]
  ) {
    nodes {
      name
      orgChart {
        people
        depth
        seats {
          contact { name }
          jobTitle
          managerId
          level
          span
        }
        warnings { kind message }
      }
    }
  }
}
`,
  },
  {
    title: "Who can introduce us?",
    about: "Influence path: the strongest ways from one of us to a person or an account, with the reason of each hop.",
    query: `query Introductions(
  $from: ID!
  $to: ID!
) {
  introductions(
    from: $from
    to: $to
    first: 3
  ) {
    strength
    hops {
      from { name }
      to { name }
      strength
      lastAt
      because
    }
  }
}
`,
    // Two people of the world that `make run` starts with.
    variables: { from: "eqoebef56wswtldxfn2tgrdm", to: "xh4c2g3ak7zb2q4nloul2inq" },
  },
  {
    title: "What would they buy next?",
    about: "Cross-sell adjacency: products bought together by others, which this account does not have yet.",
    query: `query CrossSell {
  accounts(
    first: 3
    where: { orders: { some: {} } }
  ) {
    nodes {
      name
      crossSell(first: 3) {
        product { name }
        score
        because {
          rules {
            antecedent { name }
            consequent { name }
            confidence
            lift
          }
        }
      }
    }
  }
}
`,
  },
];
