"""What a plan may recommend: one file a service, one module-level value a thing to switch on."""
