package dev.dualprocess.text.json;

/** The numbers of tokens. */
final class Ids {
  /** Far beyond every vocabulary, and few enough for tables. */
  static final int MOST = (1 << 24) - 1;

  private Ids() {}
}
