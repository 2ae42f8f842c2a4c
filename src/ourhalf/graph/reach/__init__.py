"""The links of a way to a port: rules, addresses, routes and load balancers, each judged by itself."""
