"""The stages of a life, each building its nodes: data, training, serving, monitoring, and the loop."""
