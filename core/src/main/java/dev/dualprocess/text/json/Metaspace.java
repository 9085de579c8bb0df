package dev.dualprocess.text.json;

/** The fields of a step in which a visible mark stands for a blank. */
final class Metaspace {
  private Metaspace() {}

  static void read(Copy copy) {
    copy.character("replacement").knownFlags("add_prefix_space", "split");
    if (copy.from().at("prepend_scheme").isThere()) {
      copy.oneOf("prepend_scheme", "always", "first", "never");
    }
  }
}
