package dev.dualprocess.vqa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** What every family finds in its folder, and what becomes of it when the rest is broken. */
class ModelFolderTest {
  private static Path checkpoint() {
    return Fixtures.path(Fixtures.json("vlm/qwen.json").get("checkpoint").asText());
  }

  @Test
  void givesWhatItHasToTheModel() throws IOException {
    try (ModelFolder folder = ModelFolder.open(checkpoint(), Placement.CPU, opened -> opened)) {
      assertEquals(checkpoint().getFileName().toString(), folder.name());
      assertEquals(GenerationTokens.read(checkpoint()), folder.generationTokens());
      assertTrue(folder.tokenizer().encode("Is it night?").length > 0);
    }
  }

  @Test
  void isClosedIfNoModelCanBeBuilt() {
    IOException broken = new IOException("broken");
    List<Tensor> weights = new ArrayList<>();
    try (PointerScope scope = new PointerScope()) {
      IOException told =
          assertThrows(
              IOException.class,
              () ->
                  ModelFolder.open(
                      checkpoint(),
                      Placement.CPU,
                      folder -> {
                        weights.add(folder.owner().own(Ops.longs(new long[] {1}, 1)));
                        throw broken;
                      }));
      assertSame(broken, told);
    }
    assertTrue(weights.get(0).isNull(), "the weight is freed");
  }
}
