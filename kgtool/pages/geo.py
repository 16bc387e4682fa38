"""The map's geometry: the Natural Earth projection, great circles, distances. Plain arithmetic, no names of countries.

The base map (static/land*.svg) is projected with the same constants, so points fall on their coasts.
Source: T. Patterson, B. Šavrič, B. Jenny, "A Polynomial Equation for the Natural Earth Projection" (2011); the constants
place the world, cut at 25° west, in a frame of 1000 by 520.
"""

from __future__ import annotations

from math import asin, atan2, cos, degrees, hypot, radians, sin

WIDTH, HEIGHT = 1000.0, 520.0
_SCALE, _X, _Y, _CENTRE = 182.78964407016804, 500.0, 259.9982544540716, 155.0
_RADIUS_KM = 6371.0088
_STEPS = 32
Point = tuple[float, float]


def project(longitude: float, latitude: float) -> Point:
    """Degrees to the frame's units, x to the right and y down."""
    x, y = radians((longitude - _CENTRE + 540) % 360 - 180), radians(latitude)
    y2 = y * y
    y4 = y2 * y2
    across = x * (0.8707 - 0.131979 * y2 + y4 * (-0.013791 + y4 * (0.003971 * y2 - 0.001529 * y4)))
    up = y * (1.007226 + y2 * (0.015085 + y4 * (-0.044475 + 0.028874 * y2 - 0.005916 * y4)))
    return _X + _SCALE * across, _Y - _SCALE * up


def distance(one: Point, other: Point) -> float:
    """Great-circle distance of two (longitude, latitude) in degrees, in kilometres."""
    return 2 * asin(min(1.0, _chord(one, other) / 2)) * _RADIUS_KM


def great_circle(one: Point, other: Point) -> list[list[Point]]:
    """The shortest way between two (longitude, latitude), projected; two lines where it crosses the map's edge."""
    (ax, ay, az), (bx, by, bz) = _vector(one), _vector(other)
    angle = 2 * asin(min(1.0, _chord(one, other) / 2))
    if angle < 1e-9:
        return [[project(*one)]]
    lines: list[list[Point]] = []
    before, whole = None, sin(angle)
    for step in range(_STEPS + 1):
        t = step / _STEPS
        p, q = sin((1 - t) * angle) / whole, sin(t * angle) / whole
        x, y = p * ax + q * bx, p * ay + q * by
        here = project(degrees(atan2(y, x)), degrees(atan2(p * az + q * bz, hypot(x, y))))
        if before is None or abs(here[0] - before) > WIDTH / 2:
            lines.append([])
        lines[-1].append(here)
        before = here[0]
    return lines


def path(lines: list[list[Point]]) -> str:
    """Lines as the `d` of an SVG path, to a tenth of a unit."""
    return "".join(
        f"{'L' if number else 'M'}{x:.1f} {y:.1f}" for line in lines for number, (x, y) in enumerate(line)
    )  # fmt: skip


def _vector(point: Point) -> tuple[float, float, float]:
    longitude, latitude = radians(point[0]), radians(point[1])
    return cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)


def _chord(one: Point, other: Point) -> float:
    return hypot(*(u - v for u, v in zip(_vector(one), _vector(other), strict=True)))
