"""What to switch on and watch for the workloads at hand, as a plan that can be applied."""
