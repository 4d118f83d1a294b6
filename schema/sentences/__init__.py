"""Sentences that Kith concludes: patterns with slots, and figures that carry their evidence."""
