"""Draws rebuilt with NumPy's Philox alone, as cpp/random/draws.hpp documents their layout.

key     = (seed, FNV-1a of the name), 64 bits each
counter = (path / 4, step, 0, 0), least significant word first
word    = output[path % 4],  uniform = ((word >> 12) + 0.5) 2^-52,  normal = quantile(uniform)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

_WORD = 2**64


def fnv1a_64(name: str) -> int:
    """http://www.isthe.com/chongo/tech/comp/fnv/"""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) % _WORD
    return value


def words(seed: int, name: str, step: int, first_path: int, n: int) -> NDArray[np.uint64]:
    """The generator's words for n consecutive paths."""
    group, offset = divmod(first_path, 4)
    # One integer: a list of two words would become doubles, and lose the low bits of the hash.
    key = seed + fnv1a_64(name) * _WORD
    # NumPy adds 1 to the counter before each block of four words.
    counter = (group + step * _WORD - 1) % _WORD**4
    return np.random.Philox(key=key, counter=counter).random_raw(offset + n)[offset:]


def uniforms(
    seed: int, name: str, step: int = 0, first_path: int = 0, n: int = 1
) -> NDArray[np.float64]:
    """Uniform draws of n consecutive paths, exactly."""
    k = (words(seed, name, step, first_path, n) >> np.uint64(12)).astype(np.float64)
    return (k + 0.5) * 2.0**-52


def normals(
    seed: int, name: str, step: int = 0, first_path: int = 0, n: int = 1
) -> NDArray[np.float64]:
    """Normal draws of n consecutive paths, to a few units in the last place (SciPy's quantile)."""
    return ndtri(uniforms(seed, name, step, first_path, n))


class Draws:
    """Draws of paths first_path .. first_path + n - 1; one row of floats a variable and step."""

    def __init__(self, seed: int, first_path: int, n: int) -> None:
        self._where = (seed, first_path, n)
        self._rows: dict[tuple[str, int, bool], list[float]] = {}

    def of_path(self, i: int) -> PathDraws:
        """The draws of one path, by its index among these."""
        return PathDraws(self, i)

    def row(self, name: str, step: int, is_uniform: bool) -> list[float]:
        """All paths' draws of a variable."""
        key = (name, step, is_uniform)
        if key not in self._rows:
            seed, first_path, n = self._where
            draw = uniforms if is_uniform else normals
            self._rows[key] = draw(seed, name, step, first_path, n).tolist()
        return self._rows[key]


class PathDraws:
    """Draws of one path, by name and step."""

    def __init__(self, draws: Draws, i: int) -> None:
        self._draws, self._i = draws, i

    def normal(self, name: str, step: int = 0) -> float:
        return self._draws.row(name, step, False)[self._i]

    def uniform(self, name: str, step: int = 0) -> float:
        return self._draws.row(name, step, True)[self._i]
