"""Who answers for what: the matrix as cited data, and the resolver that says why here."""
