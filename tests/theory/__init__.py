"""What theory knows without simulating: formulae and exactly solved cases, apart from the code they judge."""
