package dev.dualprocess.image;

import java.nio.charset.StandardCharsets;

/** The first bytes of a file, which say what it is; all questions past its end are answered no. */
final class Signature {
  private static final int LOOKED_AT = 1024;

  private final byte[] file;

  Signature(byte[] file) {
    this.file = file;
  }

  boolean empty() {
    return file.length == 0;
  }

  /** The byte at an offset, or -1. */
  int unsigned(int offset) {
    return offset < file.length ? file[offset] & 0xff : -1;
  }

  boolean has(int offset, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (unsigned(offset + i) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  boolean has(int offset, byte[] bytes) {
    return has(offset, new String(bytes, StandardCharsets.ISO_8859_1));
  }

  boolean has(int offset, String latin) {
    return has(offset, latin.chars().toArray());
  }

  /** The beginning as text, without what may stand before it. */
  String text() {
    int length = Math.min(file.length, LOOKED_AT);
    String text = new String(file, 0, length, StandardCharsets.UTF_8);
    return text.replace("\ufeff", "").stripLeading();
  }

  /** Whether it could be a text: no control characters but tabs and ends of lines. */
  boolean isText() {
    return text().chars().noneMatch(c -> c == 0xfffd || (c < 0x20 && "\t\n\r\f".indexOf(c) < 0));
  }
}
