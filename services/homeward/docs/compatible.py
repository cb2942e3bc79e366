"""Whether a published schema still says what it said: old lines must pass for ever."""

from collections.abc import Iterator, Mapping
from typing import Any


def breaks(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return what the new schema of a kind no longer allows that the old one did."""
    return sorted(_object(old, new, old, new, ""))


def _object(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    old_root: Mapping[str, Any],
    new_root: Mapping[str, Any],
    where: str,
) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before.keys() - after.keys():
        yield f"{where}{name}: gone"
    for name in set(new.get("required", ())) - set(old.get("required", ())):
        yield f"{where}{name}: newly required"
    for name in before.keys() & after.keys():
        yield from _value(
            _meant(before[name], old_root),
            _meant(after[name], new_root),
            old_root,
            new_root,
            f"{where}{name}",
        )


def _meant(field: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    ref = field.get("$ref")
    return field if ref is None else root["$defs"][ref.removeprefix("#/$defs/")]


def _value(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    old_root: Mapping[str, Any],
    new_root: Mapping[str, Any],
    where: str,
) -> Iterator[str]:
    for name in ("type", "pattern", "const", "format"):
        if name in new and new[name] != old.get(name):
            yield f"{where}: {name} is another"
    if gone := set(old.get("enum", ())) - set(new.get("enum", old.get("enum", ()))):
        yield f"{where}: no longer {', '.join(sorted(map(str, gone)))}"
    if "enum" in new and "enum" not in old:
        yield f"{where}: narrowed to a list"
    for name, sign in (("maximum", 1), ("maxLength", 1), ("maxItems", 1), ("minimum", -1)):
        if name in new and (name not in old or sign * new[name] < sign * old[name]):
            yield f"{where}: {name} is tighter"
    if "items" in old and "items" in new:
        pair = _meant(old["items"], old_root), _meant(new["items"], new_root)
        yield from _value(*pair, old_root, new_root, f"{where}[]")
    if "properties" in old:
        yield from _object(old, new, old_root, new_root, f"{where}.")
