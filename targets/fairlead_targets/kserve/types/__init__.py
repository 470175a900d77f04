"""The custom resources that this target writes, as typed mappings: one module for each version of KServe.

A field that a version of KServe lacks is not in that version's type, so the type checker refuses it and a test holds
every manifest to the type of its platform's version.
"""
