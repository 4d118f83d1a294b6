export interface Example {
  /** The business question that the query answers. */
  title: string;
  /** The feature that the query uses, in one sentence. */
  about: string;
  query: string;
  variables?: Record<string, unknown>;
}

/** The queries that the page opens with, in the order of their tabs. */
export const examples: Example[] = [
  {
    title: "What is this group worth?",
    about: "Hierarchy rollup: won, open and ordered amounts of an account and its subsidiaries.",
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
    about: "Org chart: solid and dotted lines, levels, spans of control and warnings.",
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
    about:
      "Influence path: the strongest paths from a colleague to a contact or an account, with the reason for each hop.",
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
      reason
    }
  }
}
`,
    // A user and a contact of the demo world that `make run` loads.
    variables: { from: "eqoebef56wswtldxfn2tgrdm", to: "xh4c2g3ak7zb2q4nloul2inq" },
  },
  {
    title: "What would they buy next?",
    about: "Cross-sell: products that are often bought together with those of the account.",
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
        evidence {
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
