"""What a cluster lacks for a project."""
