"""What a cluster lacks for an environment: what the output needs, held against what the cluster has.

Nothing is changed. What can't be asked is said as unknown, and never taken for fine. Of Secrets only the names of keys
are read: kubectl itself leaves the values out.
"""
