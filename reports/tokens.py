"""The colours of the explorer that paper uses; style sheet and charts take them from here."""

from __future__ import annotations

TOKENS = {
    "ink": "#11201d",
    "ink-2": "#46544f",
    "ink-3": "#5e6b66",
    "edge": "#7f8b88",
    "line": "#e4e9e7",
    "line-2": "#cfd7d4",
    "paper": "#ffffff",
    "sunken": "#f7f9f8",
    "us": "#005c54",
    "us-fill": "#0d6e65",
    "us-mid": "#3c968c",
    "us-soft": "#a5d5ce",
    "us-tint": "#e2f1ee",
    "hatch-off": "#d3ebe7",
    "risk": "#a1330c",
    "risk-fill": "#c2481c",
    "risk-tint": "#fce9e1",
    "opp": "#7a5000",
    "opp-fill": "#b57e10",
    "opp-tint": "#f9edd0",
    "you": "#1b5fc4",
}
