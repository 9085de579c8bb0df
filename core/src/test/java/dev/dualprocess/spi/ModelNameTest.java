package dev.dualprocess.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ModelNameTest {
  @Test
  void aSnapshotHasTheHubsIdAndAnyOtherFolderItsOwnName() {
    assertEquals(
        "black-forest-labs/FLUX.1-schnell",
        ModelName.of(Path.of("/c/hub/models--black-forest-labs--FLUX.1-schnell/snapshots/741f7c")));
    assertEquals("FLUX.1-schnell", ModelName.of(Path.of("models/FLUX.1-schnell/")));
  }
}
