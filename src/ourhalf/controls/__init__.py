"""Controls, one folder a topic. A module-level `Control` in a file of a topic folder is a control."""
