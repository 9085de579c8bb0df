package dev.dualprocess.text;

import java.nio.ByteBuffer;

/**
 * A message in the binary form of protocol buffers, read field after field: {@link #next}, then one
 * of the methods that take the field's value.
 */
final class ProtoMessage {
  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int LENGTH_FIRST = 2;
  private static final int FOUR_BYTES = 5;
  private static final int LONGEST_VARINT = 64; // bits

  private final ByteBuffer content;
  private int field;
  private int wireType;

  ProtoMessage(ByteBuffer content) {
    this.content = content.duplicate();
  }

  /** Goes to the next field; false at the end. */
  boolean next() {
    if (!content.hasRemaining()) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    return true;
  }

  /** The number of this field. */
  int field() {
    return field;
  }

  /** This field's value as a message. */
  ProtoMessage message() {
    return new ProtoMessage(value());
  }

  /** Passes over this field's value. */
  void skip() {
    value();
  }

  /** The number in a field of the rest of this message, the last one if there are several. */
  long numberOf(int wanted, long absent) {
    ProtoMessage rest = new ProtoMessage(content);
    long found = absent;
    while (rest.next()) {
      if (rest.field == wanted && rest.wireType == VARINT) {
        found = rest.varint();
      } else {
        rest.skip();
      }
    }
    return found;
  }

  /** The bytes in a field of the rest of this message; none if it is not there. */
  byte[] bytesOf(int wanted) {
    ProtoMessage rest = new ProtoMessage(content);
    byte[] found = {};
    while (rest.next()) {
      ByteBuffer value = rest.value();
      if (rest.field == wanted) {
        found = new byte[value.remaining()];
        value.get(found);
      }
    }
    return found;
  }

  private ByteBuffer value() {
    return switch (wireType) {
      case VARINT -> {
        int start = content.position();
        varint();
        yield content.slice(start, content.position() - start);
      }
      case EIGHT_BYTES -> take(Long.BYTES);
      case LENGTH_FIRST -> take(varint());
      case FOUR_BYTES -> take(Integer.BYTES);
      default ->
          throw new IllegalArgumentException(
              "field %d has the unknown form %d".formatted(field, wireType));
    };
  }

  private ByteBuffer take(long length) {
    if (length < 0 || length > content.remaining()) {
      throw new IllegalArgumentException(
          "field %d claims %d bytes, %d are left".formatted(field, length, content.remaining()));
    }
    ByteBuffer value = content.slice(content.position(), (int) length);
    content.position(content.position() + (int) length);
    return value;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < LONGEST_VARINT; shift += 7) {
      if (!content.hasRemaining()) {
        throw new IllegalArgumentException("it ends inside a number");
      }
      byte next = content.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number of more than 64 bits");
  }
}
