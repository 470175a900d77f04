"""What a change does: two compiles of one project compared by meaning, and pages that say it."""
