"""The compact form of Thrift, as far as the headers of a Parquet file need it."""

Value = object
Struct = dict[int, Value]

_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = (
    0,
    1,
    2,
    3,
    7,
    8,
    9,
    10,
    11,
    12,
)
_INTEGERS = (4, 5, 6)
_LONG_LIST = 15
_DOUBLE_BYTES = 8
_DEEPEST = 24
_MOST_BITS = 70


def parsed(content: bytes, place: int, depth: int = 0) -> tuple[Struct, int]:
    """Return the struct at a place, by field number, and the place after it.

    Raises ValueError or IndexError for damage.
    """
    if depth > _DEEPEST or place < 0:
        raise ValueError("too deep")
    found: Struct = {}
    number = 0
    while (head := content[place]) & 0x0F != _STOP:
        kind, place = head & 0x0F, place + 1
        if head >> 4:
            number += head >> 4
        else:
            number, place = _zigzag(content, place)
        if kind in {_TRUE, _FALSE}:
            found[number] = kind == _TRUE
        else:
            found[number], place = _value(content, place, kind, depth + 1)
    return found, place + 1


def whole(fields: Struct, number: int) -> int:
    """Return a whole number of at least 0. Raises ValueError when there is none."""
    value = fields.get(number)
    if not isinstance(value, int) or value < 0:
        raise ValueError("no such number")
    return value


def struct(fields: Struct, number: int) -> Struct:
    """Return a struct within. Raises ValueError when there is none."""
    value = fields.get(number)
    if not isinstance(value, dict):
        raise ValueError("no such struct")  # noqa: TRY004  # damage, not a caller's mistake
    return value


def structs(fields: Struct, number: int) -> list[Struct]:
    """Return a list of structs; an empty one when there is none."""
    value = fields.get(number)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(fields: Struct, number: int) -> str:
    """Return a list of names as one, joined by points."""
    value = fields.get(number)
    names = value if isinstance(value, list) else []
    return ".".join(name.decode("utf-8", "replace") for name in names if isinstance(name, bytes))


def _value(content: bytes, place: int, kind: int, depth: int) -> tuple[Value, int]:
    if kind == _BYTE:
        return content[place], place + 1
    if kind in _INTEGERS:
        return _zigzag(content, place)
    if kind == _DOUBLE:
        return None, place + _DOUBLE_BYTES
    if kind == _BINARY:
        length, place = _varint(content, place)
        return content[place : place + length], place + length
    if kind in {_LIST, _SET}:
        return _list(content, place, depth)
    if kind == _STRUCT:
        return parsed(content, place, depth)
    raise ValueError("unknown kind")


def _list(content: bytes, place: int, depth: int) -> tuple[list[Value], int]:
    count, kind, place = content[place] >> 4, content[place] & 0x0F, place + 1
    if count == _LONG_LIST:
        count, place = _varint(content, place)
    if count > len(content) - place:
        raise ValueError("a list longer than the file")
    items: list[Value] = []
    item: Value
    for _ in range(count):
        if kind in {_TRUE, _FALSE}:
            item, place = content[place] == _TRUE, place + 1
        else:
            item, place = _value(content, place, kind, depth)
        items.append(item)
    return items, place


def _zigzag(content: bytes, place: int) -> tuple[int, int]:
    value, place = _varint(content, place)
    return (value >> 1) ^ -(value & 1), place


def _varint(content: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte, place = content[place], place + 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, place
        if shift > _MOST_BITS:
            raise ValueError("a number without end")
