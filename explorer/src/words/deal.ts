/** The words of the page of a deal, and of the buttons that close and reopen it. */
export const deal = {
  committee: "Committee",
  present:
    "A deal shows what holds now: the committee, its ties and its verdict are not kept by moment. Its history says what was changed.",
  role: "Role",
  stance: "Stance",
  tie: "Tie to us",
  knownBy: "Known by",
  noCommittee: "No one has a role in this deal yet.",
  openRoom: "Open the committee",
  linesSay: "lines say {money}",
  weighted: "weighted {money}",
  win: "Win…",
  lose: "Lose…",
  reopen: "Reopen…",
  winButton: "Win the deal",
  loseButton: "Lose the deal",
  reopenButton: "Reopen the deal",
  winTitle: "Win “{name}”",
  loseTitle: "Lose “{name}”",
  reopenTitle: "Reopen “{name}”",
  winFollows:
    "The deal is closed as won, with a chance of 100%, and leaves the open deals. Without a date it is closed today, and without a value at its estimate. Undo reopens it.",
  loseFollows:
    "The deal is closed as lost, with a chance of 0%, and leaves the open deals. Without a date it is closed today. Undo reopens it.",
  reopenFollows: "The deal is open again. Its actual value and the day on which it was closed are cleared.",
} as const;
