package dev.dualprocess.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** A file that is spoilt and read. */
final class Input {
  private final Path file;
  private final byte[] whole;
  private final Damage damage;
  private final Reading reading;

  /** Reads what was spoilt, and does with it what one does. */
  @FunctionalInterface
  interface Reading {
    void read() throws IOException;
  }

  private Input(Path file, byte[] whole, Damage damage, Reading reading) {
    this.file = file;
    this.whole = whole;
    this.damage = damage;
    this.reading = reading;
  }

  static Input of(Path file, Damage damage, Reading reading) throws IOException {
    return new Input(file, Files.readAllBytes(file), damage, reading);
  }

  /** Reads it spoilt with the numbers of that seed; afterwards the file is whole again. */
  void read(long seed) throws IOException {
    Files.write(file, damage.of(whole, new SplittableRandom(seed)));
    try {
      reading.read();
    } finally {
      Files.write(file, whole);
    }
  }

  @Override
  public String toString() {
    return file.getParent().getFileName() + "/" + file.getFileName();
  }
}
