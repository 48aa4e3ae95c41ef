"""Pages of approval policies, limits and delegations: shown to who works there."""
