package dev.dualprocess.idefics;

/** Every part of these families has one activation. */
public final class Activation {
  private Activation() {}

  /** Refuses another one than that a part is computed with. */
  public static void require(String part, String given, String supported) {
    if (!supported.equals(given)) {
      throw new IllegalArgumentException(
          "%s hidden_act '%s' is not supported, only '%s'".formatted(part, given, supported));
    }
  }
}
