"""Adds what the model learns from: the radius for the area of the largest nuclei, which grows faster in tumors."""

import os

import pandas as pd

from tumor import tell_usage


def main() -> None:
    biopsies = pd.read_csv(os.environ["FAIRLEAD_INPUT_BIOPSIES"], parse_dates=["taken_at"])
    biopsies["radius_per_area"] = biopsies["mean_radius"] / biopsies.pop("largest_area")
    biopsies.to_parquet(os.environ["FAIRLEAD_OUTPUT_FEATURES"], index=False)
    tell_usage()


if __name__ == "__main__":
    main()
