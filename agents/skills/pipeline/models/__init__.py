"""Pipelines with their people, and the programs that hear of their moves."""

from .hook import Delivery, DeliveryQuerySet, Hook
from .people import Activity, Company, Contact, Kind, Pipeline

__all__ = [
    "Activity",
    "Company",
    "Contact",
    "Delivery",
    "DeliveryQuerySet",
    "Hook",
    "Kind",
    "Pipeline",
]
