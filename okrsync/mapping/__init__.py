"""Map: which items count for which key result, and why. Pure.

Leaves link, inner nodes of the hierarchy do not: a link that an epic or parent matches reaches the leaves below
it. An item is linked once per key result however many links reach it, with the largest of their weights.
"""

from okrsync.mapping.heirs import Heirs, heirs_of
from okrsync.mapping.known import Known, Words
from okrsync.mapping.mapper import Mapper
from okrsync.mapping.surroundings import Surroundings

__all__ = ["Heirs", "Known", "Mapper", "Surroundings", "Words", "heirs_of"]
