package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LoraOptionTest {
  @Test
  void theSuffixCountsOnlyIfItIsANumber() {
    assertEquals(new LoraOption(Path.of("a.safetensors"), 1.0), LoraOption.parse("a.safetensors"));
    assertEquals(
        new LoraOption(Path.of("a.safetensors"), 5.0), LoraOption.parse("a.safetensors:5"));
    assertEquals(new LoraOption(Path.of("a"), -0.25), LoraOption.parse("a:-0.25"));
    assertEquals(new LoraOption(Path.of("C:file"), 1.0), LoraOption.parse("C:file"));
    assertEquals(new LoraOption(Path.of("C:file"), 2.0), LoraOption.parse("C:file:2"));
  }
}
