"""Trying one operation by hand: for real, with the workspace's secrets, limits and budget."""

from .price import Price, price_of
from .trying import Tried, must_be_confirmed, try_operation

__all__ = ["Price", "Tried", "must_be_confirmed", "price_of", "try_operation"]
