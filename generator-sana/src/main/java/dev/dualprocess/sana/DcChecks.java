package dev.dualprocess.sana;

import java.util.List;

/** Checks of the autoencoder's config file; each refuses in one line that names the field. */
final class DcChecks {
  private DcChecks() {}

  /** Refuses a size that cannot be cut into equal parts. */
  static void requireMultiple(String field, int value, String partsField, int parts) {
    if (value % parts != 0) {
      throw new IllegalArgumentException(
          "%s is %d, which is not a multiple of %s %d".formatted(field, value, partsField, parts));
    }
  }

  /** Refuses a name that is not supported. */
  static void requireOneOf(String field, String value, List<String> supported) {
    if (!supported.contains(value)) {
      throw new IllegalArgumentException(
          "%s is '%s'; supported is %s".formatted(field, value, String.join(" or ", supported)));
    }
  }

  /** Refuses a list that is missing, or has not one entry for each resolution. */
  static <T> void requireEntries(String field, List<T> list, int levels) {
    if (list == null || list.isEmpty() || list.contains(null)) {
      throw new IllegalArgumentException(field + " is missing or empty");
    }
    if (list.size() != levels) {
      throw new IllegalArgumentException(
          "%s has %d entries, but there are %d resolutions".formatted(field, list.size(), levels));
    }
  }
}
