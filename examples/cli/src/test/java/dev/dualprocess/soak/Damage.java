package dev.dualprocess.soak;

import java.util.SplittableRandom;

/** A way to spoil the content of a file. The same random numbers do the same. */
@FunctionalInterface
interface Damage {
  /** The spoilt content; {@code content} itself stays. */
  byte[] of(byte[] content, SplittableRandom random);

  /** One of several, by chance. */
  static Damage any(Damage... some) {
    return (content, random) -> some[random.nextInt(some.length)].of(content, random);
  }
}
