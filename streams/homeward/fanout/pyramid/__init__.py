"""The occupied-cell pyramid: finds a lane's recipients without looking at everybody."""

from homeward.fanout.pyramid.index import PyramidIndex

__all__ = ["PyramidIndex"]
