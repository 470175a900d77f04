"""Writes the data that a run on this machine reads, from the sets that come with scikit-learn.

`python models/datasets.py` writes what is not there yet, and what is so old that its pipeline would refuse it.
What each file is, and what of it is made up, stands in models/README.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pandas as pd
from PIL import Image
from sklearn.datasets import load_breast_cancer, load_digits, load_sample_images, load_wine

DATA = Path(__file__).resolve().parents[1] / "data"
SEED = 7
DAY = 24 * 3600
TILE = 80
"""The side of a scene, in pixels."""


def biopsies() -> pd.DataFrame:
    """4,000 biopsies: the set's own, drawn with replacement, with noise on the measurements."""
    source = load_breast_cancer(as_frame=True)
    random = np.random.default_rng(SEED)
    drawn = random.integers(0, len(source.data), size=4_000)
    measured = source.data.iloc[drawn][["mean radius", "worst area"]].reset_index(drop=True)
    measured *= 1 + 0.01 * random.standard_normal(measured.shape)
    hours = random.uniform(0, 90 * 24, size=len(drawn))
    return pd.DataFrame(
        {
            "biopsy_id": [f"b{number:05}" for number in range(len(drawn))],
            "taken_at": [(midnight() - timedelta(hours=float(each))).isoformat() for each in hours],
            "mean_radius": measured["mean radius"].round(4),
            "largest_area": measured["worst area"].round(2),
            "age_band": random.choice(["under-40", "40-60", "over-60"], size=len(drawn)),
            "diagnosis": source.target.iloc[drawn].map({0: "malignant", 1: "benign"}).to_numpy(),
        }
    )


def screen() -> pd.DataFrame:
    """The 569 biopsies, with two measurements."""
    source = load_breast_cancer(as_frame=True)
    return pd.DataFrame(
        {
            "biopsy_id": [f"s{number:04}" for number in range(len(source.data))],
            "mean_radius": source.data["mean radius"],
            "mean_texture": source.data["mean texture"],
            "diagnosis": source.target.map({0: "malignant", 1: "benign"}),
        }
    )


def digits() -> pd.DataFrame:
    """Images of eight by eight pixels, each a list of 64 numbers from 0 to 1."""
    source = load_digits()
    random = np.random.default_rng(SEED)
    return pd.DataFrame(
        {
            "digit_id": [f"d{number:04}" for number in range(len(source.data))],
            "pixels": list((source.data / 16).astype(np.float32)),
            "station": random.choice(["basel", "bern", "geneva"], size=len(source.data)),
            "digit": source.target.astype(str),
        }
    )


def customers() -> pd.DataFrame:
    """Wines, in the role of customers."""
    source = load_wine(as_frame=True)
    return source.data.assign(customer_id=[f"c{number:03}" for number in source.data.index], left=source.target == 0)


def load() -> pd.DataFrame:
    """120 days of four substations, by the hour: a daily and a weekly rhythm, heating, and noise."""
    random = np.random.default_rng(SEED)
    times = pd.date_range(end=pd.Timestamp(midnight()), periods=121 * 24, freq="h")
    frames = []
    for substation, base in {"north": 120, "east": 90, "south": 70, "west": 100}.items():
        hour, weekend = times.hour.to_numpy(), times.dayofweek.to_numpy() >= 5
        temperature = 8 + 6 * np.sin((hour - 9) * np.pi / 12) + np.cumsum(random.normal(0, 0.3, len(times)))
        rhythm = 25 * np.sin((hour - 7) * np.pi / 12) - 15 * weekend
        drawn = base + rhythm - 1.2 * np.clip(temperature, -20, 18) + random.normal(0, 4, len(times))
        frame = pd.DataFrame(
            {
                "reading_id": [f"{substation}-{at:%Y%m%d%H}" for at in times],
                "measured_at": [at.isoformat() for at in times],
                "substation": substation,
                "temperature": np.clip(temperature, -40, 50).round(2),
                "load": np.clip(drawn, 0, None).round(2),
            }
        )
        frame.insert(4, "load_day_before", frame["load"].shift(24))
        frames.append(frame.iloc[24:])
    return pd.concat(frames, ignore_index=True)


def scenes(folder: Path) -> int:
    """Two photographs, of a temple and of a flower, cut into tiles; gives their number."""
    count = 0
    for path, pixels in zip(("temple", "flower"), load_sample_images().images, strict=True):
        for top in range(0, pixels.shape[0] - TILE + 1, TILE):
            for left in range(0, pixels.shape[1] - TILE + 1, TILE):
                tile = Image.fromarray(pixels[top : top + TILE, left : left + TILE])
                tile.save(folder / f"{path}-{top:03}-{left:03}.png")
                count += 1
    return count


def midnight() -> datetime:
    """The last midnight: what is written twice on one day is the same."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


FILES: dict[str, tuple[Callable[[], pd.DataFrame], float]] = {
    "biopsies.csv": (biopsies, 6 * DAY),
    "screen.csv": (screen, float("inf")),
    "digits.parquet": (digits, float("inf")),
    "customers.parquet": (customers, float("inf")),
    "load.csv": (load, 2 * DAY),
}
"""Each file, what is in it, and the age from which on it is written again."""


def main() -> None:
    DATA.mkdir(exist_ok=True)
    for name, (made, oldest) in FILES.items():
        path = DATA / name
        if path.exists() and time.time() - path.stat().st_mtime < oldest:
            continue
        frame = made()
        draft = path.with_name(f".{name}")
        if path.suffix == ".csv":
            frame.to_csv(draft, index=False)
        else:
            frame.to_parquet(draft, index=False)
        draft.replace(path)
        print(f"data/{name}: {len(frame)} rows")
    if not (DATA / "scenes").exists():
        drafts = Path(mkdtemp(prefix=".scenes.", dir=DATA))
        count = scenes(drafts)
        drafts.replace(DATA / "scenes")
        print(f"data/scenes: {count} images")


if __name__ == "__main__":
    main()
