"""A value as it stood on the wire, against a shape of botocore's model.

botocore leaves out what its model does not know and says nothing of what is missing, so a misspelt member of an answer
would look like an absent one.
"""

import re
from datetime import datetime
from numbers import Real
from xml.etree import ElementTree

# Shapes whose constraints AWS's own answers do not keep: what a zone runs is listed under ARNs, where the model has
# names; a rule without targets, and a request for parameters of which none is unknown, have an empty list, where the
# model has at least one entry; a command's step that has not begun has an empty time, and how long it took is no time at
# all; an execution's parameters have empty defaults.
LOOSE = {"AutomationParameterValue", "ParameterNameList", "StringDateTime", "SyncStateConfig", "TargetList"}


def problems(shape, value, place=""):
    """What is wrong with a JSON value, as sentences that begin with the place."""
    check = CHECKS.get(shape.type_name, _unknown_type)
    return [*check(shape, value, place), *_constraints(shape, value, place)]


def from_query(shape, text):
    """The XML of an answer in the query protocol as the JSON value that its shape makes of it."""
    wrapper = shape.serialization["resultWrapper"]
    result = next(element for element in ElementTree.fromstring(text) if _local(element) == wrapper)
    return _plain(shape, result)


def _plain(shape, element):
    match shape.type_name:
        case "structure":
            # A member that the model does not know is kept, so that it is found out.
            members = {_local(child): child for child in element}
            known = {name: _plain(shape.members[name], members[name]) for name in members if name in shape.members}
            return members | known
        case "list":
            # An entry under another name than the model's would be passed over by botocore.
            name = shape.member.serialization.get("name", "member")
            return [_plain(shape.member, child) if _local(child) == name else _local(child) for child in element]
        case "integer" | "long":
            return int(element.text)
        case "timestamp":
            return datetime.fromisoformat(element.text).timestamp()
        case _:
            return element.text or ""


def _structure(shape, value, place):
    if not isinstance(value, dict):
        return [f"{place}: {value!r} is no structure {shape.name}"]
    if shape.is_document_type:
        # It may have any members.
        return []
    names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
    found = [f"{place}.{name}: {shape.name} has no such member" for name in value if name not in names]
    missing = [name for wire, name in names.items() if name in shape.required_members and value.get(wire) is None]
    found += [f"{place}.{name}: required by {shape.name}, and not there" for name in missing]
    if getattr(shape, "is_tagged_union", False) and len(value) != 1:
        found.append(f"{place}: the union {shape.name} has the members {sorted(value)}")
    # A member that is null counts as one that is not there.
    for wire, name in names.items():
        if value.get(wire) is not None:
            found += problems(shape.members[name], value[wire], f"{place}.{wire}")
    return found


def _list(shape, value, place):
    if not isinstance(value, list):
        return [f"{place}: {value!r} is no list"]
    return [found for at, entry in enumerate(value) for found in problems(shape.member, entry, f"{place}[{at}]")]


def _map(shape, value, place):
    if not isinstance(value, dict):
        return [f"{place}: {value!r} is no map"]
    checked = () if shape.name in LOOSE else value
    keys = [found for key in checked for found in problems(shape.key, key, f"{place}, key {key!r}")]
    return keys + [found for key, entry in value.items() for found in problems(shape.value, entry, f"{place}[{key!r}]")]


def _string(shape, value, place):
    if not isinstance(value, str):
        return [f"{place}: {value!r} is no string"]
    if shape.enum and value not in shape.enum:
        return [f"{place}: {value!r} is none of {shape.enum}"]
    pattern = "" if shape.name in LOOSE else shape.metadata.get("pattern", "")
    # Python's `re` has no Unicode properties; the few patterns that use them are not looked at.
    if r"\p" not in pattern and not re.search(pattern, value):
        return [f"{place}: {value!r} does not match {pattern}"]
    return []


def _integer(_shape, value, place):
    return [] if isinstance(value, int) and not isinstance(value, bool) else [f"{place}: {value!r} is no integer"]


def _number(_shape, value, place):
    return [] if isinstance(value, Real) and not isinstance(value, bool) else [f"{place}: {value!r} is no number"]


def _timestamp(shape, value, place):
    """Seconds since 1970, unless the member says otherwise."""
    if shape.serialization.get("timestampFormat") != "iso8601":
        return _number(shape, value, place)
    try:
        written = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return [f"{place}: {value!r} is no time in ISO 8601"]
    return [] if written.tzinfo else [f"{place}: {value!r} has no time zone"]


def _boolean(_shape, value, place):
    return [] if isinstance(value, bool) else [f"{place}: {value!r} is no boolean"]


def _unknown_type(shape, _value, place):
    return [f"{place}: the check knows no type {shape.type_name}"]


def _constraints(shape, value, place):
    """Lengths of texts, lists and maps, and sizes of numbers."""
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if shape.name in LOOSE or not isinstance(value, (str, list, dict, Real)):
        return []
    size = value if isinstance(value, Real) else len(value)
    within = (least is None or least <= size) and (most is None or size <= most)
    return [] if within else [f"{place}: {size} is not from {least} to {most}"]


def _local(element):
    return element.tag.rpartition("}")[2]


CHECKS = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "character": _string,
    "integer": _integer,
    "long": _integer,
    "float": _number,
    "double": _number,
    "boolean": _boolean,
    "timestamp": _timestamp,
}
