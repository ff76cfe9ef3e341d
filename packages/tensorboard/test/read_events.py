"""Reads an event file (stdin) with Google's protobuf and an own CRC-32C, and prints its events as JSON.

Arguments: folder with tensorboard_pb2.py. Prints a list of events; graph and hparams payloads, which are bytes
inside the event, are decoded too ("graph", "hparams"). Fails, naming the offset, on a wrong checksum, on a field
the schema does not know, and on a file that ends within a record.
"""

import json
import struct
import sys

sys.path.insert(0, sys.argv[1])
import tensorboard_pb2 as tb
from google.protobuf.json_format import MessageToDict
from google.protobuf.unknown_fields import UnknownFieldSet


def crc32c(data):
    """Bit by bit from the polynomial, on purpose unlike the table that it checks."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0x82F63B78 if crc & 1 else crc >> 1
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def check(data, stored, offset, part):
    if masked(data) != stored:
        sys.exit(f"wrong checksum of the {part} at byte {offset}")


def parse(message_class, data):
    message = message_class.FromString(data)
    refuse_unknown(message)
    return message


def refuse_unknown(message):
    if len(UnknownFieldSet(message)) > 0:
        sys.exit(f"unknown field in {message.DESCRIPTOR.name}: {[f.field_number for f in UnknownFieldSet(message)]}")
    for field, value in message.ListFields():
        if field.type != field.TYPE_MESSAGE:
            continue
        if field.message_type.GetOptions().map_entry:
            if field.message_type.fields_by_name["value"].type == field.TYPE_MESSAGE:
                for nested in value.values():
                    refuse_unknown(nested)
        elif field.label == field.LABEL_REPEATED:
            for nested in value:
                refuse_unknown(nested)
        else:
            refuse_unknown(value)


def as_dict(message):
    return MessageToDict(message, preserving_proto_field_name=True)


def records(data):
    offset = 0
    while offset < len(data):
        if len(data) - offset < 12:
            sys.exit(f"ends within the record at byte {offset}")
        length, length_crc = struct.unpack_from("<QI", data, offset)
        check(data[offset : offset + 8], length_crc, offset, "length")
        if len(data) - offset < 16 + length:
            sys.exit(f"ends within the record at byte {offset}")
        payload = data[offset + 12 : offset + 12 + length]
        (payload_crc,) = struct.unpack_from("<I", data, offset + 12 + length)
        check(payload, payload_crc, offset, "payload")
        yield payload
        offset += 16 + length


events = []
for payload in records(sys.stdin.buffer.read()):
    event = parse(tb.Event, payload)
    decoded = as_dict(event)
    if event.WhichOneof("what") == "graph_def":
        decoded["graph"] = as_dict(parse(tb.GraphDef, event.graph_def))
        del decoded["graph_def"]
    for value, shown in zip(event.summary.value, decoded.get("summary", {}).get("value", [])):
        if value.metadata.plugin_data.plugin_name == "hparams":
            content = value.metadata.plugin_data.content
            shown["hparams"] = as_dict(parse(tb.HParamsPluginData, content))
            del shown["metadata"]["plugin_data"]["content"]
    events.append(decoded)
print(json.dumps(events))
