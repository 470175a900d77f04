"""fairlead.yaml, environments, the hardware catalogue and the locks: what a specification means in one place."""
