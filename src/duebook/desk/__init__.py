"""The credit file: customers, decisions, approvals, audit trail. May import every room but `hosts`."""
