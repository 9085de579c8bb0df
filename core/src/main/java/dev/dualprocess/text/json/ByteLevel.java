package dev.dualprocess.text.json;

/** The fields of a step in which characters stand for bytes. */
final class ByteLevel {
  private ByteLevel() {}

  static void read(Copy copy) {
    copy.flags("add_prefix_space", "trim_offsets").knownFlags("use_regex");
  }
}
