"""The credit policy as data: dated TOML tables, their loader and checker. May import `core` only."""
