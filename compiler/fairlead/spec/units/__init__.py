"""The value types of the language: each has a notation, refuses in words what it is not, and prints canonically."""

from __future__ import annotations

from fairlead.spec.units.base import TextUnit, Unit, UnitError, Written
from fairlead.spec.units.cron import Cron
from fairlead.spec.units.duration import Duration
from fairlead.spec.units.image import Digest, ImageRef
from fairlead.spec.units.model_source import ModelSource
from fairlead.spec.units.money import Money, MoneyPerHour
from fairlead.spec.units.names import EnvName, HostName, Identifier, Name
from fairlead.spec.units.percentage import Percentage
from fairlead.spec.units.quantity import Cpu, Memory, Quantity
from fairlead.spec.units.references import LabelKey, LabelValue, SecretRef, ServiceAccountRef
from fairlead.spec.units.timezone import TimeZone
from fairlead.spec.units.uri import Uri, WebUrl

__all__ = [
    "Cpu",
    "Cron",
    "Digest",
    "Duration",
    "EnvName",
    "HostName",
    "Identifier",
    "ImageRef",
    "LabelKey",
    "LabelValue",
    "Memory",
    "ModelSource",
    "Money",
    "MoneyPerHour",
    "Name",
    "Percentage",
    "Quantity",
    "SecretRef",
    "ServiceAccountRef",
    "TextUnit",
    "TimeZone",
    "Unit",
    "UnitError",
    "Uri",
    "WebUrl",
    "Written",
]
