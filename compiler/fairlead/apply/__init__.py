"""From committed output to a cluster without a reconciler: a plan, the waves, health, and pruning by an inventory.

Everything about the cluster is asked and told through kubectl, by one module (`fairlead.cluster.kubectl`).
"""
