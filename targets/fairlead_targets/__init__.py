"""The targets that come with Fairlead; each uses only what a stranger's plugin can."""
