package dev.dualprocess.testing;

import dev.dualprocess.Conditioning;

/** A text alone, for generators that do not read it. */
public record PlainConditioning(String text) implements Conditioning {
  @Override
  public void close() {}
}
