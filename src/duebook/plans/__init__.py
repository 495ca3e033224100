"""Payment plans and due dates. Pure functions; may import `policy` and `core`."""
