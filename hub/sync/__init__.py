"""What comes from outside the hub: ledgers, peers, reconciling, periodic duties. Each reads, plans, applies."""
